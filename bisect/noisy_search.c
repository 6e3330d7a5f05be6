// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/noisy_search.h"

#include "base/cleanup.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MAX_DEFAULT 200
#define PRIOR_MIN 1e-9
/* A visit has as many runs as make the ends this many sd of its mean apart, within limits. */
#define VISIT_SEPARATION 2
#define VISIT_RUNS_MAX 8
#define WILD 5
#define WILD_SHARE 0.02
/* The calibration's sd weighs as much as so many visits'. */
#define SD_WEIGHT 12
/* A residual tells no more about sd than this many of them. */
#define SD_CLIP 3
/* Of a control run: what it weighs against those before it. */
#define CONTROL_WEIGHT 0.5

int noisy_search_init(struct noisy_search *s, size_t count, const struct noisy_options *o,
		      struct err *e)
{
	*s = (struct noisy_search){ .count = count, .options = *o };
	if (count < 2)
		return err_set(e, EINVAL, "a search needs at least two kernels");
	if (!s->options.runs_max)
		s->options.runs_max = RUNS_MAX_DEFAULT;
	s->prior = calloc(count, sizeof(*s->prior));
	s->posterior = calloc(count, sizeof(*s->posterior));
	s->skipped = calloc(count, sizeof(*s->skipped));
	s->calibration_values = calloc(2 * CALIBRATION_RUNS_MAX, sizeof(*s->calibration_values));
	s->visits = calloc(s->options.runs_max, sizeof(*s->visits));
	if (!s->prior || !s->posterior || !s->skipped || !s->calibration_values || !s->visits)
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
	free(s->visits);
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

/* Variance of a visit's mean about its level, the level's own uncertainty included. */
static double visit_variance(const struct noisy_search *s)
{
	double n = s->n_calibration ? (double)s->n_calibration / 2 : CALIBRATION_RUNS;

	return s->sd * s->sd * (1 / (double)s->runs_a_visit + 1 / n);
}

/*
 * How likely a mean is so far off its level, but for a factor that both levels have. A share of
 * runs is WILD times as far off as the others: without those, an outlier would be strong evidence.
 */
static double likelihood(double off, double variance)
{
	double square = off * off / (2 * variance);

	return (1 - WILD_SHARE) * exp(-square) + WILD_SHARE / WILD * exp(-square / (WILD * WILD));
}

static double log_odds(const struct noisy_search *s, double mean)
{
	double variance = visit_variance(s);
	double good = likelihood(mean - s->calibration.good, variance);
	double bad = likelihood(mean - s->calibration.bad, variance);
	double odds = good > 0 && bad > 0 ? log(bad / good) : 0;

	return fmax(-NOISY_CLIP, fmin(NOISY_CLIP, odds));
}

/* The posterior from the prior and all visits, with sd as it is. */
static void infer(struct noisy_search *s)
{
	double sum = 0, best = -INFINITY, suffix = 0;

	memset(s->posterior, 0, s->count * sizeof(*s->posterior));
	/* If k is the culprit, all from k on are bad: what was seen of those is for it or against.
	 */
	for (size_t v = 0; v < s->n_visits; v++)
		s->posterior[s->visits[v].item] += log_odds(s, s->visits[v].mean);
	for (size_t k = s->count; k-- > 1;) {
		suffix += s->posterior[k];
		s->posterior[k] = suffix;
	}
	for (size_t k = 1; k < s->count; k++) {
		s->posterior[k] += log(s->prior[k]);
		best = fmax(best, s->posterior[k]);
	}
	for (size_t k = 1; k < s->count; k++) {
		s->posterior[k] = exp(s->posterior[k] - best);
		sum += s->posterior[k];
	}
	for (size_t k = 1; k < s->count; k++)
		s->posterior[k] /= sum;
	s->posterior[0] = 0;
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
	for (size_t v = 0; v < s->n_visits; v++) {
		double p = bad[s->visits[v].item];
		double g = s->visits[v].mean - s->calibration.good;
		double b = s->visits[v].mean - s->calibration.bad;
		double square = (p * b * b + (1 - p) * g * g) * (double)s->runs_a_visit;

		sum += fmin(square, limit);
		weight += 1;
	}
	s->sd = sqrt(sum / weight);
}

static void begin(struct noisy_search *s)
{
	double parts = s->calibration.sd * VISIT_SEPARATION / fmax(separation(s), 1e-300);
	double runs = ceil(parts * parts - 0.25);

	s->sd = s->calibration.sd;
	/* Where all runs are alike, anything that is not 0 will do. */
	if (s->sd <= 0)
		s->sd = s->calibration.sd = separation(s) * 1e-6;
	s->runs_a_visit = runs < 1 ? 1 : runs > VISIT_RUNS_MAX ? VISIT_RUNS_MAX : (size_t)runs;
	s->control_due = s->calibration.drifts;
	s->state = s->calibration.differ ? NOISY_SEARCHING : NOISY_REFUSED;
	infer(s);
}

void noisy_search_calibrated(struct noisy_search *s, const struct calibration *c, size_t runs)
{
	s->calibration = *c;
	s->n_calibration = 2 * runs;
	begin(s);
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
	if (decided(s)) {
		s->state = NOISY_NAMED;
		return;
	}
	s->item = best_split(s);
	s->sum = 0;
	s->sum_runs = 0;
	if (!s->item || s->runs >= s->options.runs_max)
		s->state = NOISY_CREDIBLE_SET;
}

bool noisy_search_next(struct noisy_search *s, size_t *item)
{
	if (s->state == NOISY_CALIBRATING) {
		*item = s->n_calibration % 2 ? s->count - 1 : 0;
		return true;
	}
	if (s->state == NOISY_SEARCHING && !s->sum_runs)
		choose(s);
	if (s->state != NOISY_SEARCHING)
		return false;
	*item = !s->control_due ? s->item : s->control_bad ? 0 : s->count - 1;
	return true;
}

static int feed_calibration(struct noisy_search *s, double value, struct err *e)
{
	double good[CALIBRATION_RUNS_MAX], bad[CALIBRATION_RUNS_MAX];
	size_t n;
	int r;

	s->calibration_values[s->n_calibration++] = value;
	n = s->n_calibration / 2;
	if (s->n_calibration % 2 || (n != CALIBRATION_RUNS && n != CALIBRATION_RUNS_MAX))
		return 0;
	for (size_t i = 0; i < n; i++) {
		good[i] = s->calibration_values[2 * i];
		bad[i] = s->calibration_values[2 * i + 1];
	}
	r = calibrate(good, bad, n, s->options.smallest, &s->calibration, e);
	if (r == 0 && !s->calibration.open)
		begin(s);
	return r;
}

static void feed_control(struct noisy_search *s, double value)
{
	double off;

	s->control_bad = !s->control_bad;
	off = value - (s->control_bad ? s->calibration.bad : s->calibration.good);
	/* One that is far off tells no more than one that is 3 sd off what was expected. */
	off = fmax(s->offset - SD_CLIP * s->sd, fmin(s->offset + SD_CLIP * s->sd, off));
	s->offset += CONTROL_WEIGHT * (off - s->offset);
	s->control_due = false;
}

int noisy_search_feed(struct noisy_search *s, double value, struct err *e)
{
	if (s->state == NOISY_CALIBRATING)
		return feed_calibration(s, value, e);
	if (s->state != NOISY_SEARCHING)
		return err_set(e, EINVAL, "the search is over");
	s->runs++;
	if (s->control_due) {
		feed_control(s, value);
		return 0;
	}
	s->sum += value - s->offset;
	s->control_due = s->calibration.drifts;
	if (++s->sum_runs < s->runs_a_visit && s->runs < s->options.runs_max)
		return 0;
	s->visits[s->n_visits++] = (struct noisy_visit){ s->item, s->sum / (double)s->sum_runs };
	s->sum_runs = 0;
	infer(s);
	learn_sd(s);
	infer(s);
	return 0;
}

void noisy_search_skip(struct noisy_search *s)
{
	bool control = s->state == NOISY_SEARCHING && s->control_due;

	if (s->state == NOISY_CALIBRATING || control) {
		s->state = NOISY_REFUSED;
		return;
	}
	s->skipped[s->item] = true;
	s->sum_runs = 0;
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
