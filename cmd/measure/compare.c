// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/compare_arches.h"
#include "cmd/measure/compare_run.h"

#include "cmd/common/cmd.h"
#include "cmd/common/screen.h"
#include "cmd/terminal/terminal.h"
#include "drive/measure/sharpen.h"

#include "kernel/store/store.h"
#include "symbols/source_tree.h"

#include <stdlib.h>
#include <string.h>

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct compare_options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "scenario", 's', OPT_LIST, "SCENARIO", "scenario or glob; may be given again",
		  &o->scenarios },
		ITERATIONS_OPTS(&o->m.iterations, &o->m.budget_s),
		{ "confirm", 0, OPT_FLAG, NULL, "repeat under 8 perturbations", &o->confirm },
		{ "time", 0, OPT_MAYBE, "replay",
		  "time of a call on this processor, too (slowpath replay)", &o->time },
		{ "stream", 0, OPT_FLAG, NULL,
		  "print each scenario's row as it is finished, also where no terminal is",
		  &o->stream },
		{ "top", 0, OPT_UINT, "N", "functions to list (default 12)", &o->top },
		{ "old-cmdline", 0, OPT_STRING, "WORDS", "added to OLD's kernel command line",
		  &o->old_cmdline },
		{ "new-cmdline", 0, OPT_STRING, "WORDS", "added to NEW's kernel command line",
		  &o->new_cmdline },
		{ "sort", 0, OPT_STRING, "BY", "functions by 'delta' (default) or 'calls'",
		  &o->sort },
		{ "weight", 0, OPT_STRING, "PROFILE",
		  "text of perf script or perf report, of a real workload", &o->weight_path },
		{ "tree", 0, OPT_STRING, "DIR",
		  "a kernel source tree, for which file each function is in", &o->tree },
		BUILDING_OPTS(&o->building),
		PROGRAM_OPTS(&o->program),
		MEASURING_OPTS_OF(&o->m, ARCHES_OPT(&o->m.arch)),
	};
	int dashdash = -1, status;

	*o = (struct compare_options){ .m = MEASURING_DEFAULTS, .top = 12 };
	o->m.iterations = o->m.budget_s = ITERATIONS_NOT_GIVEN;
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, &dashdash);
	if (status < 0)
		status = program_opts_take(self, &o->program, o->scenarios.count, argc, argv,
					   dashdash);
	if (status < 0 && o->sort && strcmp(o->sort, "delta") != 0 && strcmp(o->sort, "calls") != 0)
		status = usage_error(self, "--sort %s: 'delta' or 'calls' is expected", o->sort);
	if (status < 0 && o->time && o->time[0] && strcmp(o->time, "replay") != 0)
		status = usage_error(self, "--time=%s: 'replay' is expected", o->time);
	if (status < 0)
		status = check_iterations(self, &o->m.iterations, &o->m.budget_s);
	if (status < 0)
		status = parse_measuring(self, &o->m);
	if (status < 0 && *argc != 2 && (*argc > 2 || !kernel_tree_is_here()))
		status = usage_error(self,
				     "OLD and NEW are expected, %d kernels were given; in a "
				     "kernel's git tree OLD is HEAD if it is left out, and NEW the "
				     "work tree",
				     *argc);
	return status;
}

/* Worst first, and what could not be measured last. */
static int by_ratio(const void *a, const void *b)
{
	const struct compare_view *const *x = a, *const *y = b;
	double rx = (*x)->failure ? -1 : metric_ratio(comparison_deciding((*x)->comparison));
	double ry = (*y)->failure ? -1 : metric_ratio(comparison_deciding((*y)->comparison));

	return (rx < ry) - (rx > ry);
}

static int print_text(const struct compare *c, const struct cmd_ctx *ctx, struct err *e)
{
	const struct outcome *x = c->outcomes;
	const int n = c->n;
	_cleanup_free_ const struct compare_view **views = calloc((size_t)n, sizeof(*views));
	const struct text_style style = screen_style_of(ctx, c->s->store, c->id);
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	if (!views)
		return err_oom(e);
	for (int i = 0; i < n; i++)
		views[i] = &x[i].view;
	if (n == 1) {
		r = compare_text(views[0], c->o->top, &style, &text, e);
	} else {
		qsort(views, (size_t)n, sizeof(*views), by_ratio);
		r = compare_table(views, (size_t)n, &style, &text, e);
	}
	if (r < 0)
		return r;
	fwrite(text.data, 1, text.len, stdout);
	return 0;
}

static int print(const struct compare *c, const struct cmd_ctx *ctx, struct err *e)
{
	const struct outcome *x = c->outcomes;
	const int n = c->n;
	json_t *list;
	int r;

	if (!ctx->json) {
		r = print_text(c, ctx, e);
		return r < 0 ? report_error(e) : finish_stdout();
	}
	if (n == 1)
		return print_json(x[0].document);
	list = json_array();
	for (int i = 0; list && i < n; i++)
		json_array_append(list, x[i].document);
	list = json_pack("{s:s,s:o}", "schema", "slowpath/compare-list/1", "results", list);
	r = list ? print_json(list) : report_error(e);
	json_decref(list);
	return r;
}

/* The kernels of one architecture, or of that which the specs say. */
static int run_one(const struct compare_options *o, const struct weight *weight,
		   struct cmd_ctx *ctx, int argc, char **argv)
{
	struct compare c = { .o = o, .weight = weight };
	struct err e = { 0 };
	int r = compare_prepare(&c, ctx, argc, argv, &e), status;

	if (r == 0)
		r = compare_measure(&c, &e);
	status = r < 0 ? report_error(&e) : print(&c, ctx, &e);
	if (r == 0 && !status)
		status = compare_exit(&c, ctx);
	compare_close(&c);
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct compare_arches several = { 0 };
	struct weight weight = { 0 };
	struct compare_options o;
	struct err e = { 0 };
	int status = parse(self, ctx, &o, &argc, argv), r;

	if (status < 0 && o.stream && ctx->json)
		status = usage_error(self, "--json is one document, and --stream is rows");
	if (status < 0)
		status = compare_arches_parse(self, &o, &several);
	if (status < 0) {
		if (!ctx->json)
			terminal_show_rows(o.stream);
		r = o.weight_path ? weight_read(o.weight_path, &weight, &e) : 0;
		if (r == 0 && o.tree)
			r = source_tree_check(o.tree, &e);
		if (r < 0)
			status = report_error(&e);
		else if (several.count)
			status = compare_arches_run(&several, &o, &weight, ctx, argc, argv);
		else
			status = run_one(&o, &weight, ctx, argc, argv);
	}
	opt_list_free(&o.scenarios);
	program_opts_free(&o.program);
	weight_free(&weight);
	return status;
}

const struct cmd cmd_compare = {
	.name = "compare",
	.args = "[OLD [NEW]] [-s SCENARIO]... [--confirm] [--threshold PERCENT] [-- PROGRAM ARGS]",
	.help = "what NEW changed against OLD, in executed instructions per function",
	.has_verdict = true,
	.run = run,
};
