// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/noisy_search.h"

#include "base/cleanup.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Half of them of the ends, unless the machine is steady. */
#define RUNS_MAX_DEFAULT 400
#define PRIOR_MIN 1e-9
/* A visit has as many runs as make the ends this many sd of its mean apart, within limits. */
#define VISIT_SEPARATION 2
#define VISIT_RUNS_MAX 8
/* The calibration's sd weighs as much as so many visits'. */
#define SD_WEIGHT 12
/* A residual tells no more about sd than this many of them. */
#define SD_CLIP 3
/* An sd that is learned to be another by this factor is one for all runs, also those before. */
#define SD_CHANGE 1.05

int noisy_search_init(struct noisy_search *s, size_t count, const struct noisy_options *o,
		      struct err *e)
{
	*s = (struct noisy_search){ .count = count, .options = *o };
	if (count < 2)
		return err_set(e, EINVAL, "a search needs at least two kernels");
	if (!s->options.runs_max)
		s->options.runs_max = s->options.steady ? RUNS_MAX_DEFAULT / 2 : RUNS_MAX_DEFAULT;
	s->prior = calloc(count, sizeof(*s->prior));
	s->posterior = calloc(count, sizeof(*s->posterior));
	s->skipped = calloc(count, sizeof(*s->skipped));
	s->calibration_values = calloc(2 * CALIBRATION_RUNS_MAX, sizeof(*s->calibration_values));
	s->log = calloc(s->options.runs_max + 2, sizeof(*s->log));
	if (!s->prior || !s->posterior || !s->skipped || !s->calibration_values || !s->log)
		return err_oom(e);
	for (size_t i = 1; i < count; i++)
		s->prior[i] = s->posterior[i] = 1;
	return 0;
}

void noisy_search_free(struct noisy_search *s)
{
	free(s->prior);
	free(s->posterior);
	free(s->skipped);
	free(s->calibration_values);
	free(s->log);
	noisy_filter_free(&s->filter);
	*s = (struct noisy_search){ 0 };
}

void noisy_search_prior(struct noisy_search *s, size_t item, double weight)
{
	if (item && item < s->count)
		s->prior[item] = fmax(weight, PRIOR_MIN);
}

static double separation(const struct noisy_search *s)
{
	return fabs(s->calibration.bad - s->calibration.good);
}

static struct noisy_levels levels(const struct noisy_search *s)
{
	double n = s->n_calibration ? (double)s->n_calibration / 2 : CALIBRATION_RUNS;

	return (struct noisy_levels){ .good = s->calibration.good,
				      .bad = s->calibration.bad,
				      .variance = s->sd * s->sd * (1 + 1 / n) };
}

static void infer(struct noisy_search *s)
{
	noisy_filter_posterior(&s->filter, s->prior, s->posterior);
}

/* All runs anew, with sd as it is by now. */
static int refilter(struct noisy_search *s, struct err *e)
{
	const struct noisy_levels at = levels(s);
	int r;

	noisy_filter_free(&s->filter);
	r = noisy_filter_init(&s->filter, s->count, s->calibration.sd, separation(s),
			      s->options.steady, s->options.runs_max, e);
	for (size_t i = 0; r == 0 && i < s->runs; i++)
		noisy_filter_run(&s->filter, s->log[i].item, s->log[i].value, &at);
	s->filter_sd = s->sd;
	return r;
}

static bool is_end(const struct noisy_search *s, size_t item)
{
	return item == 0 || item + 1 == s->count;
}

/* sd by the calibration and by how far visits are from the level that each probably has. */
static void learn_sd(struct noisy_search *s)
{
	double start = s->calibration.sd, weight = SD_WEIGHT, sum = SD_WEIGHT * start * start;
	double limit = SD_CLIP * SD_CLIP * s->sd * s->sd;
	_cleanup_free_ double *bad = calloc(s->count, sizeof(*bad));

	if (!bad)
		return;
	for (size_t k = 1; k < s->count; k++)
		bad[k] = bad[k - 1] + s->posterior[k];
	for (size_t i = 0; i < s->runs; i++) {
		double p = bad[s->log[i].item], value = s->log[i].value - s->log[i].offset;
		double g = value - s->calibration.good, b = value - s->calibration.bad;

		if (is_end(s, s->log[i].item))
			continue;
		sum += fmin(p * b * b + (1 - p) * g * g, limit);
		weight += 1;
	}
	s->sd = sqrt(sum / weight);
}

static int begin(struct noisy_search *s, struct err *e)
{
	double parts = s->calibration.sd * VISIT_SEPARATION / fmax(separation(s), 1e-300);
	double runs = ceil(parts * parts - 0.25);
	int r;

	s->sd = s->calibration.sd;
	/* Where all runs are alike, anything that is not 0 will do. */
	if (s->sd <= 0)
		s->sd = s->calibration.sd = fmax(separation(s), 1e-12) * 1e-6;
	runs = fmin(fmax(fmax(runs, 1), (double)s->options.visit_runs), VISIT_RUNS_MAX);
	s->runs_a_visit = (size_t)runs;
	s->end_due = !s->options.steady;
	s->state = s->calibration.differ ? NOISY_SEARCHING : NOISY_REFUSED;
	r = refilter(s, e);
	if (r == 0)
		infer(s);
	return r;
}

int noisy_search_calibrated(struct noisy_search *s, const struct calibration *c, size_t runs,
			    struct err *e)
{
	s->calibration = *c;
	s->n_calibration = 2 * runs;
	return begin(s, e);
}

void noisy_search_unchanged(struct noisy_search *s, size_t older, size_t newer)
{
	for (size_t k = older + 1; k <= newer && k < s->count; k++)
		s->prior[k] = PRIOR_MIN;
	s->item_runs = 0;
	s->end_due = !s->options.steady;
	if (s->state == NOISY_SEARCHING)
		infer(s);
}

static bool testable(const struct noisy_search *s, size_t item)
{
	return item > 0 && item + 1 < s->count && !s->skipped[item];
}

/* Whether items that nothing parts have NOISY_STOP together. */
static bool decided(const struct noisy_search *s)
{
	double group = 0;

	for (size_t k = 1; k < s->count; k++) {
		group += s->posterior[k];
		if (group >= NOISY_STOP)
			return true;
		if (testable(s, k))
			group = 0;
	}
	return false;
}

/* The item that parts the posterior best; 0 if there is none. */
static size_t best_split(const struct noisy_search *s)
{
	double before = 0, nearest = INFINITY;
	size_t best = 0;

	for (size_t k = 1; k < s->count; k++) {
		before += s->posterior[k];
		if (testable(s, k) && fabs(before - 0.5) < nearest) {
			nearest = fabs(before - 0.5);
			best = k;
		}
	}
	return best;
}

static void choose(struct noisy_search *s)
{
	if (decided(s))
		s->state = NOISY_NAMED;
	else if (s->runs >= s->options.runs_max)
		s->state = NOISY_CREDIBLE_SET;
	else if (!s->item_runs)
		s->item = best_split(s);
	if (s->state == NOISY_SEARCHING && !s->item)
		s->state = NOISY_CREDIBLE_SET;
}

/* Good, bad, bad, good: what drifts evenly is in both alike. */
static size_t calibrated_item(const struct noisy_search *s)
{
	return (s->n_calibration + 1) / 2 % 2 ? s->count - 1 : 0;
}

/* What is run now. */
static size_t item_now(const struct noisy_search *s)
{
	if (s->state == NOISY_CALIBRATING)
		return calibrated_item(s);
	return !s->end_due ? s->item : s->end_bad ? 0 : s->count - 1;
}

bool noisy_search_next(struct noisy_search *s, size_t *item)
{
	if (s->state == NOISY_SEARCHING && (s->end_due || s->options.steady))
		choose(s);
	*item = item_now(s);
	return s->state == NOISY_CALIBRATING || s->state == NOISY_SEARCHING;
}

static int feed_calibration(struct noisy_search *s, double value, struct err *e)
{
	double good[CALIBRATION_RUNS_MAX], bad[CALIBRATION_RUNS_MAX];
	bool of_bad = calibrated_item(s) != 0;
	size_t n;
	int r;

	/* By pairs, good before bad, in whichever order they were run. */
	s->calibration_values[s->n_calibration / 2 * 2 + of_bad] = value;
	s->n_calibration++;
	n = s->n_calibration / 2;
	if (s->n_calibration % 2 || (n != CALIBRATION_RUNS && n != CALIBRATION_RUNS_MAX))
		return 0;
	for (size_t i = 0; i < n; i++) {
		good[i] = s->calibration_values[2 * i];
		bad[i] = s->calibration_values[2 * i + 1];
	}
	r = calibrate(good, bad, n, s->options.smallest, &s->calibration, e);
	return r == 0 && !s->calibration.open ? begin(s, e) : r;
}

/* What comes after a run of @item. */
static void advance(struct noisy_search *s, bool was_end)
{
	if (was_end) {
		s->end_bad = !s->end_bad;
		s->end_due = false;
		return;
	}
	s->end_due = !s->options.steady;
	if (++s->item_runs >= s->runs_a_visit)
		s->item_runs = 0;
}

int noisy_search_feed(struct noisy_search *s, double value, struct err *e)
{
	const struct noisy_levels at = levels(s);
	struct noisy_run *run;
	int r = 0;

	if (s->state == NOISY_CALIBRATING)
		return feed_calibration(s, value, e);
	if (s->state != NOISY_SEARCHING)
		return err_set(e, EINVAL, "the search is over");
	run = &s->log[s->runs++];
	*run = (struct noisy_run){ .item = item_now(s), .value = value };
	noisy_filter_run(&s->filter, run->item, value, &at);
	infer(s);
	run->offset = noisy_filter_offset(&s->filter, s->posterior);
	advance(s, s->end_due);
	learn_sd(s);
	if (s->sd > SD_CHANGE * s->filter_sd || s->sd < s->filter_sd / SD_CHANGE) {
		r = refilter(s, e);
		if (r == 0)
			infer(s);
	}
	return r;
}

void noisy_search_skip(struct noisy_search *s)
{
	bool end = s->state == NOISY_SEARCHING && s->end_due;

	if (s->state == NOISY_CALIBRATING || end) {
		s->state = NOISY_REFUSED;
		return;
	}
	s->skipped[s->item] = true;
	s->item_runs = 0;
	s->end_due = !s->options.steady;
}

struct ranked {
	double p;
	size_t item;
};

static int by_probability(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->p != y->p)
		return x->p > y->p ? -1 : 1;
	return x->item < y->item ? -1 : 1;
}

size_t noisy_search_set(const struct noisy_search *s, double probability, size_t *items,
			double *got)
{
	_cleanup_free_ struct ranked *all = calloc(s->count, sizeof(*all));
	double sum = 0;
	size_t n = 0;

	for (size_t k = 1; all && k < s->count; k++)
		all[k - 1] = (struct ranked){ s->posterior[k], k };
	if (all)
		qsort(all, s->count - 1, sizeof(*all), by_probability);
	while (all && n < s->count - 1 && sum < probability) {
		sum += all[n].p;
		items[n] = all[n].item;
		n++;
	}
	if (got)
		*got = sum;
	return n;
}

void noisy_search_around(const struct noisy_search *s, size_t *older, size_t *newer)
{
	_cleanup_free_ size_t *set = calloc(s->count, sizeof(*set));
	size_t n = set ? noisy_search_set(s, NOISY_STOP, set, NULL) : 0;

	*older = s->count - 1;
	*newer = 0;
	for (size_t i = 0; i < n; i++) {
		if (set[i] - 1 < *older)
			*older = set[i] - 1;
		if (set[i] > *newer)
			*newer = set[i];
	}
	if (!n) {
		*older = 0;
		*newer = s->count - 1;
	}
	while (*older > 0 && s->skipped[*older])
		(*older)--;
	while (*newer + 1 < s->count && s->skipped[*newer])
		(*newer)++;
}
