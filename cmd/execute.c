// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/execute.h"

#include "base/clock.h"
#include "base/tsc.h"
#include "cmd/accel.h"
#include "cmd/stored_rows.h"
#include "judge/judgement.h"
#include "lab/cpuset.h"
#include "lab/exact.h"
#include "lab/steps.h"
#include "lab/timed.h"
#include "report/judge.h"
#include "report/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Blocks rest differently, so that their ticks fall elsewhere; no multiple of any usual tick. */
#define BLOCK_REST_NS 137317u

/* What the database holds of a step. */
struct step_state {
	unsigned attempts;
	bool ok;
};

struct execution {
	struct session *s;
	const struct experiment *x;
	struct steps steps;
	struct step_state *states; /* one a step */
	struct kernel *kernels[EXPERIMENT_KERNELS_MAX];
	char id[STORE_ID_LEN];
	enum machine_accel accel;
	cpu_set_t cpuset; /* that the profile asks for, or that slowpath may use */
	size_t done;	  /* steps */
	size_t made;	  /* of these, in this process */
	uint64_t start_ns;
	bool resumed;
};

static void execution_free(struct execution *w)
{
	for (unsigned i = 0; i < w->x->n_kernels; i++)
		kernel_free(w->kernels[i]);
	free(w->states);
	steps_free(&w->steps);
}

int execute_read_stored(struct session *s, const char *id, struct experiment **out, struct err *e)
{
	_cleanup_stored_experiment_ struct stored_experiment stored = { 0 };
	const char *file, *text;
	int r = store_find_experiment(s->store, id, &stored, e);

	if (r < 0)
		return r;
	file = json_string_value(json_object_get(stored.command, "file"));
	text = json_string_value(json_object_get(stored.command, "profile"));
	if (!file || !text)
		return err_set(e, EINVAL, "experiment '%s' was not made by 'slowpath run'", id);
	return experiment_read(file, text, strlen(text), &s->scenarios, out, e);
}

/* Builds of one compiler where the specs leave the choice: the baseline's is the model. */
static int resolve_kernels(struct execution *w, struct err *e)
{
	const struct experiment *x = w->x;
	unsigned order[EXPERIMENT_KERNELS_MAX];

	order[0] = x->baseline;
	for (unsigned i = 0, n = 1; i < x->n_kernels; i++) {
		if (i != x->baseline)
			order[n++] = i;
	}
	for (unsigned i = 0; i < x->n_kernels; i++) {
		const struct experiment_kernel *k = &x->kernels[order[i]];
		const char *peer = i ? w->kernels[x->baseline]->compiler : NULL;
		int r = kernel_resolve(w->s->kernels, k->spec, peer, session_note, NULL,
				       &w->kernels[order[i]], e);

		if (r < 0)
			return experiment_blame(x, &k->at, e);
	}
	return 0;
}

/* The very builds that the interrupted experiment used, whatever the specs mean by now. */
static int find_kernels(struct execution *w, const json_t *command, struct err *e)
{
	const json_t *list = json_object_get(command, "kernels");

	for (unsigned i = 0; i < w->x->n_kernels; i++) {
		const char *id = json_string_value(
			json_object_get(json_array_get(list, i), "vmlinux_sha256"));
		int r = id ? kernel_find(w->s->kernels, id, &w->kernels[i], e)
			   : err_set(e, EIO, "the experiment does not say its kernels");

		if (r < 0)
			return err_wrap(e, "kernel '%s'", w->x->kernels[i].name);
	}
	return 0;
}

static json_t *command_json(const struct execution *w)
{
	json_t *kernels = json_array();

	for (unsigned i = 0; i < w->x->n_kernels; i++)
		json_array_append_new(kernels,
				      json_pack("{s:s,s:s,s:s,s:s}", "name", w->x->kernels[i].name,
						"spec", w->kernels[i]->spec, "release",
						w->kernels[i]->release, "vmlinux_sha256",
						w->kernels[i]->vmlinux_sha256));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "command", "run", "file", w->x->file,
			 "profile", w->x->text, "profile_sha256", w->x->sha256.text, "baseline",
			 w->x->kernels[w->x->baseline].name, "accelerator", accel_name(w->accel),
			 "kernels", kernels);
}

static int begin(struct execution *w, struct err *e)
{
	json_t *command = command_json(w);
	struct store_experiment x = { .id = w->id,
				      .name = w->x->name,
				      .command = command,
				      .mode = experiment_modes[w->x->mode],
				      .purpose = experiment_purposes[w->x->purpose],
				      .slowpath_version = SLOWPATH_VERSION };
	int r;

	store_new_id(w->id);
	r = command ? store_add_experiment(w->s->store, &x, e) : err_oom(e);
	json_decref(command);
	return r;
}

static const struct scenario *scenario_of(const struct execution *w, const struct step *step)
{
	return w->x->scenarios[step->scenario].scenario;
}

static int note_run(void *arg, const struct stored_row *row, struct err *e)
{
	struct execution *w = arg;

	(void)e;
	for (size_t i = 0; i < w->steps.count; i++) {
		const struct step *step = &w->steps.items[i];

		if (step->block != row->block || step->position != row->position ||
		    step->cpus != row->cpus ||
		    strcmp(scenario_of(w, step)->name, row->scenario) != 0)
			continue;
		w->states[i].attempts++;
		w->states[i].ok = w->states[i].ok || row->ok;
	}
	return 0;
}

/* Times of one accelerator do not go with those of another. */
static int find_accel(struct execution *w, const json_t *command, struct err *e)
{
	const char *name = json_string_value(json_object_get(command, "accelerator"));

	for (w->accel = ACCEL_ICOUNT; name && w->accel <= ACCEL_KVM; w->accel++) {
		if (!strcmp(name, accel_name(w->accel)))
			return 0;
	}
	return err_set(e, EIO, "the experiment does not say what it ran on");
}

static int take_up(struct execution *w, const char *id, struct err *e)
{
	_cleanup_stored_experiment_ struct stored_experiment stored = { 0 };
	int r = store_find_experiment(w->s->store, id, &stored, e);

	if (r == 0)
		r = find_accel(w, stored.command, e);
	if (r == 0)
		r = find_kernels(w, stored.command, e);
	if (r == 0)
		r = store_each_run(w->s->store, id, note_run, w, e);
	snprintf(w->id, sizeof(w->id), "%s", id);
	return r;
}

/* Exact counts do not depend on where they are made; times do. */
static const cpu_set_t *cpuset_of(const struct execution *w)
{
	return w->x->cpuset[0] || w->accel != ACCEL_ICOUNT ? &w->cpuset : NULL;
}

/* A boot of a kernel of the profile, as far as it is not about a step. */
static struct run_request request_of(const struct execution *w, unsigned kernel, unsigned cpus,
				     const struct scenario *scenario)
{
	return (struct run_request){
		.side = 1,
		.accel = w->accel,
		.kernel = w->kernels[kernel],
		.scenario = scenario,
		.cpus = cpus,
		.memory_mib = w->x->memory_mib,
		.cmdline = w->x->kernels[kernel].cmdline,
		.cpuset = cpuset_of(w),
	};
}

static int measure(const struct execution *w, const struct run_request *q, struct run *out,
		   struct err *e)
{
	return w->accel == ACCEL_ICOUNT ? exact_measure(&w->s->lab, q, out, e)
					: timed_measure(&w->s->lab, q, out, e);
}

static int keep_run(struct execution *w, const struct step *step, unsigned attempt,
		    const struct run_request *q, const struct run *run, const struct err *failure,
		    struct err *e)
{
	struct store_run r = {
		.experiment = w->id,
		.block = step->block,
		.position = step->position,
		.attempt = attempt,
		.side = w->x->arms[step->arm].name,
		.request = q,
		.run = run,
		.failure_reason = failure->code ? failure->text : NULL,
		.qemu_version = w->s->qemu.version,
		.guest_sha256 = w->s->guest_sha256.text,
		.plugin_sha256 = w->s->plugin_sha256.text,
	};

	return store_add_run(w->s->store, &r, e);
}

/* Progress: which step of how many, and how long the rest will take at the pace so far. */
static void show_step(struct execution *w, const struct step *step)
{
	double elapsed = (double)(clock_ns() - w->start_ns) / 1e9;
	size_t left = w->steps.count - w->done;
	char text[80];

	if (w->made)
		snprintf(text, sizeof(text), "step %zu of %zu, about %.0f s left: %s, block %u",
			 w->done + 1, w->steps.count, elapsed / (double)w->made * (double)left,
			 w->x->arms[step->arm].name, step->block + 1);
	else
		snprintf(text, sizeof(text), "step %zu of %zu: %s, block %u", w->done + 1,
			 w->steps.count, w->x->arms[step->arm].name, step->block + 1);
	progress_side(&w->s->progress, 0, text);
}

/* One boot, and again while the profile allows it. A tool that fails ends the experiment. */
static int run_step(struct execution *w, size_t index, struct err *e)
{
	const struct step *step = &w->steps.items[index];
	struct step_state *state = &w->states[index];

	while (!state->ok && state->attempts <= w->x->retries) {
		struct run run = { 0 };
		struct run_request q = request_of(w, w->x->arms[step->arm].kernel, step->cpus,
						  scenario_of(w, step));
		struct err failure = { 0 };
		int r;

		show_step(w, step);
		q.extra_rest_ns = (uint64_t)step->block * BLOCK_REST_NS;
		measure(w, &q, &run, &failure);
		if (failure.code && failure.status != ERR_UNMEASURED) {
			run_free(&run);
			*e = failure;
			return e->code;
		}
		r = keep_run(w, step, state->attempts, &q, &run, &failure, e);
		run_free(&run);
		if (r < 0)
			return r;
		state->attempts++;
		state->ok = !failure.code;
	}
	w->done++;
	w->made++;
	return 0;
}

/* Does every kernel come up at all, before hours are spent on the others? */
static int smoke(struct execution *w, struct err *e)
{
	for (unsigned k = 0; k < w->x->n_kernels; k++) {
		for (unsigned c = 0; c < w->x->n_cpus; c++) {
			struct run_request q =
				request_of(w, k, w->x->cpus[c], w->x->scenarios[0].scenario);
			struct run run;
			int r = w->accel == ACCEL_ICOUNT ? exact_smoke(&w->s->lab, &q, &run, e)
							 : timed_smoke(&w->s->lab, &q, &run, e);

			if (r < 0 && r != -ECANCELED && run.console && run.console[0])
				fprintf(stderr, "--- end of the console of %s ---\n%s\n---\n",
					w->kernels[k]->release, run.console);
			run_free(&run);
			if (r < 0)
				return err_wrap(e, "kernel '%s', boot smoke",
						w->x->kernels[k].name);
		}
	}
	return 0;
}

/* The steps that were made, as sequential looks may have spared some. */
static json_t *effect_json(const struct execution *w)
{
	_cleanup_steps_ struct steps made = { .items = calloc(w->steps.count + 1,
							      sizeof(*made.items)) };

	for (size_t i = 0; made.items && i < w->steps.count; i++) {
		if (w->states[i].attempts)
			made.items[made.count++] = w->steps.items[i];
	}
	return made.items ? order_json(w->x, &made) : NULL;
}

static int finish(struct execution *w, struct err *e)
{
	json_t *effect = effect_json(w);
	int r = effect ? store_finish_experiment(w->s->store, w->id, effect, e) : err_oom(e);

	json_decref(effect);
	return r;
}

static int run_steps(struct execution *w, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < w->steps.count; i++)
		w->done += w->states[i].ok || w->states[i].attempts > w->x->retries;
	if (w->done == w->steps.count)
		return 0;
	r = smoke(w, e);
	w->start_ns = clock_ns();
	for (size_t i = 0; r == 0 && i < w->steps.count; i++) {
		if (!w->states[i].ok && w->states[i].attempts <= w->x->retries)
			r = run_step(w, i, e);
	}
	progress_stop(&w->s->progress);
	if (r < 0)
		return err_wrap(e, "%zu of %zu steps are kept; 'slowpath run --resume %s' goes on",
				w->done, w->steps.count, w->id);
	return finish(w, e);
}

/* The primary metric of a row's scenario: what the exit status follows. */
static bool is_primary(const struct experiment *x, const struct rows *t, const struct judged_row *r)
{
	for (unsigned i = 0; i < x->n_scenarios; i++) {
		const char *primary = x->scenarios[i].primary;

		if (!strcmp(x->scenarios[i].scenario->name, rows_word(t, r->scenario)))
			return !strncmp(rows_word(t, r->metric), primary, strlen(primary)) &&
			       rows_word(t, r->metric)[strlen(primary)] == '_';
	}
	return false;
}

static int exit_status(const struct experiment *x, const struct rows *t, const struct judgement *j)
{
	int status = 0;

	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *r = &j->rows[i];
		int one;

		if (r->is_baseline || !is_primary(x, t, r))
			continue;
		one = verdict_exit(judged_verdict(r), judged_ratio(r) > 1);
		status = status == 1 || one == 1 ? 1 : status > one ? status : one;
	}
	return status;
}

static int print(const struct cmd_ctx *ctx, const struct execution *w, const struct rows *t,
		 const struct judgement *j, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	json_t *doc;
	int status;

	if (ctx->json) {
		doc = json_pack("{s:s,s:s,s:s,s:s,s:o}", "schema", "slowpath/run/1", "id", w->id,
				"name", w->x->name, "mode", experiment_modes[w->x->mode], "judge",
				judge_json(t, j, RULES_BLOCKS));
		status = doc ? print_json(doc) : report_error(e);
		json_decref(doc);
		return status;
	}
	if (buf_printf(&text, "%s  %s\n\n", w->id, w->x->name) < 0 ||
	    judge_text(t, j, &text) != 0) {
		err_oom(e);
		return report_error(e);
	}
	fwrite(text.data, 1, text.len, stdout);
	return finish_stdout();
}

static int judge(const struct cmd_ctx *ctx, const struct execution *w, struct err *e)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	struct mean_cv_rules rules = { .tolerance = w->x->tolerance, .max_cv = w->x->max_cv };
	const char *baseline = w->x->kernels[w->x->baseline].name;
	int status;

	if (stored_rows_read(w->s->store, w->id, &t, e) < 0)
		return report_error(e);
	rules.baseline = intern_add(&t.words, baseline);
	if (judge_table(&t, &rules, 0.01, &j, e) < 0)
		return report_error(e);
	status = print(ctx, w, &t, &j, e);
	return status ? status : exit_status(w->x, &t, &j);
}

/* On what it is to run; exact mode leaves no choice. */
static int choose_accel(struct execution *w, struct err *e)
{
	struct run_request q;

	w->accel = ACCEL_ICOUNT;
	if (w->x->mode == EXPERIMENT_EXACT)
		return 0;
	w->accel = ACCEL_TCG;
	q = request_of(w, w->x->baseline, w->x->cpus[0], w->x->scenarios[0].scenario);
	return accel_choose(w->s, &q, &w->accel, e);
}

/* The host CPUs of the profile, or all that this process may use. */
static int find_cpuset(struct execution *w, struct err *e)
{
	if (w->x->cpuset[0])
		return cpuset_parse(w->x->cpuset, &w->cpuset) < 0
			       ? err_set(e, EINVAL, "cpuset '%s'", w->x->cpuset)
			       : 0;
	return sched_getaffinity(0, sizeof(w->cpuset), &w->cpuset) < 0
		       ? err_errno(e, errno, "sched_getaffinity")
		       : 0;
}

static int set_out(struct execution *w, const char *resume, struct err *e)
{
	int r = steps_make(w->x, &w->steps, e);

	w->states = r == 0 ? calloc(w->steps.count + 1, sizeof(*w->states)) : NULL;
	if (r == 0 && !w->states)
		r = err_oom(e);
	if (r == 0)
		r = find_cpuset(w, e);
	if (r == 0 && resume)
		return take_up(w, resume, e);
	if (r == 0)
		r = resolve_kernels(w, e);
	if (r == 0)
		r = choose_accel(w, e);
	return r < 0 ? r : begin(w, e);
}

int execute_experiment(const struct cmd_ctx *ctx, struct session *s, const struct experiment *x,
		       const char *resume, struct err *e)
{
	struct execution w = { .s = s, .x = x, .resumed = resume != NULL };
	int r, status;

	session_catch_signals(s);
	r = set_out(&w, resume, e);
	s->lab.tsc_khz = w.accel == ACCEL_TCG ? tsc_measure_khz() : 0;
	if (r == 0)
		r = run_steps(&w, e);
	session_release_signals(s);
	progress_stop(&s->progress);
	status = r < 0 ? report_error(e) : judge(ctx, &w, e);
	execution_free(&w);
	return status;
}
