// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/comparison.h"

#include "judge/counts/count_verdict.h"
#include "judge/counts/outcomes.h"
#include "reading/slope.h"
#include "judge/counts/state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void comparison_free(struct comparison *c)
{
	free(c->functions);
	*c = (struct comparison){ 0 };
}

const char *metric_name(const struct metric *m)
{
	return m->old_one.of.name;
}

double metric_delta(const struct metric *m)
{
	return m->new_one.value - m->old_one.value;
}

double metric_ratio(const struct metric *m)
{
	if (m->old_one.value == 0)
		return m->new_one.value == 0 ? 1 : INFINITY;
	return m->new_one.value / m->old_one.value;
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

/* Both sides' programs have to have printed the same metrics. */
static int add_metrics(struct comparison *c, const struct readings *o, const struct readings *n,
		       struct err *e)
{
	for (size_t i = 0; i < o->count || i < n->count; i++) {
		if (i >= o->count || i >= n->count ||
		    strcmp(o->at[i].of.name, n->at[i].of.name) != 0)
			return err_unmeasured(e, EPROTO, "the program prints '%s' on one side only",
					      i < o->count ? o->at[i].of.name : n->at[i].of.name);
		c->metrics[c->n_metrics++] = (struct metric){ o->at[i], n->at[i] };
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

/* Often the reason itself. */
static void tell_faults(struct comparison *c)
{
	size_t len = strlen(c->reason);

	if (c->faults_old != c->faults_new && c->verdict != VERDICT_DIFFERENT_STATE)
		snprintf(c->reason + len, sizeof(c->reason) - len,
			 "; page faults per iteration: %.6g -> %.6g", c->faults_old, c->faults_new);
}

static void tell_events(struct comparison *c, const char *item)
{
	size_t len = strlen(c->reason);

	if (c->verdict != VERDICT_DIFFERENT_STATE)
		events_say(&c->events, item, c->reason + len, sizeof(c->reason) - len);
}

/* The readings of both sides, and what they are worth. */
static int read_sides(struct comparison *c, const struct scenario *s, const struct run *old_run,
		      const struct run *new_run, struct err *e)
{
	const struct reading_source sources[] = { reading_source_of(s, old_run, c->cpus),
						  reading_source_of(s, new_run, c->cpus) };
	_cleanup_free_ struct readings *sides = calloc(2, sizeof(*sides));
	const struct metric *first = &c->metrics[0];
	int r = 0;

	if (!sides)
		return err_oom(e);
	for (unsigned i = 0; r == 0 && i < 2; i++)
		r = readings_of(&sources[i], &sides[i], e);
	if (r == 0)
		r = add_metrics(c, &sides[0], &sides[1], e);
	if (r < 0)
		return r;
	c->clock_old = sides[0].clock_difference;
	c->clock_new = sides[1].clock_difference;
	c->exact = first->old_one.exact && first->new_one.exact;
	if (!c->exact)
		count_why_not(&first->old_one, &first->new_one, c->why_not);
	return 0;
}

int compare_runs(const struct scenario *s, const struct run *old_run, const struct run *new_run,
		 unsigned cpus, double threshold, struct comparison *out, struct err *e)
{
	struct slope whole = slope_whole(s);
	struct count_verdict v;
	int r;

	*out = (struct comparison){ .cpus = cpus, .items = scenario_items(s) };
	r = read_sides(out, s, old_run, new_run, e);
	if (r < 0)
		return r;
	add_outside(out, &whole, old_run, new_run);
	out->unattributed_old = unattributed(&whole, old_run);
	out->unattributed_new = unattributed(&whole, new_run);
	add_outcomes(out, s, old_run, new_run);
	r = add_functions(out, &whole, &old_run->profile, &new_run->profile, e);
	if (r < 0)
		return r;
	v = count_verdict(&out->metrics[0].old_one, &out->metrics[0].new_one, threshold);
	out->verdict = v.verdict;
	out->change = v.change;
	snprintf(out->reason, sizeof(out->reason), "%s", v.reason);
	check_state(out, s, old_run, new_run);
	events_of(s, old_run, new_run, threshold, &out->events);
	tell_faults(out);
	tell_events(out, scenario_item_name(s));
	return 0;
}
