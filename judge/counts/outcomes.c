// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/outcomes.h"

#include "lab/counts/page_state.h"

#include <math.h>
#include <stdarg.h>

enum check_result outcome_result(const struct work_outcome *o)
{
	if (isnan(o->old_value) || isnan(o->new_value))
		return CHECK_UNKNOWN;
	if (o->old_value != o->new_value || (!isnan(o->expected) && o->old_value != o->expected))
		return CHECK_FAIL;
	return CHECK_PASS;
}

static double known(uint64_t value)
{
	return value == REPORT_UNKNOWN ? NAN : (double)value;
}

static void __attribute__((format(printf, 5, 6)))
add(struct comparison *c, double expected, double old_value, double new_value, const char *fmt, ...)
{
	struct work_outcome *o = &c->outcomes[c->n_outcomes++];
	va_list ap;

	o->expected = expected;
	o->old_value = old_value;
	o->new_value = new_value;
	va_start(ap, fmt);
	vsnprintf(o->name, sizeof(o->name), fmt, ap);
	va_end(ap);
}

/* Of the iterations that were measured, with what stands before and after their windows. */
static double faults(const struct run *run)
{
	const struct report_phase *once = &run->phases[marker_phase(0, 0)];
	const struct report_phase *twice = &run->phases[marker_phase(0, 1)];

	return (double)(int64_t)(twice->minor_faults + twice->major_faults - once->minor_faults -
				 once->major_faults) /
	       run_iterations(run);
}

static double segment_faults(const struct report_segment *g)
{
	return (double)(g->minor_faults + g->major_faults);
}

static void add_segments(struct comparison *c, const struct scenario *s, const struct run *old_run,
			 const struct run *new_run)
{
	for (size_t i = 0; i < s->n_segments; i++) {
		const struct report_segment *o = &old_run->segments[i], *n = &new_run->segments[i];
		const char *name = s->segments[i].name;

		add(c, NAN, segment_faults(o), segment_faults(n), "faults in %s", name);
		add(c, known(s->vmas_after[i]), known(o->vmas), known(n->vmas), "VMAs after %s",
		    name);
		if (s->major_faults_in[i] != SCENARIO_ANY)
			add(c, (double)s->major_faults_in[i], (double)o->major_faults,
			    (double)n->major_faults, "major faults in %s", name);
		if (o->result || n->result)
			add(c, NAN, (double)o->result, (double)n->result, "result of %s", name);
	}
}

static bool is_of_interest(const struct state_number *k, uint64_t o, uint64_t n)
{
	return k->group == STATE_PLAIN ? k->offset != offsetof(struct report_state, online_cpus)
				       : o != n;
}

void add_outcomes(struct comparison *c, const struct scenario *s, const struct run *old_run,
		  const struct run *new_run)
{
	size_t count;
	const struct state_number *numbers = state_numbers(&count);

	c->notes[0] = old_run->notes;
	c->notes[1] = new_run->notes;
	c->faults_old = faults(old_run);
	c->faults_new = faults(new_run);
	add(c, NAN, c->faults_old, c->faults_new, "faults per iteration");
	for (size_t i = 0; i < count; i++) {
		uint64_t o = state_value(&numbers[i], &old_run->after);
		uint64_t n = state_value(&numbers[i], &new_run->after);

		if (is_of_interest(&numbers[i], o, n))
			add(c, NAN, known(o), known(n), "%s after", numbers[i].label);
	}
	add_segments(c, s, old_run, new_run);
}
