// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/execute/execution.h"

#include "base/cleanup.h"
#include "drive/begin/accel.h"
#include "drive/begin/begin.h"
#include "drive/begin/cpu_model.h"
#include "drive/begin/disks.h"
#include "drive/begin/keep_files.h"
#include "drive/begin/resume.h"
#include "base/cpuset.h"
#include "scenario/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void execution_free(struct execution *w)
{
	for (unsigned i = 0; i < w->x->n_kernels; i++)
		kernel_free(w->kernels[i]);
	json_decref(w->filled);
	free(w->states);
	steps_free(&w->steps);
}

const struct scenario *execution_scenario(const struct execution *w, const struct step *step)
{
	return w->x->scenarios[step->scenario].scenario;
}

/* Exact counts do not depend on where they are made; times do. */
static const cpu_set_t *cpuset_of(const struct execution *w)
{
	return w->x->cpuset[0] || w->accel != ACCEL_ICOUNT ? &w->cpuset : NULL;
}

struct run_request execution_request(const struct execution *w, unsigned kernel, unsigned cpus,
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
		.tree = metric_needs_tree(scenario->metric),
	};
}

/* Git: kernels are all built alike. */
static int set_up_builds(struct execution *w, struct err *e)
{
	const struct experiment *x = w->x;

	const struct building b = { .config = x->config[0] ? x->config : NULL, .jobs = w->jobs };

	if (building_set(&b, w->s->kernels, w->s->teller, e) < 0)
		return experiment_blame(x, &x->config_at, e);
	if (x->compiler[0] && kernel_store_set_compiler(w->s->kernels, x->compiler, e) < 0)
		return experiment_blame(x, &x->compiler_at, e);
	return 0;
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
		int r = kernel_resolve(w->s->kernels, k->spec, peer, teller_hear_note, w->s->teller,
				       &w->kernels[order[i]], e);

		if (r < 0)
			return experiment_blame(x, &k->at, e);
	}
	return session_measures(w->s, w->kernels, x->n_kernels, e);
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
	return session_measures(w->s, w->kernels, w->x->n_kernels, e);
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
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "command", "run", "file", w->x->file,
			 "profile", w->x->text, "profile_sha256", w->x->sha256.text, "baseline",
			 w->x->kernels[w->x->baseline].name, "accelerator", accel_name(w->accel),
			 "kernels", kernels, "experiment", json_incref(w->filled));
}

static int begin(struct execution *w, struct err *e)
{
	const struct beginning b = { .name = w->x->name,
				     .command = command_json(w),
				     .mode = experiment_modes[w->x->mode],
				     .purpose = experiment_purposes[w->x->purpose],
				     .label = w->x->label,
				     .accel = w->accel };
	int r = experiment_begin(w->s, &b, w->id, e);

	for (unsigned i = 0; r == 0 && i < w->x->n_scenarios; i++)
		r = keep_scenario_file(w->s, w->id, w->x->scenarios[i].scenario, e);
	return r;
}

static int note_run(void *arg, const struct record_run *run, struct err *e)
{
	struct execution *w = arg;

	(void)e;
	for (size_t i = 0; i < w->steps.count; i++) {
		const struct step *step = &w->steps.items[i];

		if (step->block != run->block || step->position != run->position ||
		    step->cpus != run->cpus ||
		    strcmp(execution_scenario(w, step)->name, run->scenario) != 0)
			continue;
		w->states[i].attempts++;
		w->states[i].ok = w->states[i].ok || record_run_ok(run);
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

static int settle_disks(struct execution *w, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < w->x->n_scenarios; i++)
		r = disk_settle(w->s, w->x->scenarios[i].scenario, w->kernels, w->x->n_kernels, e);
	return r;
}

static int take_up(struct execution *w, const char *id, struct err *e)
{
	const struct scenario *scenarios[EXPERIMENT_SCENARIOS_MAX];
	_cleanup_record_ struct record record = { 0 };
	int r = resume_open(w->s, id, "run", LOAD_ROWS, &record, e);

	for (unsigned i = 0; i < w->x->n_scenarios; i++)
		scenarios[i] = w->x->scenarios[i].scenario;
	if (r == 0)
		r = find_accel(w, record.command, e);
	if (r == 0)
		r = find_kernels(w, record.command, e);
	if (r == 0)
		r = settle_disks(w, e);
	if (r == 0)
		r = resume_check(w->s, &record, scenarios, w->x->n_scenarios, "judge", e);
	if (r == 0)
		r = resume_feed(&record, note_run, w, e);
	w->finished = r == 0 && record.finished;
	snprintf(w->id, sizeof(w->id), "%s", id);
	return r;
}

/* On what it is to run; exact mode leaves no choice. */
static int choose_accel(struct execution *w, struct err *e)
{
	struct run_request q;

	w->accel = ACCEL_ICOUNT;
	if (w->x->mode == EXPERIMENT_EXACT)
		return 0;
	w->accel = ACCEL_TCG;
	q = execution_request(w, w->x->baseline, w->x->cpus[0], w->x->scenarios[0].scenario);
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

static int expect_kernels(struct execution *w, struct err *e)
{
	char *specs[EXPERIMENT_KERNELS_MAX];

	for (unsigned i = 0; i < w->x->n_kernels; i++)
		specs[i] = (char *)w->x->kernels[i].spec;
	return session_expect(w->s, specs, w->x->n_kernels, e);
}

int execution_set_out(struct execution *w, const char *resume, struct err *e)
{
	int r = steps_make(w->x, &w->steps, e);

	w->states = r == 0 ? calloc(w->steps.count + 1, sizeof(*w->states)) : NULL;
	w->filled = experiment_json(w->x);
	if (r == 0 && (!w->states || !w->filled))
		r = err_oom(e);
	for (unsigned i = 0; r == 0 && i < w->x->n_scenarios; i++) {
		r = program_load(w->x->scenarios[i].scenario, e);
		if (r == 0 && w->x->mode != EXPERIMENT_EXACT)
			r = program_check_timed(w->x->scenarios[i].scenario, e);
	}
	if (r == 0)
		r = find_cpuset(w, e);
	if (r == 0)
		r = expect_kernels(w, e);
	if (r == 0)
		r = cpu_model_set(w->s, w->x->cpu_model, e);
	if (r == 0)
		r = memory_room(w->s, w->x->memory_mib, e);
	if (r == 0 && resume)
		return take_up(w, resume, e);
	if (r == 0)
		r = set_up_builds(w, e);
	if (r == 0)
		r = resolve_kernels(w, e);
	if (r == 0)
		r = settle_disks(w, e);
	if (r == 0)
		r = choose_accel(w, e);
	return r < 0 ? r : begin(w, e);
}
