// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/narrow.h"

#include "judge/judgement/overall.h"
#include "stats/stats.h"
#include "reading/readings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int narrow_init(struct narrow *n, char **specs, size_t count, struct err *e)
{
	*n = (struct narrow){ .count = count, .exact = true };
	if (count < 2)
		return err_set(e, EINVAL, "at least two kernels are needed");
	n->items = calloc(count, sizeof(*n->items));
	n->steps = calloc(count + NOISY_STEPS_MAX, sizeof(*n->steps));
	if (!n->items || !n->steps)
		return err_oom(e);
	for (size_t i = 0; i < count; i++)
		n->items[i].spec = steal(&specs[i]);
	return 0;
}

void narrow_step_free(struct narrow_step *s)
{
	comparison_free(&s->comparison);
	audit_free(&s->audit);
}

void narrow_free(struct narrow *n)
{
	for (size_t i = 0; n->items && i < n->count; i++) {
		free(n->items[i].spec);
		free(n->items[i].reason);
		free(n->items[i].values);
		kernel_free(n->items[i].kernel);
		if (!n->items[i].lent)
			run_free(&n->items[i].run);
	}
	for (size_t i = 0; i < n->n_steps; i++)
		narrow_step_free(&n->steps[i]);
	free(n->items);
	free(n->steps);
	*n = (struct narrow){ 0 };
}

int narrow_measured(struct narrow *n, size_t item, const struct scenario *s, unsigned cpus,
		    struct run *run, struct err *e)
{
	struct narrow_item *x = &n->items[item];
	int r = reading_deciding(s, run, cpus, &x->reading, e);

	if (r < 0)
		return r;
	x->state = ITEM_MEASURED;
	x->runs = 1;
	n->exact = n->exact && x->reading.exact;
	x->run = *run;
	x->lent = n->lending;
	*run = (struct run){ 0 };
	return 0;
}

static int add_value(struct narrow_item *x, double value, struct err *e)
{
	double *grown = realloc(x->values, (x->runs + 1) * sizeof(*grown));
	_cleanup_free_ double *scratch = calloc(x->runs + 1, sizeof(*scratch));

	if (grown)
		x->values = grown;
	if (!grown || !scratch)
		return err_oom(e);
	grown[x->runs++] = value;
	memcpy(scratch, grown, x->runs * sizeof(*scratch));
	stats_sort(scratch, x->runs);
	x->reading.value = stats_median_sorted(scratch, x->runs);
	x->reading.spread = stats_mad(grown, x->runs, x->reading.value, scratch);
	x->state = ITEM_MEASURED;
	return 0;
}

int narrow_timed(struct narrow *n, size_t item, const struct scenario *s, struct run *run,
		 double *value, struct err *e)
{
	struct narrow_item *x = &n->items[item];
	struct reading one;
	int r = reading_deciding(s, run, 1, &one, e);

	if (r == 0) {
		*value = one.value;
		one.spread = 0;
		x->reading = x->runs ? x->reading : one;
		r = add_value(x, *value, e);
	}
	if (r == 0 && x->runs == 1) {
		x->run = *run;
		x->lent = n->lending;
	} else if (!n->lending) {
		run_free(run);
	}
	*run = (struct run){ 0 };
	return r;
}

int narrow_skipped(struct narrow *n, size_t item, const char *reason, struct err *e)
{
	n->items[item].state = ITEM_SKIPPED;
	n->items[item].reason = strdup(reason);
	return n->items[item].reason ? 0 : err_oom(e);
}

double narrow_ratio(const struct narrow_step *s)
{
	if (s->old_value == 0)
		return s->new_value == 0 ? 1 : INFINITY;
	return s->new_value / s->old_value;
}

bool narrow_functions_differ(const struct narrow *n, const struct scenario *s, unsigned cpus,
			     double threshold, size_t older, size_t newer)
{
	const struct narrow_item *a = &n->items[older], *b = &n->items[newer];
	_cleanup_comparison_ struct comparison c = { 0 };
	double sum = 0;

	if (a->state != ITEM_MEASURED || b->state != ITEM_MEASURED ||
	    compare_runs(s, &a->run, &b->run, cpus, threshold, &c, NULL) < 0)
		return false;
	for (size_t i = 0; i < c.n_functions; i++)
		sum += fabs(c.functions[i].new_insns - c.functions[i].old_insns);
	/* Half of it goes one way and half the other where the sum is nothing. */
	return sum / 2 >= threshold * fabs(a->reading.value) && sum > 0;
}

bool narrow_part_differs(const struct narrow *n, const struct scenario *s, unsigned cpus,
			 double threshold, size_t older, size_t newer)
{
	const struct narrow_item *a = &n->items[older], *b = &n->items[newer];
	_cleanup_comparison_ struct comparison c = { 0 };

	if (a->state != ITEM_MEASURED || b->state != ITEM_MEASURED ||
	    compare_runs(s, &a->run, &b->run, cpus, threshold, &c, NULL) < 0)
		return false;
	return c.change.is == READING_PART_DIFFERS || c.change.is == READING_DIFFERS;
}

int narrow_compare(const struct narrow *n, const struct search_step *at, const struct scenario *s,
		   unsigned cpus, double threshold, struct narrow_step *out, struct err *e)
{
	const struct narrow_item *a = &n->items[at->last_good], *b = &n->items[at->first_bad];
	int r;

	*out = (struct narrow_step){ .last_good = at->last_good,
				     .first_bad = at->first_bad,
				     .old_value = a->reading.value,
				     .new_value = b->reading.value,
				     .probability = 1,
				     .compared = true };
	r = compare_runs(s, &a->run, &b->run, cpus, threshold, &out->comparison, e);
	if (r == 0)
		r = audit_sides(a->kernel, b->kernel, &a->run, &b->run, &out->audit, e);
	out->verdict = out->comparison.verdict;
	snprintf(out->reason, sizeof(out->reason), "%s", out->comparison.reason);
	return r;
}

static int add_step(struct narrow *n, struct search_step at, const struct scenario *s,
		    unsigned cpus, double threshold, struct err *e)
{
	return narrow_compare(n, &at, s, cpus, threshold, &n->steps[n->n_steps++], e);
}

static size_t count_state(const struct narrow *n, enum search_item_state state)
{
	size_t found = 0;

	for (size_t i = 0; i < n->count; i++)
		found += n->items[i].state == state;
	return found;
}

/* Of what decides, which may be a part: 1 up, -1 down. */
static int direction(const struct narrow_step *s)
{
	if (s->verdict == VERDICT_REGRESSION || s->verdict == VERDICT_IMPROVEMENT)
		return s->verdict == VERDICT_REGRESSION ? 1 : -1;
	return (s->new_value > s->old_value) - (s->new_value < s->old_value);
}

/* What varies between some neighbours hides what would matter. */
static void tell_undecided(struct narrow *n)
{
	char word[] = "s";

	word[0] = n->undecided == 1 ? '\0' : 's';
	if (n->n_steps) {
		const size_t len = strlen(n->reason);

		snprintf(n->reason + len, sizeof(n->reason) - len,
			 "; %zu %spair%s of neighbours cannot be told: what varies there hides "
			 "what would matter",
			 n->undecided, n->steps[0].gradual ? "" : "other ", word);
		return;
	}
	n->verdict = VERDICT_INCONCLUSIVE;
	snprintf(n->reason, sizeof(n->reason),
		 "no step is seen, but %zu pair%s of neighbours cannot be told: what varies there "
		 "hides what would matter",
		 n->undecided, word);
}

/* One verdict of all steps; what is said where there are none. */
static void conclude_all(struct narrow *n, const char *none)
{
	size_t up = 0, down = 0;

	n->verdict = n->n_steps ? n->steps[0].verdict : VERDICT_EQUIVALENT;
	for (size_t i = 0; i < n->n_steps; i++) {
		n->verdict = verdict_overall(n->verdict, n->steps[i].verdict);
		up += direction(&n->steps[i]) > 0;
		down += direction(&n->steps[i]) < 0;
	}
	if (n->n_steps)
		snprintf(n->reason, sizeof(n->reason), "%zu step%s: %zu up, %zu down", n->n_steps,
			 n->n_steps == 1 ? "" : "s", up, down);
	else
		snprintf(n->reason, sizeof(n->reason), "%s", none);
	if (n->undecided)
		tell_undecided(n);
}

static void nothing_to_say(struct narrow *n)
{
	n->verdict = VERDICT_INCONCLUSIVE;
	snprintf(n->reason, sizeof(n->reason), "fewer than two of the kernels could be measured");
}

int narrow_conclude(struct narrow *n, const struct exact_search *search, const struct scenario *s,
		    unsigned cpus, struct err *e)
{
	_cleanup_free_ struct search_step *steps = calloc(n->count, sizeof(*steps));
	size_t found, first, last;
	int r = 0;

	if (!steps)
		return err_oom(e);
	if (!exact_search_ends(search, &first, &last)) {
		nothing_to_say(n);
		return 0;
	}
	found = exact_search_steps(search, steps);
	for (size_t i = 0; r == 0 && i < found; i++)
		r = add_step(n, steps[i], s, cpus, search->threshold, e);
	if (r == 0 && !found && exact_search_differ(search, first, last)) {
		r = add_step(n, (struct search_step){ first, last }, s, cpus, search->threshold, e);
		n->steps[0].gradual = true;
	}
	n->rest = exact_search_rest(search);
	n->undecided = exact_search_undecided(search);
	conclude_all(n, count_state(n, ITEM_UNTESTED)
				? "neither do the ends differ, nor functions that cancel out"
				: "no step between neighbours reaches the threshold");
	return r;
}

/* Of its kind: how a level came to be known. */
static void fill_timed(struct narrow *n, const struct noisy_step *from, double threshold)
{
	struct narrow_step *x = &n->steps[n->n_steps++];
	double change = fabs(from->new_value - from->old_value);

	*x = (struct narrow_step){ .last_good = from->last_good,
				   .first_bad = from->first_bad,
				   .old_value = exp(from->old_value),
				   .new_value = exp(from->new_value),
				   .probability = from->probability };
	if (!from->verified) {
		x->verdict = VERDICT_INCONCLUSIVE;
		snprintf(x->reason, sizeof(x->reason),
			 "the search ends here, but runs of both sides do not differ enough");
	} else if (change < log1p(threshold)) {
		x->verdict = VERDICT_TRIVIAL;
		snprintf(x->reason, sizeof(x->reason), "real, but below the threshold");
	} else {
		x->verdict = VERDICT_SUSPECT;
		snprintf(x->reason, sizeof(x->reason),
			 "one build a kernel: code layout alone may do this");
	}
}

static int by_place(const void *a, const void *b)
{
	const struct narrow_step *x = a, *y = b;

	return (x->last_good > y->last_good) - (x->last_good < y->last_good);
}

int narrow_conclude_timed(struct narrow *n, const struct noisy_steps *search, double threshold,
			  struct err *e)
{
	int r = 0;

	n->exact = false;
	if (search->state != NOISY_STEPS_DONE) {
		n->verdict = VERDICT_INCONCLUSIVE;
		snprintf(n->reason, sizeof(n->reason), "%s",
			 count_state(n, ITEM_SKIPPED)
				 ? "one of the ends could not be measured"
				 : "the ends do not differ beyond the noise of the runs");
		return 0;
	}
	for (size_t i = 0; i < search->n_steps; i++)
		fill_timed(n, &search->steps[i], threshold);
	qsort(n->steps, n->n_steps, sizeof(*n->steps), by_place);
	for (size_t i = 0; r == 0 && i < n->n_steps; i++) {
		const struct narrow_item *a = &n->items[n->steps[i].last_good];
		const struct narrow_item *b = &n->items[n->steps[i].first_bad];

		r = audit_sides(a->kernel, b->kernel, &a->run, &b->run, &n->steps[i].audit, e);
	}
	conclude_all(n, "no step was found");
	return r;
}

int narrow_exit(const struct narrow *n)
{
	int status = 0;

	if (!n->n_steps)
		return verdict_exit(n->verdict, 0);
	for (size_t i = 0; i < n->n_steps; i++) {
		const struct narrow_step *s = &n->steps[i];
		int one = verdict_exit(s->verdict, s->new_value > s->old_value);

		status = one == 1 || status == 1 ? 1 : one > status ? one : status;
	}
	return status;
}
