// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/cpuset.h"
#include "base/file.h"
#include "cmd/common/cmd.h"
#include "cmd/terminal/terminal.h"
#include "drive/session/database.h"
#include "drive/execute/execute.h"
#include "drive/session/home.h"
#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/program_words.h"
#include "cmd/measure/run_conclude.h"
#include "cmd/common/start.h"
#include "drive/session/pace.h"
#include "drive/session/parts.h"
#include "lab/host/limits.h"
#include "report/views/search/dry_run.h"
#include "scenario/library.h"
#include "store/resolve.h"
#include "store/store.h"

#include <errno.h>
#include <math.h>

/* Only what there is: a plan makes no database. *out stays NULL without one. */
static int open_store(const struct cmd_ctx *ctx, struct store **out, struct err *e)
{
	_cleanup_home_ struct home home = { 0 };
	_cleanup_free_ char *path = NULL;
	int r = home_open(ctx->home_arg, &home, e);

	if (r < 0)
		return r;
	path = str_printf("%s/slowpath.db", home.data);
	if (!path)
		return err_oom(e);
	return file_exists(path) ? database_of_home(&home, terminal_teller(), out, e) : 0;
}

static double assumed_step_seconds(enum experiment_mode mode)
{
	return mode == EXPERIMENT_EXACT	  ? PACE_STEP_S
	       : mode == EXPERIMENT_TIMED ? PACE_TIMED_STEP_S
					  : NAN;
}

static int fill_rates(const struct experiment *x, struct store *store, struct dry_run_rate *rates,
		      struct err *e)
{
	for (unsigned i = 0; i < x->n_scenarios * x->n_cpus; i++) {
		const struct scenario *s = x->scenarios[i / x->n_cpus].scenario;
		int r = 0;

		rates[i].seconds = assumed_step_seconds(x->mode);
		if (store)
			r = store_mean_seconds(store, experiment_modes[x->mode], s->sha256.text,
					       x->cpus[i % x->n_cpus], &rates[i].seconds,
					       &rates[i].earlier_runs, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int print_plan(const struct cmd_ctx *ctx, const struct dry_run *d, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	json_t *doc;
	int status;

	if (!ctx->json) {
		if (dry_run_text(d, &text, e) < 0)
			return report_error(e);
		return print_buf(&text);
	}
	doc = dry_run_json(d);
	if (!doc)
		return err_oom(e), report_error(e);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

static int dry_run(const struct cmd_ctx *ctx, const struct experiment *x, struct err *e)
{
	_cleanup_(store_close_p) struct store *store = NULL;
	_cleanup_steps_ struct steps steps = { 0 };
	_cleanup_free_ struct dry_run_rate *rates =
		calloc((size_t)x->n_scenarios * x->n_cpus, sizeof(*rates));
	const struct dry_run d = { .experiment = x,
				   .steps = &steps,
				   .rates = rates,
				   .boot_seconds = x->mode == EXPERIMENT_EXACT
							   ? PACE_BOOT_S
							   : PACE_TIMED_STEP_S };

	if (!rates)
		return err_oom(e), report_error(e);
	if (steps_make(x, &steps, e) < 0 || open_store(ctx, &store, e) < 0 ||
	    fill_rates(x, store, rates, e) < 0)
		return report_error(e);
	return print_plan(ctx, &d, e);
}

/* No guest that the machine cannot hold: a vCPU that waits for a CPU is slow for no reason. */
static int check_limits(const struct experiment *x, struct err *e)
{
	struct limits limits;
	cpu_set_t cpuset;
	int r = limits_read("", &limits, e);

	CPU_ZERO(&cpuset);
	if (x->cpuset[0])
		cpuset_parse(x->cpuset, &cpuset); /* it was checked with the profile */
	/* Where instructions are counted, one thread of QEMU's runs all vCPUs. */
	for (unsigned i = 0; r == 0 && i < x->n_cpus; i++)
		r = limits_check(&limits, x->cpuset[0] ? &cpuset : NULL,
				 x->mode == EXPERIMENT_EXACT ? 1 : x->cpus[i], x->memory_mib,
				 x->mode != EXPERIMENT_EXACT, e);
	return r;
}

/* What the profile asks for and this slowpath or this machine cannot do; 0 if there is nothing. */
static int check_possible(const struct experiment *x, struct err *e)
{
	int r = 0;

	if (x->mode == EXPERIMENT_NATIVE)
		r = err_set(e, ENOTSUP, "running mode %s is not possible yet",
			    experiment_modes[x->mode]);
	else if (x->purpose != EXPERIMENT_PERFORMANCE)
		r = err_set(e, ENOTSUP, "running for %s is not possible yet",
			    experiment_purposes[x->purpose]);
	if (r == 0)
		r = check_limits(x, e);
	return r < 0 ? err_wrap(e, "%s", x->file) : 0;
}

/* What is of this machine, and not of the experiment. */
struct here {
	unsigned deadline_s, jobs;
};

static int carry_out(const struct cmd_ctx *ctx, struct session *s, const struct experiment *x,
		     const char *resume, const struct here *here, struct err *e)
{
	struct execution w = { .s = s, .x = x, .jobs = here->jobs };
	int r, status;

	catch_signals(s);
	r = execute_experiment(&w, resume, e);
	release_signals();
	teller_done(s->teller);
	status = r < 0 ? report_error(e) : run_conclude(ctx, &w, e);
	execution_free(&w);
	return status;
}

static int execute(struct cmd_ctx *ctx, const struct experiment *x, const struct here *here,
		   struct err *e)
{
	_cleanup_session_ struct session s;
	int r = start_session(ctx, &s, e);

	s.lab.deadline_s = here->deadline_s;
	return r < 0 ? report_error(e) : carry_out(ctx, &s, x, NULL, here, e);
}

static int resume(struct cmd_ctx *ctx, const char *word, const struct here *here, struct err *e)
{
	_cleanup_experiment_ struct experiment *x = NULL;
	_cleanup_session_ struct session s;
	_cleanup_free_ char *id = NULL;
	int r = start_session(ctx, &s, e);

	s.lab.deadline_s = here->deadline_s;
	if (r == 0)
		r = store_resolve(s.store, word, &id, e);
	if (r == 0)
		r = execute_read_stored(&s, id, &x, e);
	if (r == 0)
		r = check_possible(x, e);
	return r < 0 ? report_error(e) : carry_out(ctx, &s, x, id, here, e);
}

static int run_profile(struct cmd_ctx *ctx, const char *path, bool dry, const struct here *here,
		       struct err *e)
{
	_cleanup_scenario_list_ struct scenario_list library = { 0 };
	_cleanup_experiment_ struct experiment *x = NULL;
	_cleanup_parts_ struct parts parts = { 0 };
	int possible;

	if (parts_find(&parts, e) < 0 || parts_library(&parts, &library, e) < 0 ||
	    program_words_add(ctx, &library, e) < 0 || experiment_open(path, &library, &x, e) < 0)
		return report_error(e);
	possible = check_possible(x, e);
	if (dry) {
		if (possible < 0)
			fprintf(stderr, "slowpath: note: %s\n", e->text);
		return dry_run(ctx, x, e);
	}
	return possible < 0 ? report_error(e) : execute(ctx, x, here, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct err e = { 0 };
	const char *id = NULL;
	bool dry = false;
	struct here here = { .deadline_s = SESSION_DEADLINE_S };
	const struct opt table[] = {
		{ "dry-run", 'n', OPT_FLAG, NULL, "print the plan and every default; boot nothing",
		  &dry },
		{ "resume", 0, OPT_STRING, "ID", "go on with an experiment that was interrupted",
		  &id },
		PROGRAM_OPTS(&program_words_of(ctx)->opts),
		DEADLINE_OPT(&here.deadline_s),
		JOBS_OPT(&here.jobs),
	};
	const char *scenario = NULL;
	int dashdash = -1;
	int status = opts_parse(self, ctx, table, ARRAY_SIZE(table), &argc, argv, &dashdash);

	if (status < 0)
		status = program_words_take(self, ctx, &scenario, NULL, &argc, argv, dashdash);

	if (status < 0)
		status = check_deadline(self, here.deadline_s);
	if (status >= 0)
		return status;
	if (id && (argc || dry))
		return usage_error(self,
				   "--resume ID stands alone: the profile is in the database");
	if (!id && argc != 1)
		return usage_error(self, "one PROFILE is expected");
	return id ? resume(ctx, id, &here, &e) : run_profile(ctx, argv[0], dry, &here, &e);
}

const struct cmd cmd_run = {
	.name = "run",
	.args = "PROFILE [--dry-run] [-- PROGRAM ARGS] | --resume ID [-- PROGRAM ARGS]",
	.help = "a formal experiment, as its profile describes it",
	.has_verdict = true,
	.run = run,
};
