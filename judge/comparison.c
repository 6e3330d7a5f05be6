// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/comparison.h"

#include "judge/outcomes.h"
#include "judge/slope.h"
#include "judge/state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An effect must exceed the noise floor this many times to be believed. */
#define SPREADS 3

void comparison_free(struct comparison *c)
{
	free(c->functions);
	*c = (struct comparison){ 0 };
}

double metric_delta(const struct metric *m)
{
	return m->new_value - m->old_value;
}

double metric_ratio(const struct metric *m)
{
	if (m->old_value == 0)
		return m->new_value == 0 ? 1 : INFINITY;
	return m->new_value / m->old_value;
}

const char *outside_name(enum outside which)
{
	static const char *const names[OUTSIDE_COUNT] = { "[interrupts]", "[other tasks]",
							  "[REP iterations]", "[fault retries]" };

	return names[which];
}

/* One member of every slot, as an array of slots. */
#define SLOT_MEMBER(run, member, out)                                      \
	do {                                                               \
		for (unsigned slot_ = 0; slot_ < MARKER_SLOTS; slot_++)    \
			(out)[slot_] = (run)->profile.slots[slot_].member; \
	} while (0)

static double unsteadiness(const struct slope *s, unsigned pair,
			   const uint64_t values[MARKER_SLOTS])
{
	uint64_t sum = 0;

	for (unsigned segment = s->first; segment < s->last; segment++)
		sum += values[2 * pair * MARKER_SEGMENTS + segment];
	return fabs((double)sum / s->divisor - slope_of(s, pair, values));
}

static void side_metric(const struct slope *s, const struct run *run, double *value, double *spread)
{
	uint64_t task[MARKER_SLOTS];

	SLOT_MEMBER(run, task, task);
	*value = slope_mean(s, task);
	*spread = fabs(slope_of(s, 0, task) - slope_of(s, 1, task));
	/*
	 * Where the pairs differ, their distance alone would flatter: both may drift alike. So does
	 * what N iterations cost differ from N times the slope, unless the work is steady.
	 */
	if (*spread > 0)
		*spread = fmax(*spread, fmax(unsteadiness(s, 0, task), unsteadiness(s, 1, task)));
}

static void add_metric(struct comparison *c, const struct scenario *sc, const char *segment,
		       const struct slope *s, const struct run *old_run, const struct run *new_run)
{
	struct metric *m = &c->metrics[c->n_metrics++];

	snprintf(m->name, sizeof(m->name), "%s_insns_per_%s", segment, scenario_item_name(sc));
	side_metric(s, old_run, &m->old_value, &m->spread_old);
	side_metric(s, new_run, &m->new_value, &m->spread_new);
}

static void add_metrics(struct comparison *c, const struct scenario *sc, struct slope s,
			const struct run *old_run, const struct run *new_run)
{
	add_metric(c, sc, "iteration", &s, old_run, new_run);
	for (unsigned i = 0; i < sc->n_segments; i++) {
		s.first = i;
		s.last = i + 1;
		add_metric(c, sc, sc->segments[i].name, &s, old_run, new_run);
	}
}

/* Both sides' programs have to have printed the same metrics. */
static int add_printed(struct comparison *c, const struct output *o, const struct output *n,
		       struct err *e)
{
	for (size_t i = 0; i < o->n_metrics || i < n->n_metrics; i++) {
		struct metric *m = &c->metrics[c->n_metrics];

		if (i >= o->n_metrics || i >= n->n_metrics ||
		    strcmp(o->metrics[i].name, n->metrics[i].name) != 0)
			return err_unmeasured(e, EPROTO, "the program prints '%s' on one side only",
					      i < o->n_metrics ? o->metrics[i].name
							       : n->metrics[i].name);
		*m = (struct metric){ .printed = true,
				      .old_value = o->metrics[i].value,
				      .new_value = n->metrics[i].value,
				      .spread_old = o->metrics[i].spread,
				      .spread_new = n->metrics[i].spread };
		snprintf(m->name, sizeof(m->name), "%s", o->metrics[i].name);
		c->n_metrics++;
	}
	return 0;
}

static double unattributed(const struct slope *s, const struct run *run)
{
	uint64_t values[MARKER_SLOTS];

	SLOT_MEMBER(run, unattributed, values);
	return slope_mean(s, values);
}

static void add_outside(struct comparison *c, const struct slope *s, const struct run *old_run,
			const struct run *new_run)
{
	const struct run *runs[] = { old_run, new_run };

	for (unsigned side = 0; side < 2; side++) {
		for (unsigned which = 0; which < OUTSIDE_COUNT; which++) {
			uint64_t values[MARKER_SLOTS];
			double value;

			if (which == OUTSIDE_INTERRUPTS)
				SLOT_MEMBER(runs[side], interrupts, values);
			else if (which == OUTSIDE_OTHERS)
				SLOT_MEMBER(runs[side], others, values);
			else if (which == OUTSIDE_REP)
				SLOT_MEMBER(runs[side], rep_iterations, values);
			else
				SLOT_MEMBER(runs[side], retries, values);
			value = slope_mean(s, values);
			if (side)
				c->outside[which].new_insns = value;
			else
				c->outside[which].old_insns = value;
		}
	}
}

static double function_change(const struct function_delta *f)
{
	return f->new_insns - f->old_insns;
}

static int by_delta(const void *a, const void *b)
{
	const struct function_delta *x = a, *y = b;
	double dx = fabs(function_change(x)), dy = fabs(function_change(y));

	if (dx != dy)
		return dx > dy ? -1 : 1;
	if (x->new_insns != y->new_insns)
		return x->new_insns > y->new_insns ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool is_nothing(const struct function_delta *f)
{
	return f->old_insns == 0 && f->new_insns == 0 && f->old_calls == 0 && f->new_calls == 0;
}

/* Both profiles are sorted by name: merge them. */
static int add_functions(struct comparison *c, const struct slope *s, const struct profile *old_p,
			 const struct profile *new_p, struct err *e)
{
	size_t i = 0, k = 0;

	c->functions = calloc(old_p->count + new_p->count + 1, sizeof(*c->functions));
	if (!c->functions)
		return err_oom(e);
	while (i < old_p->count || k < new_p->count) {
		const struct profile_function *o = i < old_p->count ? &old_p->functions[i] : NULL;
		const struct profile_function *n = k < new_p->count ? &new_p->functions[k] : NULL;
		struct function_delta *f = &c->functions[c->n_functions];
		int order = o && n ? strcmp(o->name, n->name) : o ? -1 : 1;

		if (o && order <= 0) {
			f->name = o->name;
			f->old_insns = slope_mean(s, o->insns);
			f->old_calls = slope_mean(s, o->calls);
			i++;
		}
		if (n && order >= 0) {
			f->name = n->name;
			f->new_insns = slope_mean(s, n->insns);
			f->new_calls = slope_mean(s, n->calls);
			k++;
		}
		c->n_functions += !is_nothing(f);
	}
	qsort(c->functions, c->n_functions, sizeof(*c->functions), by_delta);
	return 0;
}

/* Whether both pairs say the same of every segment. */
static bool same_slopes(const struct slope *s, const uint64_t values[MARKER_SLOTS])
{
	for (unsigned segment = s->first; segment < s->last; segment++) {
		const struct slope one = { segment, segment + 1, s->divisor };

		if (slope_of(&one, 0, values) != slope_of(&one, 1, values))
			return false;
	}
	return true;
}

/* Whether both pairs of a run agree in everything of the task, and the clock confirms them. */
static bool pairs_agree(const struct slope *s, const struct run *run, int64_t *clock)
{
	uint64_t task[MARKER_SLOTS];

	*clock = 0;
	for (unsigned phase = 0; phase < MARKER_PHASE_EMPTY; phase++) {
		int64_t difference = exact_clock_difference(run, phase);

		if (llabs(difference) > llabs(*clock))
			*clock = difference;
	}
	SLOT_MEMBER(run, task, task);
	if (!same_slopes(s, task))
		return false;
	for (size_t i = 0; i < run->profile.count; i++) {
		if (!same_slopes(s, run->profile.functions[i].insns))
			return false;
	}
	return *clock == 0;
}

/* What the clock saw and the counts did not, or the other way round, per item. */
static double unseen(const struct comparison *c, unsigned iterations)
{
	return (double)(llabs(c->clock_old) + llabs(c->clock_new)) /
	       ((double)iterations * (double)c->items);
}

static void decide(struct comparison *c, const char *item, unsigned iterations, double threshold)
{
	const struct metric *m = &c->metrics[0];
	double delta = metric_delta(m), size = fabs(delta);
	double smallest = threshold * fabs(m->old_value);
	double floor = SPREADS * fmax(m->spread_old, m->spread_new) + unseen(c, iterations);
	const char *near = c->exact ? "" : " (near-exact)";

	if (c->verdict == VERDICT_DIFFERENT_STATE)
		return;
	if (delta == 0 && (c->exact || floor < smallest)) {
		c->verdict = VERDICT_EQUIVALENT;
		snprintf(c->reason, sizeof(c->reason),
			 "both execute the same number of instructions%s", near);
	} else if (size >= smallest && size >= floor) {
		c->verdict = delta > 0 ? VERDICT_REGRESSION : VERDICT_IMPROVEMENT;
		snprintf(c->reason, sizeof(c->reason),
			 "NEW executes %.2f %s instructions per %s%s; the smallest effect that "
			 "matters is %.2f",
			 size, delta > 0 ? "more" : "fewer", item, near, smallest);
	} else if (size >= smallest) {
		c->verdict = VERDICT_INCONCLUSIVE;
		snprintf(c->reason, sizeof(c->reason),
			 "a change of %.2f is less than %d times the spread of the measurements; "
			 "%.2f could have been seen",
			 delta, SPREADS, floor);
	} else if (size >= floor) {
		c->verdict = VERDICT_TRIVIAL;
		snprintf(c->reason, sizeof(c->reason),
			 "a change of %+.4f instructions per %s%s is real, but below the "
			 "threshold of %.2f",
			 delta, item, near, smallest);
	} else {
		c->verdict = floor < smallest ? VERDICT_EQUIVALENT : VERDICT_INCONCLUSIVE;
		snprintf(c->reason, sizeof(c->reason),
			 "no change beyond the spread of the measurements; %.2f could have been "
			 "seen",
			 floor);
	}
}

/* Often the reason itself. */
static void tell_faults(struct comparison *c)
{
	size_t len = strlen(c->reason);

	if (c->faults_old != c->faults_new && c->verdict != VERDICT_DIFFERENT_STATE)
		snprintf(c->reason + len, sizeof(c->reason) - len,
			 "; page faults per iteration: %.6g -> %.6g", c->faults_old, c->faults_new);
}

int compare_runs(const struct scenario *s, const struct run *old_run, const struct run *new_run,
		 unsigned cpus, double threshold, struct comparison *out, struct err *e)
{
	uint64_t items = scenario_items(s);
	struct slope whole = slope_whole(s);
	int r;

	*out = (struct comparison){ .cpus = cpus, .items = items };
	add_metrics(out, s, whole, old_run, new_run);
	r = add_printed(out, &old_run->output, &new_run->output, e);
	if (r < 0)
		return r;
	add_outside(out, &whole, old_run, new_run);
	out->unattributed_old = unattributed(&whole, old_run);
	out->unattributed_new = unattributed(&whole, new_run);
	add_outcomes(out, s, old_run, new_run);
	r = add_functions(out, &whole, &old_run->profile, &new_run->profile, e);
	if (r < 0)
		return r;
	out->exact = pairs_agree(&whole, old_run, &out->clock_old);
	out->exact = pairs_agree(&whole, new_run, &out->clock_new) && out->exact && cpus == 1;
	out->verdict = VERDICT_EQUIVALENT;
	check_state(out, s, old_run, new_run);
	decide(out, scenario_item_name(s), s->iterations, threshold);
	tell_faults(out);
	return 0;
}
