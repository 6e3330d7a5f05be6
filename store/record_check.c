// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/record_check.h"

#include "arch/arch.h"
#include "base/utf8.h"
#include "lab/exact.h"
#include "scenario/metric.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A slot's or a function's count that no run has. */
static int impossible(const struct record_run *run, unsigned slot, const char *what, struct err *e)
{
	unsigned phase = slot / MARKER_SEGMENTS, segment = slot % MARKER_SEGMENTS;

	if (phase == MARKER_PHASE_EMPTY)
		return err_set(e, EINVAL, "run %lld, the empty window: %s", (long long)run->id,
			       what);
	if (segment >= run->n_segments)
		return err_set(e, EINVAL, "run %lld, phase %u, segment %u, which it has not: %s",
			       (long long)run->id, phase, segment, what);
	return err_set(e, EINVAL, "run %lld, phase %u, segment '%s': %s", (long long)run->id, phase,
		       run->segments[segment], what);
}

int record_check_sums(const struct record_run *run, const uint64_t sums[MARKER_SLOTS],
		      struct err *e)
{
	const struct profile_slot *slots = run->measured.profile.slots;

	for (unsigned i = 0; i < MARKER_SLOTS; i++) {
		if (sums[i] != slots[i].task - slots[i].unattributed)
			return impossible(run, i,
					  "the functions do not add up to the task's instructions",
					  e);
	}
	return 0;
}

/* What the arithmetic behind relies on. */
static int check_description(const struct record_run *run, struct err *e)
{
	const char *what = NULL;

	if (strcmp(run->status, "ok") != 0 && strcmp(run->status, "failed") != 0)
		what = "a status is ok or failed";
	else if (run->block < 0 || run->block > UINT32_MAX - 1 || run->position < 0 ||
		 run->position > UINT32_MAX - 1 || run->attempt < 0 ||
		 run->attempt > UINT32_MAX - 1 || run->cpus < 0 || run->cpus > UINT16_MAX ||
		 run->memory_mib < 0 || run->memory_mib > UINT32_MAX || run->items < 0 ||
		 run->items > (1ll << 40) || run->plugin_api < 0 || run->plugin_api > 1000)
		what = "a number of its description is out of range";
	else if (run->scenario_metric && (!metric_is_task(run->scenario_metric) ||
					  metric_check(run->scenario_metric, NULL) < 0))
		what = "what its scenario is about is no other task";
	return what ? err_set(e, EINVAL, "run %lld: %s", (long long)run->id, what) : 0;
}

/* Instructions of two architectures say nothing of each other. */
static int check_arch(const struct record *r, const struct record_run *run, struct err *e)
{
	const struct record_run *first = &r->runs[0];

	if (!arch_named(run->arch))
		return err_set(e, EINVAL, "run %lld: the architecture '%.40s' is none of %s",
			       (long long)run->id, run->arch, arch_names());
	if (strcmp(run->arch, first->arch) != 0)
		return err_set(e, EINVAL,
			       "run %lld is of a kernel for %s, and run %lld of one for %s: they "
			       "do not compare",
			       (long long)run->id, run->arch, (long long)first->id, first->arch);
	return 0;
}

static int check_phases(const struct record_run *run, struct err *e)
{
	const struct report_phase *phases = run->measured.phases;

	for (unsigned i = 0; i < MARKER_PHASES; i++) {
		if (!exact_phase_possible(&phases[i], &phases[MARKER_PHASE_EMPTY]) ||
		    run->measured.halted_ticks[i] > phases[i].tsc_ticks)
			return err_set(e, EINVAL, "run %lld, phase %u: its clock is impossible",
				       (long long)run->id, i);
	}
	return 0;
}

static int check_slots(const struct record_run *run, struct err *e)
{
	const struct profile *p = &run->measured.profile;

	for (unsigned i = 0; i < MARKER_SLOTS; i++) {
		const struct profile_slot *s = &p->slots[i];
		/* None of them above the limit, so that their sum is one. */
		uint64_t all = s->task | s->interrupts | s->others | s->rep_iterations | s->retries;

		if (!profile_tasks_possible(p, i))
			return impossible(run, i,
					  "other tasks do not add up to what they are said "
					  "to have executed",
					  e);
		if (all > PROFILE_INSNS_MAX || s->unattributed > s->task ||
		    profile_clock_insns(p, i) + s->retries > PROFILE_INSNS_MAX)
			return impossible(run, i, "its counts are impossible", e);
	}
	return 0;
}

/* What of a slot's costs other numbers bound; they are 0 where they are not known. */
static bool costs_are_possible(const struct profile_slot *s)
{
	const uint64_t rep = s->costs[COST_REP_ITERATIONS], bytes = s->costs[COST_STRING_BYTES];
	uint64_t events = 0;

	for (enum cost c = COST_LOADS; c < COST_REP_ITERATIONS; c++) {
		if (s->costs[c] > s->task)
			return false;
	}
	for (enum cost c = COST_OF_FUNCTIONS; c < COST_STRING_BYTES; c++)
		events |= s->costs[c];
	return events <= PROFILE_INSNS_MAX && s->costs[COST_STRING_INSNS] <= s->task &&
	       rep <= s->rep_iterations && rep <= bytes && bytes <= PROFILE_ELEMENT_MAX * rep;
}

static int check_costs(const struct record_run *run, struct err *e)
{
	for (unsigned i = 0; i < MARKER_SLOTS; i++) {
		if (!costs_are_possible(&run->measured.profile.slots[i]))
			return impossible(run, i, "what else was executed is impossible", e);
	}
	return 0;
}

static int check_times(const struct record_run *run, struct err *e)
{
	const struct timing *t = &run->measured.timing;
	bool good = t->clock.step_ns <= RUN_NS_MAX && t->clock.read_ns <= RUN_NS_MAX &&
		    t->timed.min_time_ns <= RUN_NS_MAX && t->timed.total_ns <= RUN_NS_MAX &&
		    t->timed.minor_faults <= RUN_NS_MAX && t->timed.major_faults <= RUN_NS_MAX;

	for (unsigned s = 0; good && t->timed.rounds && s < run->n_segments; s++) {
		if (!t->spans_ns[s])
			return err_set(e, EINVAL, "run %lld, segment '%s': its times are missing",
				       (long long)run->id, run->segments[s]);
		for (uint32_t i = 0; i < t->timed.rounds; i++)
			good = good && t->spans_ns[s][i] <= RUN_NS_MAX;
	}
	return good ? 0
		    : err_set(e, EINVAL, "run %lld: its times are impossible", (long long)run->id);
}

/* Runs share tables of functions: each is summed once. */
struct sums {
	uint64_t at[MARKER_SLOTS];
	bool possible;
};

static bool add_up(const struct record_counts *c, uint64_t sums[MARKER_SLOTS])
{
	for (size_t k = 0; k < c->count; k++) {
		const struct profile_function *f = &c->functions[k];

		for (unsigned i = 0; i < MARKER_SLOTS; i++) {
			if (f->insns[i] > PROFILE_INSNS_MAX || f->calls[i] > PROFILE_INSNS_MAX)
				return false;
			sums[i] += f->insns[i];
			if (sums[i] > PROFILE_INSNS_MAX)
				return false;
		}
	}
	return true;
}

static int check_functions(const struct record *r, struct err *e)
{
	_cleanup_free_ struct sums *sums = calloc(r->n_counts + 1, sizeof(*sums));
	int rc = sums ? 0 : err_oom(e);

	for (size_t i = 0; rc == 0 && i < r->n_counts; i++)
		sums[i].possible = add_up(&r->counts[i], sums[i].at);
	for (size_t i = 0; rc == 0 && i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];

		if (run->counts < 0)
			continue;
		rc = sums[run->counts].possible
			     ? record_check_sums(run, sums[run->counts].at, e)
			     : err_set(e, EINVAL, "run %lld: a function's count is impossible",
				       (long long)run->id);
	}
	return rc;
}

/* What named functions have of it (lab/counts/named.h) has to be all of it. */
static int check_named(const struct record_run *run, const struct record_counts *c, struct err *e)
{
	struct profile_slot sums[MARKER_SLOTS] = { 0 };

	for (size_t k = 0; k < c->count; k++) {
		const uint64_t *counts;
		enum cost cost = profile_named_cost(&c->functions[k], &counts);

		for (unsigned i = 0; cost < COST_COUNT && i < MARKER_SLOTS; i++)
			sums[i].costs[cost] += counts[i];
	}
	for (unsigned i = 0; i < MARKER_SLOTS; i++) {
		const uint64_t *has = run->measured.profile.slots[i].costs;

		for (enum cost cost = COST_IPIS; cost < COST_COUNT; cost++) {
			if (cost != COST_STRING_BYTES && has[cost] != sums[i].costs[cost])
				return impossible(
					run, i,
					"its lock calls, IPIs or string functions are not "
					"those of its functions",
					e);
		}
	}
	return 0;
}

int record_check_named(const struct record *r, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];

		if (run->counts >= 0 && run->measured.profile.events)
			rc = check_named(run, &r->counts[run->counts], e);
	}
	return rc;
}

/* They go into documents. */
static int check_texts(const struct record *r, struct err *e)
{
	const struct {
		const char *what, *text;
	} texts[] = { { "its id", r->id },
		      { "its name", r->name },
		      { "its mode", r->mode },
		      { "its purpose", r->purpose },
		      { "its start", r->started },
		      { "its end", r->finished },
		      { "its version", r->slowpath_version } };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(texts); i++)
		rc = utf8_check(texts[i].what, texts[i].text, e);
	for (size_t i = 0; rc == 0 && i < r->n_files; i++) {
		rc = utf8_check("the file", r->files[i].name, e);
		if (rc == 0 && !utf8_valid(r->files[i].text))
			rc = err_set(e, EILSEQ, "the file '%s' is not UTF-8", r->files[i].name);
	}
	return rc;
}

static int check_run_texts(const struct record_run *run, struct err *e)
{
	for (size_t i = 0; i < RECORD_RUN_FIELDS; i++) {
		const struct record_field *f = &record_run_fields[i];
		const char *text = f->type == FIELD_TEXT
					   ? *(char *const *)((const char *)run + f->offset)
					   : NULL;

		if (text && !utf8_valid(text))
			return err_set(e, EILSEQ, "run %lld: its %s is not UTF-8",
				       (long long)run->id, f->name);
	}
	for (unsigned i = 0; i < run->n_segments; i++) {
		if (!utf8_valid(run->segments[i]))
			return err_set(e, EILSEQ, "run %lld: the name of segment %u is not UTF-8",
				       (long long)run->id, i);
	}
	return 0;
}

static bool is_share(double value)
{
	return isnan(value) || (value >= 0 && value <= 1);
}

static int check_facts(const struct record_facts *x, struct err *e)
{
	int rc = utf8_check("a scenario with facts of code", x->scenario, e);

	for (size_t i = 0; rc == 0 && i < x->facts.count; i++) {
		const struct code_fact *f = &x->facts.at[i];

		rc = utf8_check("a function of a fact", f->one, e);
		if (rc == 0)
			rc = utf8_check("a function or file of a fact", f->other, e);
		if (rc == 0 && !(is_share(f->code) && is_share(f->callees) && is_share(f->callers)))
			rc = err_set(e, EINVAL, "%s and %s are alike by no share from 0 to 1",
				     f->one, f->other);
	}
	return rc;
}

int record_check(const struct record *r, struct err *e)
{
	int rc = check_texts(r, e);

	for (size_t i = 0; rc == 0 && i < r->n_facts; i++)
		rc = check_facts(&r->facts[i], e);

	for (size_t i = 0; rc == 0 && i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];

		rc = check_run_texts(run, e);
		if (rc == 0)
			rc = check_description(run, e);
		if (rc == 0)
			rc = check_arch(r, run, e);
		if (rc == 0)
			rc = check_phases(run, e);
		if (rc == 0)
			rc = check_slots(run, e);
		if (rc == 0)
			rc = check_costs(run, e);
		if (rc == 0)
			rc = check_times(run, e);
	}
	return rc == 0 ? check_functions(r, e) : rc;
}
