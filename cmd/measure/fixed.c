// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/program_words.h"
#include "cmd/common/start.h"
#include "drive/begin/begin.h"
#include "drive/begin/cpu_model.h"
#include "drive/fixed.h"
#include "drive/begin/disks.h"
#include "drive/begin/metric.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/common/screen.h"
#include "report/views/search/fixed.h"

#include <string.h>

#define BLOCKS_DEFAULT 12

struct options {
	struct measuring m;
	const char *specs[FIXED_KERNELS];
	const char *scenario, *mode, *cmdline;
	struct building building;
	unsigned top, blocks;
};

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
		 char **argv)
{
	const struct opt table[] = {
		{ "old", 0, OPT_STRING, "SPEC", "the kernel before the regression", &o->specs[0] },
		{ "new", 0, OPT_STRING, "SPEC", "the kernel with it", &o->specs[1] },
		{ "candidate", 0, OPT_STRING, "SPEC", "the kernel that is to mend it",
		  &o->specs[2] },
		{ "scenario", 's', OPT_STRING, "SCENARIO", "one scenario", &o->scenario },
		{ "mode", 0, OPT_STRING, "exact|timed", "default exact", &o->mode },
		{ "blocks", 0, OPT_UINT, "N", "boots of each kernel when timed (default 12)",
		  &o->blocks },
		{ "cmdline", 0, OPT_STRING, "WORDS", "added to every kernel's command line",
		  &o->cmdline },
		ITERATIONS_OPTS(&o->m.iterations, &o->m.budget_s),
		BUILDING_OPTS(&o->building),
		PROGRAM_OPTS(&program_words_of(ctx)->opts),
		{ "top", 0, OPT_UINT, "N", "functions to list (default 12)", &o->top },
		MEASURING_OPTS(&o->m),
	};
	int status, dashdash = -1;

	*o = (struct options){
		.m = MEASURING_DEFAULTS, .mode = "exact", .top = 12, .blocks = BLOCKS_DEFAULT
	};
	o->m.iterations = o->m.budget_s = ITERATIONS_NOT_GIVEN;
	status = opts_parse(self, ctx, table, ARRAY_SIZE(table), argc, argv, &dashdash);
	if (status < 0)
		status = program_words_take(self, ctx, &o->scenario, NULL, argc, argv, dashdash);
	if (status < 0)
		status = check_mode(self, o->mode, o->m.metric, &o->m.iterations, &o->m.budget_s);
	if (status < 0)
		status = parse_measuring(self, &o->m);
	if (status < 0 && (o->blocks < FIXED_BLOCKS_MIN || o->blocks > FIXED_BLOCKS_MAX))
		status = usage_error(self, "--blocks: %d to %d is possible", FIXED_BLOCKS_MIN,
				     FIXED_BLOCKS_MAX);
	if (status < 0 && *argc)
		status = usage_error(self, "'%s': kernels are given as --old, --new, --candidate",
				     argv[0]);
	if (status < 0 && (!o->specs[0] || !o->specs[1] || !o->specs[2]))
		status = usage_error(self, "--old, --new and --candidate are all needed");
	return status;
}

/* The candidate is taken as it is now, before the others are built. */
static int resolve(struct fixed *f, const struct options *o, struct err *e)
{
	struct kernel_store *st = f->s->kernels;
	_cleanup_free_ char *candidate = NULL;
	int r = building_set(&o->building, st, f->s->teller, e);

	if (r == 0)
		r = kernel_pin(st, o->specs[2], teller_hear_note, f->s->teller, &candidate, e);
	if (r == 0)
		r = kernel_resolve_pair(st, o->specs[0], o->specs[1], teller_hear_note,
					f->s->teller, &f->kernels[0], &f->kernels[1], e);
	if (r == 0)
		r = kernel_resolve(st, candidate, f->kernels[0]->compiler, teller_hear_note,
				   f->s->teller, &f->kernels[2], e);
	return r < 0 ? r : session_measures(f->s, f->kernels, 3, e);
}

static int measure(struct fixed *f, const struct options *o, bool timed, struct err *e)
{
	json_t *command = json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:f,s:s,s:s*}", "command", "fixed", "baseline", "old",
		"old", o->specs[0], "new", o->specs[1], "candidate", o->specs[2], "scenario",
		f->scenario->name, "mode", o->mode, "threshold", f->m->threshold, "metric",
		o->m.metric ? o->m.metric : METRIC_DEFAULT, "cpu", f->m->cpu_model);
	const struct beginning b = { .name = "fixed",
				     .command = command,
				     .mode = o->mode,
				     .accel = timed ? ACCEL_KVM : ACCEL_ICOUNT,
				     .scenario = f->scenario };
	int r = experiment_begin(f->s, &b, f->id, e);

	if (r == 0)
		r = timed ? fixed_timed(f, e) : fixed_exact(f, e);
	if (r == 0)
		r = audit_sides(f->kernels[0], f->kernels[2], &f->sides[0].run, &f->sides[2].run,
				&f->audit, e);
	return r;
}

static const char *mode_name(const struct fixed *f, bool timed)
{
	return timed ? "timed" : f->gap.opened.exact && f->gap.left.exact ? "exact" : "near-exact";
}

static int print(const struct cmd_ctx *ctx, struct store *store, const struct fixed_view *v,
		 json_t *document, unsigned top, struct err *e)
{
	const struct text_style style = screen_style_of(ctx, store, v->id);
	_cleanup_buf_ struct buf text = { 0 };

	if (ctx->json)
		return print_json(document);
	if (fixed_text(v, top, &style, &text, e) < 0)
		return report_error(e);
	return print_buf(&text);
}

static int conclude(const struct cmd_ctx *ctx, const struct fixed *f, const struct options *o,
		    bool timed, uint64_t start_ns, struct err *e)
{
	const struct fixed_view v = { .id = f->id,
				      .mode = mode_name(f, timed),
				      .scenario = f->scenario,
				      .kernels = { f->kernels[0], f->kernels[1], f->kernels[2] },
				      .gap = &f->gap,
				      .audit = &f->audit,
				      .qemu_version = f->s->qemu.version,
				      .cpu_model = cpu_model_of(f->s),
				      .threshold = f->m->threshold,
				      .cpus = measuring_cpus(f->m, f->scenario),
				      .blocks = timed ? f->blocks : 1,
				      .total_seconds = (double)(clock_ns() - start_ns) / 1e9 };
	json_t *document = fixed_json(&v);
	int r = document ? 0 : err_oom(e), status;

	if (r == 0)
		r = experiment_conclude(f->s, f->id, f->scenario->name,
					verdict_name(f->gap.verdict), document, e);
	status = r < 0 ? report_error(e) : print(ctx, f->s->store, &v, document, o->top, e);
	json_decref(document);
	return status ? status : verdict_status(ctx, gap_exit(&f->gap));
}

static int check_fix(struct cmd_ctx *ctx, struct fixed *f, const struct options *o, struct err *e)
{
	bool timed = !strcmp(o->mode, "timed");
	uint64_t start_ns;
	int r = choose_scenario(f->s, o->scenario, &f->scenario, e);

	if (r == 0)
		r = metric_set(f->s, f->scenario, o->m.metric, e);
	if (r == 0)
		r = resolve(f, o, e);
	if (r == 0)
		r = metric_known(f->s, o->m.metric, f->kernels, FIXED_KERNELS, e);
	if (r == 0)
		r = disk_settle_of(f->s, f->scenario, f->kernels, FIXED_KERNELS, e);
	start_ns = clock_ns();
	catch_signals(f->s);
	if (r == 0 && timed)
		r = fixed_timed_possible(f, e);
	if (r == 0)
		r = measure(f, o, timed, e);
	release_signals();
	teller_done(f->s->teller);
	if (r < 0)
		drop_unmeasured(f->s, f->id);
	return r < 0 ? report_error(e) : conclude(ctx, f, o, timed, start_ns, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_session_ struct session s;
	struct options o;
	struct err e = { 0 };
	int status = parse(self, ctx, &o, &argc, argv);
	struct fixed f = { .s = &s, .m = &o.m, .cmdline = o.cmdline, .blocks = o.blocks };

	memset(&s, 0, sizeof(s));
	if (status >= 0)
		return status;
	if (start_session(ctx, &s, &e) < 0 || session_set_arch(&s, o.m.arch, &e) < 0 ||
	    session_expect(&s, (char *const *)o.specs, FIXED_KERNELS, &e) < 0 ||
	    cpu_model_set(&s, o.m.cpu_model, &e) < 0 || memory_room(&s, o.m.memory_mib, &e) < 0)
		return report_error(&e);
	s.lab.deadline_s = o.m.deadline_s;
	status = check_fix(ctx, &f, &o, &e);
	gap_free(&f.gap);
	audit_free(&f.audit);
	for (unsigned k = 0; k < FIXED_KERNELS; k++) {
		run_free(&f.sides[k].run);
		kernel_free(f.kernels[k]);
	}
	return status;
}

const struct cmd cmd_fixed = {
	.name = "fixed",
	.args = "--old SPEC --new SPEC --candidate SPEC [-s SCENARIO | -- PROGRAM ARGS]",
	.help = "whether a candidate closes the gap between two kernels",
	.has_verdict = true,
	.run = run,
};
