// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/measure/narrow_plan.h"
#include "cmd/common/program_words.h"
#include "cmd/common/start.h"
#include "drive/begin/metric.h"
#include "drive/begin/cpu_model.h"
#include "drive/narrow/narrowing.h"

#include "base/clock.h"
#include "base/cleanup.h"
#include "cmd/common/screen.h"
#include "report/views/search/narrow.h"
#include "store/resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct options {
	struct measuring m;
	const char *scenario, *mode, *cmdline, *resume;
	struct building building;
	unsigned top;
	bool all, dry_run;
};

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "scenario", 's', OPT_STRING, "SCENARIO", "one scenario", &o->scenario },
		{ "all", 0, OPT_FLAG, NULL, "measure every kernel, not only what the search needs",
		  &o->all },
		{ "mode", 0, OPT_STRING, "exact|timed", "default exact", &o->mode },
		{ "cmdline", 0, OPT_STRING, "WORDS", "added to every kernel's command line",
		  &o->cmdline },
		ITERATIONS_OPTS(&o->m.iterations, &o->m.budget_s),
		BUILDING_OPTS(&o->building),
		PROGRAM_OPTS(&program_words_of(ctx)->opts),
		{ "resume", 0, OPT_STRING, "ID", "go on with a search that was interrupted",
		  &o->resume },
		{ "dry-run", 0, OPT_FLAG, NULL,
		  "only say how many kernels, megabytes and measurements are to come",
		  &o->dry_run },
		{ "top", 0, OPT_UINT, "N", "functions to list of each step (default 5)", &o->top },
		MEASURING_OPTS(&o->m),
	};
	int status, dashdash = -1;

	*o = (struct options){ .m = MEASURING_DEFAULTS, .mode = "exact", .top = 5 };
	o->m.iterations = o->m.budget_s = ITERATIONS_NOT_GIVEN;
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, &dashdash);
	if (status < 0)
		status = program_words_take(self, ctx, &o->scenario, NULL, argc, argv, dashdash);
	if (status < 0)
		status = check_mode(self, o->mode, o->m.metric, &o->m.iterations, &o->m.budget_s);
	if (status < 0)
		status = parse_measuring(self, &o->m);
	if (status < 0 && o->resume && (o->m.iterations || o->m.budget_s))
		status = usage_error(self, "--resume goes on with the iterations that were found");
	if (status < 0 && o->resume && o->m.metric)
		status = usage_error(self, "--resume goes on with the metric that was chosen");
	if (status < 0 && o->all && !strcmp(o->mode, "timed"))
		status =
			usage_error(self, "--all is of exact mode; timed, every kernel is measured "
					  "by 'slowpath run', in blocks");
	if (status < 0 && o->resume && *argc)
		status = usage_error(self, "--resume ID stands alone: the kernels are in the "
					   "database");
	if (status < 0 && o->resume && o->dry_run)
		status = usage_error(self, "--dry-run is of a new search, --resume of an old one");
	if (status < 0 && !o->resume && !*argc)
		status = usage_error(self, "kernels are expected, oldest first, or a range");
	return status;
}

static const char *mode_name(const struct narrowing *w)
{
	if (w->timed)
		return w->accel == ACCEL_KVM ? "timed" : "emulated";
	return reading_exactness(w->narrow.exact);
}

static int print(const struct cmd_ctx *ctx, struct store *store, const struct narrow_view *v,
		 const json_t *document, unsigned top, struct err *e)
{
	const struct text_style style = screen_style_of(ctx, store, v->id);
	_cleanup_buf_ struct buf text = { 0 };

	if (ctx->json)
		return print_json((json_t *)document);
	if (narrow_text(v, top, &style, &text, e) < 0)
		return report_error(e);
	return print_buf(&text);
}

static int conclude(const struct cmd_ctx *ctx, struct narrowing *w, uint64_t start_ns, unsigned top,
		    struct err *e)
{
	const struct narrow_view v = { .id = w->id,
				       .mode = mode_name(w),
				       .scenario = w->scenario,
				       .narrow = &w->narrow,
				       .qemu_version = w->s->qemu.version,
				       .cpu_model = cpu_model_of(w->s),
				       .threshold = w->m->threshold,
				       .cpus = measuring_cpus(w->m, w->scenario),
				       .total_seconds = (double)(clock_ns() - start_ns) / 1e9 };
	json_t *document = narrow_json(&v);
	int r = document ? 0 : err_oom(e), status;

	if (r == 0)
		r = narrow_keep(w, document, e);
	if (r == 0 && !ctx->json)
		r = narrow_fold(w, e);
	status = r < 0 ? report_error(e) : print(ctx, w->s->store, &v, document, top, e);
	json_decref(document);
	return status ? status : verdict_status(ctx, narrow_exit(&w->narrow));
}

/* New, or taken up: the series and its kernels. */
static int set_out(struct options *o, struct narrowing *w, char **words, int count, struct err *e)
{
	int r = session_set_arch(w->s, o->m.arch, e);

	if (r == 0 && !o->resume)
		r = session_expect(w->s, words, (size_t)count, e);
	if (r == 0)
		r = building_set(&o->building, w->s->kernels, w->s->teller, e);
	_cleanup_free_ char *id = NULL;

	if (r == 0 && o->resume)
		r = store_resolve(w->s->store, o->resume, &id, e);
	if (r == 0 && id)
		r = narrow_take_up(w, id, &o->m, &o->scenario, e);
	if (r == 0)
		r = cpu_model_set(w->s, o->m.cpu_model, e);
	if (r == 0)
		r = memory_room(w->s, o->m.memory_mib, e);
	if (r == 0)
		r = choose_scenario(w->s, o->scenario, &w->scenario, e);
	if (r == 0)
		r = metric_set(w->s, w->scenario, o->m.metric, e);
	if (r == 0 && !o->resume)
		r = narrow_specs(w, words, count, e);
	if (r == 0 && !o->resume)
		r = narrow_kernels(w, e);
	if (r == 0)
		r = narrow_settle_disk(w, e);
	if (r == 0 && o->resume)
		r = narrow_check_taken_up(w, e);
	w->accel = w->timed ? ACCEL_TCG : ACCEL_ICOUNT;
	return r;
}

static int search(struct narrowing *w, struct err *e)
{
	int r;

	catch_signals(w->s);
	r = narrow_search(w, e);
	release_signals();
	teller_done(w->s->teller);
	return r;
}

static int narrow_down(struct cmd_ctx *ctx, struct options *o, struct narrowing *w, char **words,
		       int count, struct err *e)
{
	int r = set_out(o, w, words, count, e);
	uint64_t start_ns = clock_ns();

	if (r == 0)
		r = search(w, e);
	return r < 0 ? report_error(e) : conclude(ctx, w, start_ns, o->top, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_session_ struct session s;
	struct options o;
	struct err e = { 0 };
	int status = parse(self, ctx, &o, &argc, argv);
	struct narrowing w = { .s = &s,
			       .m = &o.m,
			       .cmdline = o.cmdline,
			       .timed = !strcmp(o.mode, "timed"),
			       .all = o.all };

	memset(&s, 0, sizeof(s));
	if (status >= 0)
		return status;
	if (o.dry_run)
		return narrow_dry_run(ctx, &(struct narrow_wish){ .words = argv,
								  .count = argc,
								  .scenario = o.scenario,
								  .arch = o.m.arch,
								  .timed = w.timed,
								  .all = w.all,
								  .threshold = o.m.threshold });
	if (start_session(ctx, &s, &e) < 0)
		return report_error(&e);
	s.lab.deadline_s = o.m.deadline_s;
	status = narrow_down(ctx, &o, &w, argv, argc, &e);
	narrow_free(&w.narrow);
	record_free(&w.journal);
	free(w.from_range);
	return status;
}

const struct cmd cmd_narrow = {
	.name = "narrow",
	.args = "SPEC... | debian:A..B [-s SCENARIO] [--all] [--mode MODE] [--dry-run] | "
		"--resume ID [-- PROGRAM ARGS]",
	.help = "between which kernels of a series the cost changed",
	.has_verdict = true,
	.run = run,
};
