// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/building_opts.h"
#include "cmd/common/cmd.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/program_opts.h"
#include "cmd/common/screen.h"
#include "cmd/common/start.h"
#include "cmd/measure/compare_time.h"
#include "cmd/terminal/terminal.h"
#include "drive/begin/begin.h"
#include "drive/measure/code_facts.h"
#include "drive/begin/cpu_model.h"
#include "drive/begin/keep_files.h"
#include "drive/begin/disks.h"
#include "drive/begin/metric.h"
#include "drive/session/pace.h"
#include "drive/measure/pair_run.h"
#include "drive/measure/sharpen.h"

#include "base/clock.h"
#include "judge/why/audit.h"
#include "judge/counts/comparison.h"
#include "judge/counts/confirm.h"
#include "judge/why/groups.h"
#include "judge/why/renames.h"
#include "judge/why/source_change.h"
#include "kernel/git/git.h"
#include "kernel/store/title.h"
#include "lab/boot.h"
#include "lab/pair.h"
#include "report/views/compare.h"
#include "scenario/program.h"
#include "symbols/source_tree.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct options {
	struct opt_list scenarios;
	struct program_opts program;
	struct measuring m;
	bool confirm, stream;
	unsigned top;
	const char *old_cmdline, *new_cmdline;
	const char *weight_path, *sort;
	const char *time; /* "" or "replay"; NULL: only counts are asked for */
	const char *tree; /* sources, for the files of functions; NULL: none */
	struct building building;
};

/* One scenario: what was measured, what is concluded. */
struct outcome {
	struct pair_side sides[2];
	struct comparison comparison;
	struct code_facts facts;
	struct audit audit;
	struct confirmation confirmation;
	struct weight_share weight;
	struct compare_time time;
	struct compare_view view;
	json_t *document;
	struct err err; /* code 0: measured, else why a kernel could not be */
};

struct compare {
	const struct options *o;
	struct session *s;
	struct kernel *kernels[2]; /* old, new */
	struct weight weight;	   /* empty unless a profile was given */
	char id[STORE_ID_LEN];
	unsigned block; /* of the next pair */
	struct pace pace;
	enum { CODE_UNKNOWN, CODE_SOUND, CODE_UNREADABLE } code; /* of both, on the disk */
};

static void outcome_free(struct outcome *x)
{
	pair_free(x->sides);
	comparison_free(&x->comparison);
	code_facts_free(&x->facts);
	audit_free(&x->audit);
	compare_time_free(&x->time);
	json_decref(x->document);
}

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct options *o, int *argc,
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
		MEASURING_OPTS(&o->m),
	};
	int dashdash = -1, status;

	*o = (struct options){ .m = MEASURING_DEFAULTS, .top = 12 };
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

		x->weight = weight_of(&c->weight, &x->comparison);
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
	const struct scenario_list *library = &c->s->scenarios;
	const struct opt_list wish = c->o->scenarios;
	_cleanup_free_ size_t *found = calloc(library->count, sizeof(*found));
	_cleanup_free_ bool *wanted = calloc(library->count, sizeof(*wanted));
	int n = 0;

	if (!found || !wanted)
		return err_oom(e);
	for (size_t i = 0; i < (wish.count ? wish.count : 1); i++) {
		int r = library_find(library, wish.count ? wish.items[i] : DEFAULT_SCENARIO, found,
				     e);

		if (r < 0)
			return r;
		while (r-- > 0)
			wanted[found[r]] = true;
	}
	for (size_t i = 0; i < library->count; i++) {
		if (wanted[i])
			chosen[n++] = i;
	}
	return n;
}

/* 1 before 125 before 0: a regression is said even if another scenario could not be judged. */
static int worse(int a, int b)
{
	if (a == 1 || b == 1)
		return 1;
	return a > b ? a : b;
}

static int is_slower(const struct outcome *x)
{
	const struct comparison *c = &x->comparison;

	return x->time.joined ? x->time.slower : comparison_delta(c, c) > 0;
}

static int exit_status(const struct cmd_ctx *ctx, const struct outcome *x, int n)
{
	int status = 0;

	for (int i = 0; i < n; i++) {
		const struct comparison *c = &x[i].comparison;
		int one = ERR_UNMEASURED;

		if (!x[i].err.code)
			one = verdict_status(ctx, verdict_exit(c->verdict, is_slower(&x[i])));

		status = worse(status, one);
	}
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

static int print_text(const struct compare *c, const struct cmd_ctx *ctx, const struct outcome *x,
		      int n, struct err *e)
{
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

static int print(const struct compare *c, const struct cmd_ctx *ctx, const struct outcome *x, int n,
		 struct err *e)
{
	json_t *list;
	int r;

	if (!ctx->json) {
		r = print_text(c, ctx, x, n, e);
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

/* What was left out is HEAD, and the work tree as it lies. */
static int pin_specs(struct compare *c, int argc, char **argv, char *specs[2], struct err *e)
{
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

static int find_kernels(struct compare *c, char *specs[2], struct err *e)
{
	int r = building_set(&c->o->building, c->s->kernels, c->s->teller, e);

	if (r == 0)
		r = kernel_resolve_pair(c->s->kernels, specs[0], specs[1], teller_hear_note,
					c->s->teller, &c->kernels[0], &c->kernels[1], e);
	return r < 0 ? r : session_measures(c->s, c->kernels, 2, e);
}

static int start(struct compare *c, char *const *argv, struct err *e)
{
	json_t *command = json_pack("{s:s,s:s,s:s,s:s,s:f,s:b,s:s,s:s*}", "command", "compare",
				    "baseline", "old", "old", argv[0], "new", argv[1], "threshold",
				    c->o->m.threshold, "confirm", c->o->confirm, "metric",
				    c->o->m.metric ? c->o->m.metric : METRIC_DEFAULT, "cpu",
				    c->o->m.cpu_model);
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

	compare_row(&x->view, &row);
	if (!buf_error(&row))
		teller_row(c->s->teller, buf_str(&row));
}

static int run_all(struct compare *c, const struct cmd_ctx *ctx, const size_t *chosen, int n,
		   struct err *e)
{
	struct outcome *x = calloc((size_t)n, sizeof(*x));
	int r = x ? 0 : err_oom(e), status;

	catch_signals(c->s);
	pace_begin(&c->pace, c->s->teller, (size_t)n, expected_s(c, chosen, n));
	for (int i = 0; r == 0 && i < n; i++) {
		const struct scenario *scenario = c->s->scenarios.items[chosen[i]];

		pace_tell(&c->pace, scenario->name, NULL);
		r = run_scenario(c, scenario, &x[i], e);
		if (r < 0 && n > 1)
			r = keep_failure(c, scenario, &x[i], e);
		if (r == 0 && n > 1)
			tell_row(c, &x[i]);
		/* Its document has it, and a table has no room for it: both sides' memory goes. */
		if (n > 1) {
			x[i].view.time = NULL;
			compare_time_free(&x[i].time);
		}
		pace_made(&c->pace);
	}
	release_signals();
	if (r == 0)
		r = store_finish_experiment(c->s->store, c->id, NULL, e);
	teller_done(c->s->teller);
	if (r < 0) {
		drop_unmeasured(c->s, c->id);
		status = report_error(e);
	} else {
		status = print(c, ctx, x, n, e);
		status = status ? status : exit_status(ctx, x, n);
	}
	for (int i = 0; x && i < n; i++)
		outcome_free(&x[i]);
	free(x);
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	_cleanup_session_ struct session s;
	_cleanup_free_ size_t *chosen = NULL;
	struct options o;
	struct compare c = { .o = &o, .s = &s };
	char *specs[2] = { NULL };
	struct err e = { 0 };
	int status = parse(self, ctx, &o, &argc, argv), n, r;

	memset(&s, 0, sizeof(s));
	if (status < 0 && o.stream && ctx->json)
		status = usage_error(self, "--json is one document, and --stream is rows");
	if (status >= 0) {
		opt_list_free(&o.scenarios);
		program_opts_free(&o.program);
		return status;
	}
	if (!ctx->json)
		terminal_show_rows(o.stream);
	r = o.weight_path ? weight_read(o.weight_path, &c.weight, &e) : 0;
	if (r == 0 && o.tree)
		r = source_tree_check(o.tree, &e);
	if (r == 0)
		r = start_session(ctx, &s, &e);
	s.lab.deadline_s = o.m.deadline_s;
	if (r == 0)
		r = session_set_arch(&s, o.m.arch, &e);
	if (r == 0)
		r = expect(&s, argc, argv, &e);
	if (r == 0)
		r = cpu_model_set(&s, o.m.cpu_model, &e);
	chosen = r == 0 ? calloc(s.scenarios.count, sizeof(*chosen)) : NULL;
	if (r == 0 && !chosen)
		r = err_oom(&e);
	n = r < 0 || !chosen  ? r
	    : o.program.words ? choose_program(&c, chosen, &e)
			      : choose(&c, chosen, &e);
	for (int i = 0; i < n && r == 0; i++)
		r = program_load(s.scenarios.items[chosen[i]], &e);
	for (int i = 0; i < n && r == 0; i++)
		r = metric_set(&s, s.scenarios.items[chosen[i]], o.m.metric, &e);
	n = r < 0 ? r : n;
	opt_list_free(&o.scenarios);
	program_opts_free(&o.program);
	if (n < 0 || !chosen) {
		weight_free(&c.weight);
		return report_error(&e);
	}
	r = pin_specs(&c, argc, argv, specs, &e);
	if (r == 0)
		r = find_kernels(&c, specs, &e);
	if (r == 0)
		r = metric_known(&s, o.m.metric, c.kernels, 2, &e);
	for (int i = 0; i < n && r == 0; i++)
		r = disk_settle(&s, s.scenarios.items[chosen[i]], c.kernels, 2, &e);
	for (int i = 0; i < n && r == 0; i++)
		r = check_machines(&c, s.scenarios.items[chosen[i]], &e);
	if (r == 0)
		r = start(&c, argc == 2 ? argv : specs, &e);
	status = r < 0 ? report_error(&e) : run_all(&c, ctx, chosen, n, &e);
	free(specs[0]);
	free(specs[1]);
	kernel_free(c.kernels[0]);
	kernel_free(c.kernels[1]);
	weight_free(&c.weight);
	return status;
}

const struct cmd cmd_compare = {
	.name = "compare",
	.args = "[OLD [NEW]] [-s SCENARIO]... [--confirm] [--threshold PERCENT] [-- PROGRAM ARGS]",
	.help = "what NEW changed against OLD, in executed instructions per function",
	.has_verdict = true,
	.run = run,
};
