// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "cmd/common/screen.h"
#include "drive/session/parts.h"
#include "report/words/table.h"
#include "report/reproducer/reproducer.h"
#include "scenario/describe.h"
#include "scenario/library.h"

#include <string.h>

#define NAME_COLUMNS 36

static json_t *words(char *const *list, size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, json_string(list[i]));
	return out;
}

/* Every need is a word, whatever it is of: a list of words suits all readers. */
static json_t *needs_json(const struct scenario *s)
{
	_cleanup_buf_ struct buf text = { 0 };
	json_t *out = json_array();
	char *rest, *word;

	scenario_needs(s, "\n", &text);
	if (buf_error(&text) < 0)
		return out;
	rest = text.data;
	while (rest && (word = strsep(&rest, "\n")))
		json_array_append_new(out, json_string(word));
	return out;
}

static json_t *scenario_json(const struct scenario *s)
{
	return json_pack("{s:s,s:s,s:o,s:o}", "name", s->name, "help", s->help, "source",
			 words(s->source, s->n_source), "needs", needs_json(s));
}

static json_t *detailed_json(const struct scenario *s)
{
	json_t *doc = scenario_json(s), *segments = json_array();

	for (size_t i = 0; i < s->n_segments; i++)
		json_array_append_new(segments, json_string(s->segments[i].name));
	json_object_set_new(doc, "schema", json_string("slowpath/scenario/1"));
	json_object_set_new(doc, "segments", segments);
	json_object_set_new(doc, "memory_mib",
			    s->memory_mib ? json_integer(s->memory_mib) : json_null());
	json_object_set_new(doc, "item", json_string(scenario_item_name(s)));
	json_object_set_new(doc, "pages", json_integer((json_int_t)scenario_pages(s)));
	json_object_set_new(doc, "warmup", json_integer(s->warmup_iterations));
	json_object_set_new(doc, "iterations", json_integer(s->iterations));
	json_object_set_new(doc, "rounds", json_integer(s->rounds_max));
	json_object_set_new(doc, "min_time_ms", json_integer(s->min_time_ms));
	json_object_set_new(doc, "sha256", json_string(s->sha256.text));
	return doc;
}

static int print_owned(json_t *doc)
{
	int status = doc ? print_json(doc) : ERR_TOOL;

	json_decref(doc);
	return status;
}

static int list(const struct cmd_ctx *ctx, const struct scenario_list *l)
{
	const struct text_style style = screen_style(ctx);
	_cleanup_buf_ struct buf out = { 0 };
	struct err e = { 0 };
	json_t *all;

	if (!ctx->json) {
		for (size_t i = 0; i < l->count; i++) {
			buf_printf(&out, "%-*s ", NAME_COLUMNS, l->items[i]->name);
			text_wrap(&out, &style, NAME_COLUMNS + 1, NAME_COLUMNS + 1,
				  l->items[i]->help);
		}
		return buf_error(&out) ? err_oom(&e), report_error(&e) : print_buf(&out);
	}
	all = json_array();
	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(all, scenario_json(l->items[i]));
	return print_owned(
		json_pack("{s:s,s:o}", "schema", "slowpath/scenarios/1", "scenarios", all));
}

static void number_words(struct buf *out, const char *name, uint64_t value, const char **gap)
{
	if (value == SCENARIO_ANY)
		return;
	buf_printf(out, "%s%s %llu", *gap, name, (unsigned long long)value);
	*gap = ", ";
}

static void expect_lines(const struct scenario *s, struct buf *out)
{
	const struct scenario_expect *x = &s->expect;
	const char *gap = "";

	buf_printf(out, "  %-14s ", "expects");
	number_words(out, "VMAs", x->vmas, &gap);
	number_words(out, "present pages", x->present_pages, &gap);
	number_words(out, "dirty", x->dirty_pages, &gap);
	number_words(out, "PMD-mapped", x->pmd_mapped_pages, &gap);
	number_words(out, "swapped", x->swapped_pages, &gap);
	number_words(out, "cached", x->cached_pages, &gap);
	number_words(out, "cached in large folios", x->cached_large_pages, &gap);
	number_words(out, "on node", x->node, &gap);
	if (x->folio_bytes != SCENARIO_ANY) {
		buf_printf(out, "%sin folios of ", gap);
		describe_bytes(x->folio_bytes, out);
		gap = ", ";
	}
	buf_puts(out, *gap ? "\n" : "nothing but the same on both sides\n");
	for (size_t i = 0; i < s->n_segments; i++) {
		if (s->vmas_after[i] != SCENARIO_ANY)
			buf_printf(out, "  %-14s VMAs after %s: %llu\n", "", s->segments[i].name,
				   (unsigned long long)s->vmas_after[i]);
		if (s->major_faults_in[i] != SCENARIO_ANY)
			buf_printf(out, "  %-14s major faults in %s: %llu\n", "",
				   s->segments[i].name, (unsigned long long)s->major_faults_in[i]);
	}
}

static void machine_lines(const struct scenario *s, struct buf *out)
{
	_cleanup_buf_ struct buf needs = { 0 };

	scenario_needs(s, ", ", &needs);
	if (needs.len)
		buf_printf(out, "  %-14s %s\n", "needs", needs.data);
	if (s->memory_mib)
		buf_printf(out, "  %-14s %u MiB, unless --mem says otherwise\n", "memory",
			   s->memory_mib);
	for (size_t i = 0; i < s->n_settings; i++)
		buf_printf(out, "  %-14s %s = %s\n", i ? "" : "sysfs", s->settings[i].path,
			   s->settings[i].value);
	buf_keep(out, buf_error(&needs));
}

static int show_text(const struct scenario *s)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };

	buf_printf(&b, "%s\n  %s\n\n", s->name, s->help);
	machine_lines(s, &b);
	describe_steps(s, &b);
	expect_lines(s, &b);
	buf_printf(&b, "  %-14s %u and %u, after %u to warm up; per %s (%llu)\n", "iterations",
		   s->iterations, 2 * s->iterations, s->warmup_iterations, scenario_item_name(s),
		   (unsigned long long)scenario_items(s));
	for (size_t i = 0; i < s->n_source; i++)
		buf_printf(&b, "%s%s", i ? " " : "  reaches        ", s->source[i]);
	buf_puts(&b, s->n_source ? "\n" : "");
	if (reproducer_possible(s, NULL) == 0)
		buf_printf(&b, "\n  'slowpath reproducer %s' writes it as one C file\n", s->name);
	if (buf_error(&b)) {
		err_oom(&e);
		return report_error(&e);
	}
	return print_buf(&b);
}

static int show(const struct cmd_ctx *ctx, const struct scenario_list *l, const char *name)
{
	struct err e = { 0 };
	const struct scenario *s = library_get(l, name, &e);

	if (!s)
		return report_error(&e);
	return ctx->json ? print_owned(detailed_json(s)) : show_text(s);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	_cleanup_parts_ struct parts parts = { 0 };
	struct err e = { 0 };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);
	bool is_list, is_show;

	if (status >= 0)
		return status;
	is_list = argc == 1 && !strcmp(argv[0], "list");
	is_show = argc == 2 && !strcmp(argv[0], "show");
	if (!is_list && !is_show)
		return usage_error(self, "'list' or 'show SCENARIO' is expected");
	if (parts_find(&parts, &e) < 0 || parts_library(&parts, &l, &e) < 0)
		return report_error(&e);
	return is_list ? list(ctx, &l) : show(ctx, &l, argv[1]);
}

const struct cmd cmd_scenario = {
	.name = "scenario",
	.args = "list | show SCENARIO",
	.help = "the library of scenarios",
	.run = run,
};
