// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/attribute_lines.h"
#include "cmd/mechanism/mechanism_opts.h"

#include "base/file.h"
#include "judge/why/attribution.h"
#include "judge/counts/comparison.h"
#include "judge/why/flame.h"
#include "kernel/store/title.h"
#include "report/views/mechanism/attribute.h"
#include "report/drawing/flame.h"
#include "report/views/mechanism/lines.h"

struct attribute {
	struct mechanism m;
	unsigned top;
	const char *tree; /* folder that call trees go to; NULL: none */
	struct flame flame;
	struct attribute_lines lines;
	struct comparison comparison;
	struct attribution attribution;
	struct attribute_view view;
	json_t *document;
};

static void attribute_close(struct attribute *a)
{
	json_decref(a->document);
	flame_free(&a->flame);
	attribute_lines_free(&a->lines);
	attribution_free(&a->attribution);
	comparison_free(&a->comparison);
	mechanism_close(&a->m);
}

static int write_file(const struct attribute *a, const char *name, const struct buf *text,
		      struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", a->tree, name);

	return path ? file_write_atomic(path, text->data, text->len, e) : err_oom(e);
}

/* "tree": what the trees add up to; and DIR/old.folded, new.folded, flame.svg. */
static int write_trees(struct attribute *a, struct err *e)
{
	const struct mechanism *m = &a->m;
	_cleanup_free_ char *title =
		str_printf("%s, %s to %s", m->scenario->name, kernel_title(m->kernels[0]).text,
			   kernel_title(m->kernels[1]).text);
	_cleanup_buf_ struct buf old_folded = { 0 }, new_folded = { 0 }, svg = { 0 };
	int r = flame_make(m->scenario, &m->sides[0].run, &m->sides[1].run, &a->flame, e);

	if (r == 0 && !title)
		r = err_oom(e);
	if (r == 0)
		r = flame_folded(&a->flame, 0, &old_folded, e);
	if (r == 0)
		r = flame_folded(&a->flame, 1, &new_folded, e);
	if (r == 0)
		r = flame_svg(&a->flame, title, scenario_item_name(m->scenario), &svg, e);
	if (r == 0)
		r = dir_make(a->tree, e);
	if (r == 0)
		r = write_file(a, "old.folded", &old_folded, e);
	if (r == 0)
		r = write_file(a, "new.folded", &new_folded, e);
	if (r == 0)
		r = write_file(a, "flame.svg", &svg, e);
	if (r < 0)
		return r;
	json_object_set_new(a->document, "tree",
			    json_pack("{s:f,s:f,s:I,s:o}", "old", a->flame.nodes[0].whole[0], "new",
				      a->flame.nodes[0].whole[1], "paths",
				      (json_int_t)a->flame.count, "nodes", flame_json(&a->flame)));
	return json_object_get(a->document, "tree") ? 0 : err_oom(e);
}

static struct lines_view lines_view(const struct attribute *a)
{
	struct lines_view v = { .attribution = &a->attribution };

	if (a->lines.made)
		v.deltas = &a->lines.deltas;
	for (unsigned i = 0; i < 2; i++) {
		if (a->lines.missing[i].code)
			v.missing[i] = a->lines.missing[i].text;
	}
	return v;
}

/* "lines", if they are asked for. */
static int write_lines(struct attribute *a, struct err *e)
{
	struct lines_view v;
	int r = attribute_lines_make(&a->lines, &a->m, e);

	if (r < 0 || !a->lines.wanted)
		return r;
	v = lines_view(a);
	return json_object_set_new(a->document, "lines", lines_json(&v)) ? err_oom(e) : 0;
}

static int measure(struct attribute *a, struct err *e)
{
	struct mechanism *m = &a->m;
	int r = attribute_lines_check(&a->lines, m, e);

	for (unsigned i = 0; i < 2; i++)
		m->sides[i].request.vector = true;
	for (unsigned i = 0; i < 2; i++)
		m->sides[i].request.tree = a->tree != NULL;
	if (r == 0)
		r = mechanism_run(m, e);
	if (r == 0)
		r = compare_runs(m->scenario, &m->sides[0].run, &m->sides[1].run, m->o.cpus, 0,
				 &a->comparison, e);
	if (r == 0)
		r = attribute_runs(m->scenario, &m->sides[0].run, &m->sides[1].run, &a->attribution,
				   e);
	if (r < 0)
		return r;
	a->view = (struct attribute_view){ .scenario = m->scenario,
					   .kernels = { m->kernels[0], m->kernels[1] },
					   .comparison = &a->comparison,
					   .attribution = &a->attribution };
	a->document = mechanism_document(m, "slowpath/attribute/1", "attribution");
	r = a->document ? attribute_json(&a->view, a->document, e) : err_oom(e);
	if (r == 0 && a->tree)
		r = write_trees(a, e);
	if (r == 0)
		r = write_lines(a, e);
	return r < 0 ? r : mechanism_finish(m, "attributed", a->document, e);
}

static int print(struct attribute *a, const struct cmd_ctx *ctx, struct err *e)
{
	const struct lines_view lines = lines_view(a);
	struct mechanism *m = &a->m;
	const struct text_style style = screen_style_of(ctx, m->session.store, m->id);
	_cleanup_buf_ struct buf text = { 0 };

	if (ctx->json)
		return print_json(a->document);
	if (attribute_text(&a->view, a->top, &style, &text, e) < 0)
		return report_error(e);
	if (a->lines.wanted)
		lines_text(&lines, a->top, &style, &text);
	attribute_totals(&a->view, &style, &text);
	if (buf_error(&text))
		return err_oom(e), report_error(e);
	return mechanism_print(m, &style, "audit", &text, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(attribute_close))) struct attribute a = { .top = 12 };
	const struct opt own[] = {
		{ "top", 0, OPT_UINT, "N", "functions to list (default 12)", &a.top },
		{ "tree", 0, OPT_STRING, "DIR",
		  "follow calls; folded stacks and a flame graph there", &a.tree },
		{ "lines", 0, OPT_FLAG, NULL,
		  "by source line, inlined functions apart; needs debug information",
		  &a.lines.wanted },
		{ "debug-old", 0, OPT_STRING, "FILE", "OLD's vmlinux with debug information",
		  &a.lines.files[0] },
		{ "debug-new", 0, OPT_STRING, "FILE", "NEW's", &a.lines.files[1] },
	};
	struct err e = { 0 };
	int status = mechanism_parse(self, ctx, &a.m, own, ARRAY_SIZE(own), &argc, argv, 2, 2);

	if (status >= 0)
		return status;
	if (a.lines.wanted || a.lines.files[0] || a.lines.files[1])
		a.m.o.reads_code = "attribute --lines";
	if (mechanism_open(&a.m, ctx, "attribute", "attribution", argc, argv, &e) < 0 ||
	    measure(&a, &e) < 0)
		return report_error(&e);
	status = print(&a, ctx, &e);
	if (status == 0 && a.comparison.verdict == VERDICT_DIFFERENT_STATE)
		return verdict_status(ctx, ERR_UNMEASURED);
	return status;
}

const struct cmd cmd_attribute = {
	.name = "attribute",
	.args = "OLD NEW [-s SCENARIO | -- PROGRAM ARGS]",
	.help = "why it costs more: loads, stores, atomics, calls... per function",
	.has_verdict = true,
	.run = run,
};
