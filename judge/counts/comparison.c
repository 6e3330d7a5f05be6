// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/comparison.h"

#include "base/buf.h"
#include "base/nearest.h"
#include "judge/counts/count_verdict.h"
#include "judge/counts/outcomes.h"
#include "judge/counts/tasks.h"
#include "reading/slope.h"
#include "judge/counts/state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void comparison_free(struct comparison *c)
{
	free(c->functions);
	tasks_free(c->tasks, c->n_tasks);
	work_free(&c->work);
	for (size_t i = 0; i < c->n_groups; i++)
		free(c->groups[i].file);
	free(c->groups);
	*c = (struct comparison){ 0 };
}

const char *metric_name(const struct metric *m)
{
	return m->old_one.of.name;
}

const struct metric *comparison_deciding(const struct comparison *c)
{
	return &c->metrics[c->decides];
}

double comparison_delta(const struct comparison *c, const struct comparison *other)
{
	/* One without parts is exact: all of it is. */
	if (c->change.is == READING_PART_DIFFERS && other->change.parted)
		return other->change.part_delta;
	return metric_delta(comparison_deciding(other));
}

const char *comparison_part(const struct comparison *c)
{
	return change_part(&c->change);
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

static const struct reading *find_reading(const struct readings *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++) {
		if (!strcmp(all->at[i].of.name, name))
			return &all->at[i];
	}
	return NULL;
}

/*
 * What a program prints on one side only is no metric; its output differs then (compare_work()).
 * What decides has to be there on both.
 */
static int add_metrics(struct comparison *c, const struct readings *o, const struct readings *n,
		       struct err *e)
{
	bool decides = false;

	for (size_t i = 0; i < o->count; i++) {
		const struct reading *other = find_reading(n, o->at[i].of.name);

		if (!other)
			continue;
		if (i == o->decides) {
			c->decides = c->n_metrics;
			decides = true;
		}
		c->metrics[c->n_metrics++] = (struct metric){ o->at[i], *other };
	}
	if (decides)
		return 0;
	return err_unmeasured(e, EPROTO, "the program prints '%s' on one side only",
			      o->at[o->decides].of.name);
}

/* A printed metric that differs beyond what its executions do. */
static bool printed_differs(const struct comparison *c, double threshold)
{
	for (size_t i = 0; i < c->n_metrics; i++) {
		const struct metric *m = &c->metrics[i];
		const struct reading_change change =
			reading_change(&m->old_one, &m->new_one, threshold);

		if (m->old_one.of.kind == READING_PRINTED && change.is == READING_DIFFERS)
			return true;
	}
	return false;
}

/* Other work is another state, whatever was found before. */
static void judge_work(struct comparison *c)
{
	char text[256];
	size_t len;

	if (c->work.different) {
		len = c->verdict == VERDICT_DIFFERENT_STATE ? strlen(c->reason) : 0;
		c->verdict = VERDICT_DIFFERENT_STATE;
		work_explain(&c->work, text, sizeof(text));
		snprintf(c->reason + len, sizeof(c->reason) - len,
			 "%sthe program did other work: %s", len ? "; " : "", text);
	}
	if (c->work.by_the_clock) {
		len = strlen(c->reason);
		work_explain_clock(&c->work, text, sizeof(text));
		snprintf(c->reason + len, sizeof(c->reason) - len, "; %s", text);
	}
}

/* What was chosen and is not there, on one side or the other. */
static int check_deciding(const struct comparison *c, struct err *e)
{
	const struct metric *m = comparison_deciding(c);

	for (unsigned i = 0; i < 2; i++) {
		const struct reading *one = i ? &m->new_one : &m->old_one;

		if (isnan(one->value))
			return err_set(e, EINVAL, "%s: %s", i ? "NEW" : "OLD", one->why_not);
	}
	return 0;
}

/* Whether a function or a task of this name is in a profile; else its names are tried as near. */
static bool find_named(const struct profile *p, const char *name, bool task, struct nearest *near)
{
	for (size_t k = 0; k < (task ? p->n_tasks : p->count); k++) {
		const char *one = task ? p->tasks[k].name : p->functions[k].name;

		if (!strcmp(one, name))
			return true;
		nearest_try(near, one);
	}
	return false;
}

/*
 * A function that neither kernel executes, and a task that ran on neither, would be equal on both:
 * that is a slip of the pen, or no answer.
 */
static int check_named(const struct scenario *s, const struct run *old_run,
		       const struct run *new_run, struct err *e)
{
	const bool task = metric_is_task(s->metric);
	const char *name =
		task || metric_is_function(s->metric) ? strchr(s->metric, ':') + 1 : NULL;
	struct nearest near = { .word = name };
	_cleanup_buf_ struct buf text = { 0 };

	if (!name || find_named(&old_run->profile, name, task, &near) ||
	    find_named(&new_run->profile, name, task, &near))
		return 0;
	nearest_text(&near, "", &text);
	if (buf_error(&text))
		return err_oom(e);
	return err_set(
		e, ENOENT, "metric '%.140s': %s%s", s->metric,
		task ? "no other task of that name ran while it was measured, on either kernel"
		     : "neither kernel executes a function of that name here",
		buf_str(&text));
}

static double unattributed(const struct slope *s, const struct run *run)
{
	uint64_t values[MARKER_SLOTS];

	SLOT_MEMBER(run, unattributed, values);
	return slope_mean(s, values);
}

static void add_outside(struct comparison *c, const struct slope slopes[2],
			const struct run *old_run, const struct run *new_run)
{
	const struct run *runs[] = { old_run, new_run };

	for (unsigned side = 0; side < 2; side++) {
		for (unsigned which = 0; which < OUTSIDE_COUNT; which++) {
			uint64_t values[MARKER_SLOTS];
			double value;

			if (which == OUTSIDE_INTERRUPTS)
				SLOT_MEMBER(runs[side], interrupts, values);
			else if (which == OUTSIDE_OTHERS)
				for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
					values[slot] =
						profile_others_insns(&runs[side]->profile, slot);
			else if (which == OUTSIDE_REP)
				SLOT_MEMBER(runs[side], rep_iterations, values);
			else
				SLOT_MEMBER(runs[side], retries, values);
			value = slope_mean(&slopes[side], values);
			if (side)
				c->outside[which].new_insns = value;
			else
				c->outside[which].old_insns = value;
		}
	}
}

static int find_parts(struct comparison *c, const struct reading_source sources[2], struct err *e)
{
	struct metric *m = &c->metrics[c->decides];
	const struct reading_parts_run runs[2] = { { &sources[0], 0, &m->old_one },
						   { &sources[1], 1, &m->new_one } };

	return reading_parts_find(runs, 2, &c->parts, e);
}

/* The readings of both sides, and what they are worth. */
static int read_sides(struct comparison *c, const struct scenario *s, const struct run *old_run,
		      const struct run *new_run, struct err *e)
{
	const struct reading_source sources[] = { reading_source_of(s, old_run, c->cpus),
						  reading_source_of(s, new_run, c->cpus) };
	_cleanup_free_ struct readings *sides = calloc(2, sizeof(*sides));
	const struct metric *m;
	int r = 0;

	if (!sides)
		return err_oom(e);
	for (unsigned i = 0; r == 0 && i < 2; i++)
		r = readings_of(&sources[i], &sides[i], e);
	if (r == 0)
		r = add_metrics(c, &sides[0], &sides[1], e);
	if (r == 0)
		r = check_deciding(c, e);
	if (r < 0)
		return r;
	c->clock_old = sides[0].clock_difference;
	c->clock_new = sides[1].clock_difference;
	m = comparison_deciding(c);
	c->exact = m->old_one.exact && m->new_one.exact;
	if (!c->exact)
		count_why_not(&m->old_one, &m->new_one, c->why_not);
	return find_parts(c, sources, e);
}

/* Often the reason itself. */
static void tell_faults(struct comparison *c)
{
	size_t len = strlen(c->reason);

	if (c->faults_old != c->faults_new && c->verdict != VERDICT_DIFFERENT_STATE)
		snprintf(c->reason + len, sizeof(c->reason) - len,
			 "; page faults per iteration: %.6g -> %.6g", c->faults_old, c->faults_new);
}

/* They are the iteration's, and said of no other metric but the kernel's part of it. */
static void tell_events(struct comparison *c, const char *item)
{
	size_t len = strlen(c->reason);

	if (c->verdict != VERDICT_DIFFERENT_STATE &&
	    (!c->decides || !strncmp(metric_name(comparison_deciding(c)), "kernel_", 7)))
		events_say(&c->events, item, c->reason + len, sizeof(c->reason) - len);
}

/* A function may be inlined, or go by another name. */
static void tell_absent(struct comparison *c)
{
	const struct metric *m = comparison_deciding(c);
	size_t len = strlen(c->reason);
	bool old_lacks = m->old_one.value == 0, new_lacks = m->new_one.value == 0;

	if (!strncmp(metric_name(m), "function:", strlen("function:")) && old_lacks != new_lacks &&
	    c->verdict != VERDICT_DIFFERENT_STATE)
		snprintf(
			c->reason + len, sizeof(c->reason) - len,
			"; %s executes nothing by that name, which may be inlined or renamed there",
			old_lacks ? "OLD" : "NEW");
}

int compare_runs(const struct scenario *s, const struct run *old_run, const struct run *new_run,
		 unsigned cpus, double threshold, struct comparison *out, struct err *e)
{
	const struct slope slopes[] = { slope_whole(s, old_run), slope_whole(s, new_run) };
	struct count_verdict v;
	int r;

	*out = (struct comparison){ .cpus = cpus,
				    .items = scenario_items(s),
				    .iterations = run_iterations(old_run),
				    .pairs = run_pairs(old_run) };
	r = read_sides(out, s, old_run, new_run, e);
	if (r < 0)
		return r;
	add_outside(out, slopes, old_run, new_run);
	out->unattributed_old = unattributed(&slopes[0], old_run);
	out->unattributed_new = unattributed(&slopes[1], new_run);
	add_outcomes(out, s, old_run, new_run);
	r = compare_functions(slopes, &old_run->profile, &new_run->profile, &out->functions,
			      &out->n_functions, e);
	if (r == 0)
		r = compare_tasks(slopes, old_run, new_run, out, e);
	if (r < 0)
		return r;
	v = count_verdict(&comparison_deciding(out)->old_one, &comparison_deciding(out)->new_one,
			  threshold);
	out->verdict = v.verdict;
	out->change = v.change;
	snprintf(out->reason, sizeof(out->reason), "%s", v.reason);
	check_state(out, s, old_run, new_run);
	r = compare_work(s, slopes, old_run, new_run, printed_differs(out, threshold), &out->work,
			 e);
	if (r < 0)
		return r;
	judge_work(out);
	for (unsigned i = 0; i < 2; i++) {
		const struct output *o = i ? &new_run->output : &old_run->output;

		out->outputs[i] = (struct program_output){ o->text, o->notes, o->region };
	}
	events_of(s, old_run, new_run, threshold, &out->events);
	tell_absent(out);
	tell_faults(out);
	tell_events(out, scenario_item_name(s));
	return check_named(s, old_run, new_run, e);
}
