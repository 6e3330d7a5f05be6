// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/compare_run.h"

#include "cmd/common/start.h"
#include "drive/begin/begin.h"
#include "drive/begin/cpu_model.h"
#include "drive/begin/disks.h"
#include "drive/begin/keep_files.h"
#include "drive/begin/metric.h"
#include "drive/measure/sharpen.h"

#include "base/clock.h"
#include "judge/why/groups.h"
#include "judge/why/renames.h"
#include "judge/why/source_change.h"
#include "kernel/git/git.h"
#include "kernel/store/title.h"
#include "lab/boot.h"
#include "lab/pair.h"
#include "scenario/program.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void outcome_free(struct outcome *x)
{
	pair_free(x->sides);
	comparison_free(&x->comparison);
	code_facts_free(&x->facts);
	audit_free(&x->audit);
	compare_time_free(&x->time);
	json_decref(x->document);
}

static void fill_request(const struct compare *c, const struct scenario *scenario, unsigned side,
			 const struct perturbation *p, struct run_request *out)
{
	*out = measuring_request(&c->o->m, c->kernels[side], scenario, side);
	out->cmdline = side ? c->o->new_cmdline : c->o->old_cmdline;
	out->keep_symbols = !p;
	if (p) {
		out->fresh = true;
		out->perturbation = *p;
	}
}

static int check_machines(const struct compare *c, const struct scenario *scenario, struct err *e)
{
	struct run_request q;
	int r = 0;

	for (unsigned side = 0; r == 0 && side < 2; side++) {
		fill_request(c, scenario, side, NULL, &q);
		r = boot_check(&q, e);
	}
	return r;
}

static int measure_pair(struct compare *c, const struct scenario *scenario,
			struct pair_side sides[2], struct err *e)
{
	for (unsigned i = 0; i < 2; i++)
		fill_request(c, scenario, i, NULL, &sides[i].request);
	return sharpen_run(c->s, &c->o->m, c->id, &c->block, sides, e);
}

/* With as many iterations as @like. */
static int measure_perturbed(struct compare *c, const struct scenario *scenario,
			     const struct perturbation *p, const struct run *like,
			     struct pair_side sides[2], struct err *e)
{
	for (unsigned i = 0; i < 2; i++) {
		fill_request(c, scenario, i, p, &sides[i].request);
		sides[i].request.iterations = run_iterations(like);
	}
	return pair_run(c->s, c->id, c->block++, sides, 2, e);
}

static int confirm(struct compare *c, const struct scenario *scenario, struct outcome *x,
		   struct err *e)
{
	for (unsigned i = 0; i < CONFIRM_RUNS; i++) {
		const struct confirm_plan *plan = &confirm_plans()[i];
		struct comparison perturbed = { 0 };
		struct pair_side sides[2] = { 0 };
		char what[64];
		int r;

		snprintf(what, sizeof(what), "confirming, %u of %d", i + 1, CONFIRM_RUNS);
		pace_tell(&c->pace, scenario->name, what);
		r = measure_perturbed(c, scenario, &plan->perturbation, &x->sides[0].run, sides, e);

		if (r == 0)
			r = compare_runs(scenario, &sides[0].run, &sides[1].run,
					 sides[0].request.cpus, c->o->m.threshold, &perturbed, e);
		if (r == 0) {
			x->confirmation.rows[i].what = plan->what;
			x->confirmation.rows[i].delta =
				comparison_delta(&x->comparison, &perturbed);
			x->confirmation.rows[i].different_state =
				perturbed.verdict == VERDICT_DIFFERENT_STATE;
			x->confirmation.count++;
		}
		comparison_free(&perturbed);
		pair_free(sides);
		if (r < 0)
			return err_wrap(e, "perturbation '%s'", plan->what);
	}
	confirm_judge(&x->confirmation, comparison_deciding(&x->comparison)->old_one.value,
		      c->o->m.threshold);
	confirm_apply(&x->confirmation, &x->comparison);
	return 0;
}

/* With what only the kernels' own files tell. NULL when out of memory. */
static json_t *make_document(const struct compare_view *v)
{
	const struct kernel *kernels[] = { v->old_kernel, v->new_kernel };
	json_t *doc = compare_json(v), *notes = json_pack("{}");

	for (unsigned i = 0; doc && notes && i < 2; i++) {
		const struct kernel_unlike u = kernel_config_unlike(kernels[i]);

		if (json_object_set_new(notes, i ? "new" : "old",
					u.text[0] ? json_string(u.text) : json_null()) < 0)
			break;
	}
	if (doc && json_object_set_new(doc, "config_unlike", notes) == 0)
		return doc;
	json_decref(doc);
	return NULL;
}

/*
 * One of several scenarios could not be measured: that is its own result, and the others still
 * stand. A tool that does not work, or an interruption, ends it all.
 */
static int keep_failure(const struct compare *c, const struct scenario *scenario, struct outcome *x,
			struct err *e)
{
	if (!failure_is_the_kernels(e))
		return e->code;
	x->err = *e;
	x->view = (struct compare_view){ .id = c->id,
					 .scenario = scenario,
					 .old_kernel = c->kernels[0],
					 .new_kernel = c->kernels[1],
					 .failure = x->err.text };
	x->document = make_document(&x->view);
	err_clear(e);
	return x->document ? 0 : err_oom(e);
}

static void fill_view(const struct compare *c, const struct scenario *scenario, uint64_t start_ns,
		      struct outcome *x)
{
	const struct run *runs[2] = { &x->sides[0].run, &x->sides[1].run };

	x->view = (struct compare_view){
		.id = c->id,
		.scenario = scenario,
		.old_kernel = c->kernels[0],
		.new_kernel = c->kernels[1],
		.comparison = &x->comparison,
		.audit = &x->audit,
		.confirmation = c->o->confirm ? &x->confirmation : NULL,
		.qemu_version = c->s->qemu.version,
		.cpu_model = cpu_model_of(c->s),
		.total_seconds = (double)(clock_ns() - start_ns) / 1e9,
	};
	if (c->o->weight_path) {
		const char *base = strrchr(c->o->weight_path, '/');

		x->weight = weight_of(c->weight, &x->comparison);
		x->view.weight = &x->weight;
		x->view.weight_file = base ? base + 1 : c->o->weight_path;
	}
	x->view.time = x->time.known ? &x->time.view : NULL;
	x->view.no_time = x->time.why_not[0] ? x->time.why_not : NULL;
	x->view.by_calls = c->o->sort && !strcmp(c->o->sort, "calls");
	/* The sides ran side by side: the slower one is what was waited for. */
	for (unsigned i = 0; i < 2; i++) {
		if (runs[i]->boot_seconds > x->view.boot_seconds)
			x->view.boot_seconds = runs[i]->boot_seconds;
		if (runs[i]->measure_seconds > x->view.measure_seconds)
			x->view.measure_seconds = runs[i]->measure_seconds;
	}
}

/* Whatever keeps code from being looked at is told, and is no failure: the rows stay as they are.
 */
static int without(const struct compare *c, const char *what, struct err *e)
{
	if (e->code == -ENOMEM)
		return e->code;
	teller_note(c->s->teller, "%s: %s", what, e->text);
	err_clear(e);
	return 0;
}

/* Code and counts have to be of one file; once for all scenarios. 1: they are. */
static int check_code(struct compare *c, struct err *e)
{
	const struct kernel *const kernels[] = { c->kernels[0], c->kernels[1] };

	if (c->code != CODE_UNKNOWN)
		return c->code == CODE_SOUND;
	c->code = CODE_SOUND;
	if (code_facts_check(kernels, e) == 0)
		return 1;
	c->code = CODE_UNREADABLE;
	return without(c, "renamed functions and source files are not looked for", e);
}

/* Megabytes a side, of which a comparison of the whole library would keep hundreds. */
static void drop_symbols(struct outcome *x)
{
	for (unsigned i = 0; i < 2; i++) {
		symbols_free(x->sides[i].run.symbols);
		x->sides[i].run.symbols = NULL;
	}
}

/* What the table says of functions by their code. */
static int explain(struct compare *c, const struct scenario *scenario, struct outcome *x,
		   struct err *e)
{
	const struct kernel *const kernels[] = { c->kernels[0], c->kernels[1] };
	const struct run *const runs[] = { &x->sides[0].run, &x->sides[1].run };
	const int sound = code_facts_wanted(&x->comparison) ? check_code(c, e) : 0;
	int r = sound > 0 ? code_facts_find_pairs(kernels, runs, &x->comparison, &x->facts, e)
			  : sound;

	if (r < 0) {
		code_facts_free(&x->facts);
		r = without(c, "renamed functions are not looked for", e);
	}
	if (r == 0)
		r = renames_fold(&x->comparison, &x->facts, e);
	if (r == 0 && sound > 0 &&
	    code_facts_find_files(kernels, runs, &x->comparison, c->o->tree, &x->facts, e) < 0)
		r = without(c, "source files are not all known", e);
	if (r == 0)
		r = groups_make(&x->comparison, &x->facts, e);
	source_change_find(&x->comparison, scenario, c->o->m.threshold);
	drop_symbols(x);
	return r < 0 ? r : store_add_code_facts(c->s->store, c->id, scenario->name, &x->facts, e);
}

static int take_time(struct compare *c, struct outcome *x, struct err *e)
{
	const struct kernel *const kernels[] = { c->kernels[0], c->kernels[1] };
	const struct run_request requests[] = { x->sides[0].request, x->sides[1].request };

	return compare_time_take(c->s, kernels, c->id, requests, c->o->m.threshold, &x->comparison,
				 &x->time, e);
}

static int run_scenario(struct compare *c, const struct scenario *scenario, struct outcome *x,
			struct err *e)
{
	uint64_t start_ns = clock_ns();
	int r = keep_scenario_file(c->s, c->id, scenario, e);

	if (r == 0)
		r = measure_pair(c, scenario, x->sides, e);
	if (r == 0)
		r = compare_runs(scenario, &x->sides[0].run, &x->sides[1].run,
				 x->sides[0].request.cpus, c->o->m.threshold, &x->comparison, e);
	if (r == 0)
		r = explain(c, scenario, x, e);
	if (r == 0 && c->o->confirm)
		r = confirm(c, scenario, x, e);
	if (r == 0 && c->o->time)
		r = take_time(c, x, e);
	if (r == 0)
		r = audit_sides(c->kernels[0], c->kernels[1], &x->sides[0].run, &x->sides[1].run,
				&x->audit, e);
	if (r < 0)
		return err_wrap(e, "%s", scenario->name);
	fill_view(c, scenario, start_ns, x);
	x->document = make_document(&x->view);
	if (!x->document)
		return err_oom(e);
	return store_add_result(c->s->store, c->id, scenario->name,
				verdict_name(x->comparison.verdict), x->document, e);
}

/* The program becomes a scenario beside those of the library. */
static int choose_program(const struct compare *c, size_t *chosen, struct err *e)
{
	int r = program_opts_add(&c->o->program, &c->s->scenarios, chosen, e);

	return r < 0 ? r : 1;
}

/* Indexes of all scenarios that were named, each once, in the library's order. */
static int choose(const struct compare *c, size_t *chosen, struct err *e)
{
	static const char *const usual[] = { DEFAULT_SCENARIO };
	const struct opt_list *wish = &c->o->scenarios;

	return library_choose(&c->s->scenarios, wish->count ? wish->items : usual,
			      wish->count ? wish->count : 1, chosen, e);
}

/* What was left out is HEAD, and the work tree as it lies. */
static int pin_specs(struct compare *c, int argc, char **argv, struct err *e)
{
	char **specs = c->specs;
	const char *words[2] = { argc > 0 ? argv[0] : "git:.@HEAD", argc > 1 ? argv[1] : "git:." };
	int r = 0;

	for (unsigned i = 0; r == 0 && i < 2; i++)
		r = kernel_pin(c->s->kernels, words[i], teller_hear_note, c->s->teller, &specs[i],
			       e);
	if (r < 0 || argc > 1)
		return r;
	if (!strcmp(specs[0], specs[1]))
		return err_set(e, EINVAL,
			       "nothing in the work tree differs from %s (%.*s), so there is "
			       "nothing to compare; 'slowpath compare REV' compares REV with it",
			       argc ? argv[0] : "HEAD", GIT_SHORT, kernel_commit(specs[1]).id);
	if (!kernel_commit(specs[1]).tree[0])
		teller_note(c->s->teller,
			    "nothing in the work tree differs from HEAD, which is NEW");
	return 0;
}

/* What is left out is of the git tree. */
static int expect(struct session *s, int argc, char **argv, struct err *e)
{
	char *const words[] = { argc > 0 ? argv[0] : (char *)"git:.",
				argc > 1 ? argv[1] : (char *)"git:." };

	return session_expect(s, words, ARRAY_SIZE(words), e);
}

static int find_kernels(struct compare *c, struct err *e)
{
	int r = building_set(&c->o->building, c->s->kernels, c->s->teller, e);

	if (r == 0)
		r = kernel_resolve_pair(c->s->kernels, c->specs[0], c->specs[1], teller_hear_note,
					c->s->teller, &c->kernels[0], &c->kernels[1], e);
	return r < 0 ? r : session_measures(c->s, c->kernels, 2, e);
}

/* An experiment keeps what was written, not what it meant. */
static int keep_specs(struct compare *c, char **specs, struct err *e)
{
	for (unsigned i = 0; i < 2; i++) {
		free(c->specs[i]);
		c->specs[i] = strdup(specs[i]);
		if (!c->specs[i])
			return err_oom(e);
	}
	return 0;
}

static int start(struct compare *c, struct err *e)
{
	json_t *command = json_pack("{s:s,s:s,s:s,s:s,s:f,s:b,s:s,s:s*}", "command", "compare",
				    "baseline", "old", "old", c->specs[0], "new", c->specs[1],
				    "threshold", c->o->m.threshold, "confirm", c->o->confirm,
				    "metric", c->o->m.metric ? c->o->m.metric : METRIC_DEFAULT,
				    "cpu", c->o->m.cpu_model);
	const struct beginning b = {
		.name = "compare", .command = command, .mode = "exact", .accel = ACCEL_ICOUNT
	};

	if (c->o->m.iterations)
		json_object_set_new(command, "iterations", json_integer(c->o->m.iterations));
	if (c->o->time)
		json_object_set_new(command, "time", json_string("replay"));
	if (c->o->m.budget_s)
		json_object_set_new(command, "budget", json_integer(c->o->m.budget_s));
	return experiment_begin(c->s, &b, c->id, e);
}

/* Each scenario as it is known from earlier runs; two kernels run side by side. */
static double expected_s(const struct compare *c, const size_t *chosen, int n)
{
	const double rounds = c->o->confirm ? 1 + CONFIRM_RUNS : 1;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		const struct scenario *scenario = c->s->scenarios.items[chosen[i]];
		double seconds = PACE_STEP_S;
		unsigned runs = 0;
		struct err ignored;

		store_mean_seconds(c->s->store, "exact", scenario->sha256.text,
				   measuring_cpus(&c->o->m, scenario), &seconds, &runs, &ignored);
		sum += rounds * seconds;
	}
	return sum;
}

/* What is known already, ahead of the table. */
static void tell_row(const struct compare *c, const struct outcome *x)
{
	_cleanup_buf_ struct buf row = { 0 };

	if (c->one_of)
		buf_printf(&row, "%s ", c->one_of->name);
	compare_row(&x->view, &row);
	if (!buf_error(&row))
		teller_row(c->s->teller, buf_str(&row));
}

/* A regression is said even if another scenario, or architecture, could not be judged. */
int compare_worse(int a, int b)
{
	if (a == 1 || b == 1)
		return 1;
	return a > b ? a : b;
}

static bool is_slower(const struct outcome *x)
{
	const struct comparison *c = &x->comparison;

	return x->time.joined ? x->time.slower : comparison_delta(c, c) > 0;
}

int compare_exit(const struct compare *c, const struct cmd_ctx *ctx)
{
	int status = 0;

	for (int i = 0; i < c->n; i++) {
		const struct comparison *one = &c->outcomes[i].comparison;
		int code = ERR_UNMEASURED;

		if (!c->outcomes[i].err.code)
			code = verdict_status(
				ctx, verdict_exit(one->verdict, is_slower(&c->outcomes[i])));
		status = compare_worse(status, code);
	}
	return status;
}

static int choose_scenarios(struct compare *c, struct err *e)
{
	int r = 0;

	c->chosen = calloc(c->s->scenarios.count, sizeof(*c->chosen));
	if (!c->chosen)
		return err_oom(e);
	c->n = c->o->program.words ? choose_program(c, c->chosen, e) : choose(c, c->chosen, e);
	if (c->n < 0)
		return c->n;
	for (int i = 0; i < c->n && r == 0; i++)
		r = program_load(c->s->scenarios.items[c->chosen[i]], e);
	for (int i = 0; i < c->n && r == 0; i++)
		r = metric_set(c->s, c->s->scenarios.items[c->chosen[i]], c->o->m.metric, e);
	return r;
}

static int check_scenarios(struct compare *c, struct err *e)
{
	int r = metric_known(c->s, c->o->m.metric, c->kernels, 2, e);

	for (int i = 0; i < c->n && r == 0; i++)
		r = disk_settle(c->s, c->s->scenarios.items[c->chosen[i]], c->kernels, 2, e);
	for (int i = 0; i < c->n && r == 0; i++)
		r = check_machines(c, c->s->scenarios.items[c->chosen[i]], e);
	return r;
}

int compare_prepare(struct compare *c, const struct cmd_ctx *ctx, int n_specs, char **specs,
		    struct err *e)
{
	const struct compare_options *o = c->o;
	int r = start_session(ctx, &c->session, e);

	c->s = &c->session;
	c->s->lab.deadline_s = o->m.deadline_s;
	if (r == 0)
		r = session_set_arch(c->s, c->one_of ? c->one_of->name : o->m.arch, e);
	if (r == 0)
		r = expect(c->s, n_specs, specs, e);
	if (r == 0)
		r = cpu_model_set(c->s, o->m.cpu_model, e);
	if (r == 0)
		r = memory_room(c->s, o->m.memory_mib, e);
	if (r == 0)
		r = choose_scenarios(c, e);
	if (r == 0)
		r = pin_specs(c, n_specs, specs, e);
	if (r == 0)
		r = find_kernels(c, e);
	if (r == 0)
		r = check_scenarios(c, e);
	if (r == 0 && n_specs == 2 && !c->one_of)
		r = keep_specs(c, specs, e);
	return r;
}

/* Of one scenario alone, a failure is the experiment's. */
static int measure_one(struct compare *c, int i, struct err *e)
{
	const struct scenario *scenario = c->s->scenarios.items[c->chosen[i]];
	struct outcome *x = &c->outcomes[i];
	const bool several = c->n > 1 || c->one_of;
	int r;

	pace_tell(&c->pace, scenario->name, c->one_of ? c->one_of->name : NULL);
	r = run_scenario(c, scenario, x, e);
	if (r < 0 && several)
		r = keep_failure(c, scenario, x, e);
	if (r == 0 && several)
		tell_row(c, x);
	/* Its document has it, and a table has no room for it: both sides' memory goes. */
	if (c->n > 1) {
		x->view.time = NULL;
		compare_time_free(&x->time);
	}
	pace_made(&c->pace);
	return r;
}

int compare_measure(struct compare *c, struct err *e)
{
	int r;

	c->outcomes = calloc((size_t)c->n, sizeof(*c->outcomes));
	r = c->outcomes ? start(c, e) : err_oom(e);
	if (r < 0)
		return r;
	catch_signals(c->s);
	pace_begin(&c->pace, c->s->teller, (size_t)c->n, expected_s(c, c->chosen, c->n));
	for (int i = 0; r == 0 && i < c->n; i++)
		r = measure_one(c, i, e);
	release_signals();
	if (r == 0)
		r = store_finish_experiment(c->s->store, c->id, NULL, e);
	teller_done(c->s->teller);
	if (r < 0)
		drop_unmeasured(c->s, c->id);
	return r;
}

void compare_close(struct compare *c)
{
	for (int i = 0; c->outcomes && i < c->n; i++)
		outcome_free(&c->outcomes[i]);
	free(c->outcomes);
	free(c->chosen);
	for (unsigned i = 0; i < 2; i++) {
		free(c->specs[i]);
		kernel_free(c->kernels[i]);
	}
	if (c->s)
		session_close(c->s);
}
