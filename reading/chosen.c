// SPDX-License-Identifier: GPL-2.0-or-later
/* Readings of what was chosen (scenario/metric.h): of some functions, not of segments as a whole.
 */
#include "base/cleanup.h"
#include "reading/kinds.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USER "[user]"

void metric_quantity(const struct metric_choice *m, bool counted, const char *item,
		     struct quantity *out)
{
	char word[METRIC_WORD_BYTES];

	metric_word(m, word);
	*out = (struct quantity){ .unit = !counted		    ? "ns"
					  : m->kind == METRIC_CALLS ? "calls"
								    : "insns",
				  .item = item,
				  .kind = counted ? READING_COUNTED : READING_TIMED };
	if (m->kind == METRIC_PRINTED) {
		*out = (struct quantity){ .unit = "printed", .item = "", .kind = READING_PRINTED };
		snprintf(out->name, sizeof(out->name), "%s", m->name);
	} else {
		snprintf(out->name, sizeof(out->name), "%s_%s_per_%.20s", word, out->unit, item);
	}
}

struct slope reading_slope(const struct reading_source *s, const struct metric_choice *m)
{
	struct slope whole = { 0, s->n_segments, run_pairs(s->run),
			       (double)run_iterations(s->run) * (double)s->items };

	return m && m->kind == METRIC_SEGMENT ? slope_segment(&whole, m->segment) : whole;
}

bool chosen_sums(const struct metric_choice *m, const char *function)
{
	switch (m->kind) {
	case METRIC_ITERATION:
	case METRIC_SEGMENT:
		return true;
	case METRIC_KERNEL:
		return strcmp(function, USER) != 0;
	case METRIC_USER:
		return !strcmp(function, USER);
	case METRIC_FUNCTION:
	case METRIC_CALLS:
		return !strcmp(function, m->name);
	case METRIC_INCLUSIVE:
	case METRIC_TASK:
	case METRIC_PRINTED:
		break;
	}
	return false;
}

bool reading_is_sound(const struct reading_source *s)
{
	return s->counted && s->cpus == 1 && run_iterations(s->run) && s->items &&
	       profile_adds_up(&s->run->profile, s->n_segments) && !clock_difference(s->run);
}

/* What is summed while it is gone through. */
struct sum {
	uint64_t values[MARKER_SLOTS];
	struct agreement agreement;
};

static void sum_add(struct sum *sum, const struct reading_source *s, const char *name,
		    const uint64_t values[MARKER_SLOTS])
{
	const struct slope whole = reading_slope(s, NULL);

	agreement_hold(&sum->agreement, name, values, &whole);
	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
		sum->values[slot] += values[slot];
}

static void sum_functions(const struct reading_source *s, const struct metric_choice *m,
			  struct sum *sum)
{
	const struct profile *p = &s->run->profile;
	uint64_t rest[MARKER_SLOTS];

	for (size_t i = 0; i < p->count; i++) {
		const struct profile_function *f = &p->functions[i];

		if (chosen_sums(m, f->name))
			sum_add(sum, s, f->name, m->kind == METRIC_CALLS ? f->calls : f->insns);
	}
	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
		rest[slot] = p->slots[slot].unattributed;
	if (m->kind == METRIC_KERNEL)
		sum_add(sum, s, NULL, rest);
}

/* Where tasks are not told apart, the work of one is not known, and not none. */
static int sum_task(const struct reading_source *s, const struct metric_choice *m, struct sum *sum,
		    struct err *e)
{
	const struct profile *p = &s->run->profile;
	const struct profile_task *t = profile_task(p, m->name);
	bool others = s->cpus > 1 || s->program;

	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
		others = others || p->slots[slot].others;
	if (others && !p->n_tasks)
		return err_set(e, EINVAL,
			       "metric 'task:%.60s': this run does not tell what executed beside "
			       "the measured task; that takes one CPU, and a QEMU that its plugin "
			       "can ask",
			       m->name);
	if (!t)
		return 0;
	sum_add(sum, s, NULL, t->unattributed);
	for (size_t i = 0; i < t->count; i++)
		sum_add(sum, s, t->functions[i].name, t->functions[i].insns);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct calltree_node *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/*
 * Nodes that a function of the name is, or is above of; each once, also where it calls itself.
 * Returns how many.
 */
static size_t find_beneath(const struct calltree *t, const char *name, bool *beneath,
			   const struct calltree_node **out)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++) {
		beneath[i] = !strcmp(t->nodes[i].name, name) || (i && beneath[t->nodes[i].parent]);
		if (beneath[i])
			out[n++] = &t->nodes[i];
	}
	return n;
}

/* The counts of all nodes have to be those of the run: else calls were lost. */
static bool tree_adds_up(const struct reading_source *s)
{
	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
		const struct profile_slot *p = &s->run->profile.slots[slot];
		uint64_t sum = p->unattributed;

		for (size_t i = 0; i < s->run->tree.count; i++)
			sum += s->run->tree.nodes[i].insns[slot];
		if (sum != p->task && slot % MARKER_SEGMENTS < s->n_segments &&
		    slot / MARKER_SEGMENTS != MARKER_PHASE_EMPTY)
			return false;
	}
	return true;
}

static int sum_tree(const struct reading_source *s, const struct metric_choice *m, struct sum *sum,
		    struct err *e)
{
	const struct calltree *t = &s->run->tree;
	_cleanup_free_ const struct calltree_node **nodes = calloc(t->count + 1, sizeof(*nodes));
	_cleanup_free_ bool *beneath = calloc(t->count + 1, sizeof(*beneath));
	size_t n;

	if (!nodes || !beneath)
		return err_oom(e);
	if (!t->count)
		return err_set(e, EINVAL,
			       "metric 'inclusive:%.60s': no calls were followed in this run, so "
			       "what it calls is not known",
			       m->name);
	n = find_beneath(t, m->name, beneath, nodes);
	qsort(nodes, n, sizeof(*nodes), by_name);
	/* A function on several paths is one, as in the counts. */
	for (size_t i = 0, next; i < n; i = next) {
		uint64_t values[MARKER_SLOTS] = { 0 };

		for (next = i; next < n && !strcmp(nodes[next]->name, nodes[i]->name); next++) {
			for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
				values[slot] += nodes[next]->insns[slot];
		}
		sum_add(sum, s, nodes[i]->name, values);
	}
	sum->agreement.adds_up = sum->agreement.adds_up && tree_adds_up(s);
	return 0;
}

int readings_chosen(const struct reading_source *s, const struct metric_choice *m,
		    struct readings *out, struct err *e)
{
	const struct slope slope = reading_slope(s, m);
	struct reading *r = &out->at[out->count];
	struct sum sum = { .agreement = {
				   .adds_up = profile_adds_up(&s->run->profile, s->n_segments) } };
	int rc = 0;

	if (m->kind == METRIC_INCLUSIVE)
		rc = sum_tree(s, m, &sum, e);
	else if (m->kind == METRIC_TASK)
		rc = sum_task(s, m, &sum, e);
	else
		sum_functions(s, m, &sum);
	if (rc < 0)
		return rc;
	*r = (struct reading){ 0 };
	metric_quantity(m, true, s->item, &r->of);
	r->value = slope_mean(&slope, sum.values);
	r->spread = slope_spread(&slope, sum.values);
	/* No call takes time that nobody saw. */
	if (m->kind != METRIC_CALLS)
		r->unseen = fabs((double)out->clock_difference) / slope.divisor;
	agreement_judge(s, &sum.agreement, &slope, out->clock_difference, r);
	out->count++;
	return 0;
}
