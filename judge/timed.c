// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/timed.h"

#include "base/cleanup.h"
#include "judge/signed_rank.h"
#include "judge/stats.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * Good rows of both sides that share a block, as ln differences. Rows are sorted by block. -1: a
 * row has no block.
 */
static long pair_up(const struct group *o, const struct group *n, double *d, struct timed *out)
{
	size_t i = 0, k = 0;
	long count = 0;

	while (i < o->count && k < n->count) {
		const struct row *a = &o->rows[i], *b = &n->rows[k];

		if (a->block == ROW_NO_BLOCK || b->block == ROW_NO_BLOCK)
			return -1;
		if (a->block == b->block && a->ok && b->ok && a->value > 0 && b->value > 0) {
			d[count++] = log(b->value) - log(a->value);
			if (a->position != ROW_NO_BLOCK && b->position != ROW_NO_BLOCK) {
				out->old_first += a->position < b->position;
				out->new_first += b->position < a->position;
			}
		}
		i += a->block <= b->block;
		k += b->block <= a->block;
	}
	return count;
}

static void decide(struct timed *t, double low, double high, double estimate)
{
	double least = log1p(TIMED_EFFECT_MIN);

	if (t->n < TIMED_BLOCKS_MIN) {
		t->verdict = VERDICT_INCONCLUSIVE;
		snprintf(t->reason, sizeof(t->reason), "%zu blocks; no verdict below %d", t->n,
			 TIMED_BLOCKS_MIN);
	} else if ((low > 0 || high < 0) && t->p <= TIMED_ALPHA && fabs(estimate) >= least) {
		t->verdict = estimate > 0 ? VERDICT_REGRESSION : VERDICT_IMPROVEMENT;
		snprintf(t->reason, sizeof(t->reason), "the interval excludes no change");
	} else if (low >= -least && high <= least) {
		bool real = low > 0 || high < 0;

		t->verdict = real ? VERDICT_TRIVIAL : VERDICT_EQUIVALENT;
		snprintf(t->reason, sizeof(t->reason), "the interval lies within %.0f %%%s",
			 100 * TIMED_EFFECT_MIN, real ? ", and excludes no change" : "");
	} else {
		t->verdict = VERDICT_INCONCLUSIVE;
		snprintf(t->reason, sizeof(t->reason), "a change of %.1f %% could have been seen",
			 100 * t->detectable);
	}
}

static int judge_pairs(const double *d, size_t n, struct timed *out)
{
	struct signed_rank s;
	int r = signed_rank(d, n, TIMED_ALPHA, &s);

	if (r < 0)
		return r;
	out->paired = true;
	out->exact = s.exact;
	out->n = n;
	out->p = s.p;
	out->ratio = exp(s.estimate);
	out->low = exp(s.low);
	out->high = exp(s.high);
	/* A true change beyond the interval's half-width would have been seen half of the time. */
	out->detectable = expm1(fmax(s.high - s.estimate, s.estimate - s.low));
	decide(out, s.low, s.high, s.estimate);
	return 0;
}

static size_t logs(const struct group *g, double *out)
{
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++) {
		if (g->rows[i].ok && g->rows[i].value > 0)
			out[n++] = log(g->rows[i].value);
	}
	return n;
}

/* Normal quantile of a two-sided alpha, by bisection. */
static double two_sided_quantile(double alpha)
{
	double low = 0, high = 10;

	for (int i = 0; i < 100; i++) {
		double z = (low + high) / 2;

		if (erfc(z / sqrt(2)) > alpha)
			low = z;
		else
			high = z;
	}
	return high;
}

/*
 * Rank sum with its shift estimate: the median of all differences new - old, the interval by the
 * normal approximation of the rank sum's distribution.
 */
static int judge_unpaired(const double *o, size_t n_old, const double *n, size_t n_new,
			  struct timed *out)
{
	size_t pairs = n_old * n_new, k, above = 0, ties = 0;
	_cleanup_free_ double *diff = calloc(pairs, sizeof(*diff));
	double m = (double)n_old * (double)n_new;
	double sd = sqrt(m * ((double)n_old + (double)n_new + 1) / 12), rank, low, high, estimate;

	if (!diff)
		return -ENOMEM;
	for (size_t i = 0; i < n_old; i++) {
		for (size_t j = 0; j < n_new; j++) {
			diff[i * n_new + j] = n[j] - o[i];
			above += n[j] > o[i];
			ties += n[j] == o[i];
		}
	}
	stats_sort(diff, pairs);
	estimate = stats_median_sorted(diff, pairs);
	rank = m / 2 - two_sided_quantile(TIMED_ALPHA) * sd;
	k = rank < 1 ? 0 : (size_t)rank;
	low = k ? diff[k - 1] : -INFINITY;
	high = k ? diff[pairs - k] : INFINITY;
	out->n = n_old < n_new ? n_old : n_new;
	out->p = erfc(fmax(0, fabs((double)above + (double)ties / 2 - m / 2) - 0.5) / sd / sqrt(2));
	out->ratio = exp(estimate);
	out->low = exp(low);
	out->high = exp(high);
	out->detectable = expm1(fmax(high - estimate, estimate - low));
	decide(out, low, high, estimate);
	return 0;
}

int timed_judge(const struct group *old_side, const struct group *new_side, struct timed *out)
{
	size_t room = old_side->count + new_side->count + 1;
	_cleanup_free_ double *d = calloc(room, sizeof(*d)), *o = calloc(room, sizeof(*o));
	_cleanup_free_ double *n = calloc(room, sizeof(*n));
	long pairs;

	*out = (struct timed){ .verdict = VERDICT_INCONCLUSIVE,
			       .ratio = NAN,
			       .low = NAN,
			       .high = NAN,
			       .p = NAN,
			       .detectable = INFINITY };
	if (!d || !o || !n)
		return -ENOMEM;
	out->n_old = logs(old_side, o);
	out->n_new = logs(new_side, n);
	pairs = pair_up(old_side, new_side, d, out);
	if (pairs > 0 && pairs <= SIGNED_RANK_MAX)
		return judge_pairs(d, (size_t)pairs, out);
	if (out->n_old && out->n_new && out->n_old * out->n_new <= 1u << 24)
		return judge_unpaired(o, out->n_old, n, out->n_new, out);
	snprintf(out->reason, sizeof(out->reason), "a side has no good run");
	return 0;
}
