// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/hash_only.h"

#include "report/evidence/study.h"

#include <string.h>

static bool always(const struct evidence *x)
{
	(void)x;
	return true;
}

static bool has_profile(const struct evidence *x)
{
	return x->experiment != NULL;
}

static bool any_run(const struct evidence *x,
		    bool (*is)(const struct evidence *x, const struct record_run *run))
{
	for (size_t i = 0; i < x->record->n_runs; i++) {
		if (is(x, &x->record->runs[i]))
			return true;
	}
	return false;
}

static bool has_phases(const struct evidence *x, const struct record_run *run)
{
	(void)x;
	return run->counts >= 0 && !record_run_probed(run);
}

static bool counted(const struct evidence *x)
{
	return any_run(x, has_phases);
}

static bool has_rounds(const struct evidence *x, const struct record_run *run)
{
	(void)x;
	return run->measured.timing.timed.rounds;
}

static bool timed(const struct evidence *x)
{
	return any_run(x, has_rounds);
}

/* results/ has the numbers of one pair of runs a claim. */
static bool is_apart(const struct evidence *x, const struct record_run *run)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		if (x->cases[i].old_run == run || x->cases[i].new_run == run)
			return false;
	}
	return record_run_ok(run);
}

static bool apart(const struct evidence *x)
{
	return any_run(x, is_apart);
}

/* Of a formal experiment, the state before the window decides about every run. */
static bool judged_apart(const struct evidence *x)
{
	return x->experiment && apart(x);
}

static bool explained_apart(const struct evidence *x)
{
	return !x->experiment && apart(x);
}

static bool is_counted_apart(const struct evidence *x, const struct record_run *run)
{
	return has_phases(x, run) && is_apart(x, run);
}

static bool counted_apart(const struct evidence *x)
{
	return any_run(x, is_counted_apart);
}

/* A table of functions that no run of results/ has. */
static bool table_apart(const struct evidence *x)
{
	for (size_t i = 0; i < x->record->n_counts; i++) {
		bool compared = !x->record->counts[i].count;

		for (size_t k = 0; k < x->record->n_runs; k++) {
			const struct record_run *run = &x->record->runs[k];

			compared = compared || (run->counts == (long)i && !is_apart(x, run));
		}
		if (!compared)
			return true;
	}
	return false;
}

static bool is_of_program(const struct evidence *x, const struct record_run *run)
{
	(void)x;
	return run->program_sha256 != NULL;
}

static bool has_program(const struct evidence *x)
{
	return any_run(x, is_of_program);
}

/* Those of a comparison make its scenario; a profile's file keeps its paths, and rows do not. */
static bool has_words(const struct evidence *x)
{
	return !x->is_compare && has_program(x);
}

static bool has_facts(const struct evidence *x)
{
	return x->record->n_facts > 0;
}

static bool is_probed(const struct evidence *x, const struct record_run *run)
{
	(void)x;
	return record_run_probed(run);
}

/* rows.csv tells of all others in which order they were made. */
static bool probed(const struct evidence *x)
{
	return any_run(x, is_probed);
}

static bool is_later(const struct evidence *x, const struct record_run *run)
{
	for (const struct record_run *before = x->record->runs; before < run; before++) {
		if (!strcmp(evidence_kernel_name(x, before), evidence_kernel_name(x, run)))
			return true;
	}
	return false;
}

static bool later(const struct evidence *x)
{
	return any_run(x, is_later);
}

#define APART " (of runs that results/ does not compare)"

static bool has_trees(const struct evidence *x)
{
	for (size_t i = 0; i < x->record->n_runs; i++) {
		if (x->record->runs[i].measured.tree.count)
			return true;
	}
	return false;
}

static bool in_time(const struct evidence *x)
{
	bool any = false;

	for (size_t i = 0; i < x->n_cases; i++)
		any = any || x->cases[i].time;
	return any;
}

static const struct {
	bool (*applies)(const struct evidence *x);
	const char *text;
} claims[] = {
	{ has_profile, "experiment.json: command.file" },
	{ always, "experiment.json: environment.host, environment.slowpath.commit" },
	{ always,
	  "raw/runs.csv: attempt, memory_mib, guest_cmdline, perturbation, started, affinity, "
	  "load_before, load_after, plugin_api, from_snapshot, boot_seconds, measure_seconds" },
	{ later, "raw/runs.csv: kernel_spec, image_sha256, config_sha256 (of runs behind the first "
		 "of their kernel)" },
	{ probed, "raw/runs.csv: block, position, side (of runs under a probe)" },
	{ counted, "raw/phases.csv: minor_faults, major_faults" },
	{ counted_apart, "raw/slots.csv: fault_retries" APART },
	{ timed, "raw/timing.csv: step_ns, read_ns, rounds_max, min_time_ns, total_ns, "
		 "minor_faults, major_faults" },
	{ always, "raw/state.csv: after online_cpus" },
	{ timed, "raw/state.csv: after (of timed runs)" },
	{ judged_apart, "raw/state.csv: after" APART },
	{ explained_apart, "raw/state.csv: before, after" APART },
	{ apart, "raw/environment-*.txt" APART },
	{ table_apart, "raw/functions-*.csv: calls" APART },
	{ has_program, "raw/programs.csv: unsteady, region" },
	{ has_words, "raw/programs.csv: output, notes" APART },
	{ has_words, "raw/programs.csv: words" },
	{ has_facts, "raw/code.csv (of functions that stay apart)" },
	{ has_trees, "raw/trees.csv: calls; parent, name, insns (of nodes beside the metric's)" },
	{ in_time,
	  "raw/result.json: time: function, segment, caches, replaced, insns_ratio (by which "
	  "it is judged whether the time has a say)" },
	{ always, "raw/console-*.txt, raw/qemu-*.json" },
};

int hash_only_each(const struct evidence *x, phrase_fn fn, void *arg)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(claims); i++)
		r = claims[i].applies(x) ? fn(arg, claims[i].text) : 0;
	return r == 0 ? study_each_unproven(x, fn, arg) : r;
}
