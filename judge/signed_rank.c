// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/signed_rank.h"

#include "base/cleanup.h"
#include "judge/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of doubled ranks go up to n (n + 1). */
#define SUMS_MAX (SIGNED_RANK_EXACT_MAX * (SIGNED_RANK_EXACT_MAX + 1) + 1)

struct ranked {
	double size; /* |d| */
	bool positive;
	unsigned rank2; /* doubled midrank; 0 for a zero difference */
};

static int by_size(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

/* Midranks of |d|, doubled; zeros get ranks like the others but are given 0 afterwards. */
static void rank(struct ranked *r, size_t n)
{
	qsort(r, n, sizeof(*r), by_size);
	for (size_t i = 0; i < n;) {
		size_t end = i;

		while (end < n && r[end].size == r[i].size)
			end++;
		for (size_t k = i; k < end; k++)
			r[k].rank2 = r[k].size == 0 ? 0 : (unsigned)(i + 1 + end);
		i = end;
	}
}

/* How many of the 2^m sign patterns have a (doubled) rank sum of s, for every s. */
static unsigned count_sums(const struct ranked *r, size_t n, double counts[SUMS_MAX])
{
	unsigned top = 0;

	memset(counts, 0, SUMS_MAX * sizeof(*counts));
	counts[0] = 1;
	for (size_t i = 0; i < n; i++) {
		if (!r[i].rank2)
			continue;
		top += r[i].rank2;
		for (unsigned s = top; s >= r[i].rank2; s--)
			counts[s] += counts[s - r[i].rank2];
	}
	return top;
}

/* Counts stay below 2^40 and so exact in a double. */
static double exact_p(const struct ranked *r, size_t n, unsigned sum)
{
	double counts[SUMS_MAX], tail = 0, all = 0;
	unsigned top = count_sums(r, n, counts), low = sum < top - sum ? sum : top - sum;

	for (unsigned s = 0; s <= top; s++) {
		all += counts[s];
		tail += s <= low ? counts[s] : 0;
	}
	return fmin(1, 2 * tail / all);
}

static double normal_p(const struct ranked *r, size_t n, double sum)
{
	double mean = 0, variance = 0, z;

	for (size_t i = 0; i < n; i++) {
		mean += r[i].rank2 / 2.0;
		variance += (double)r[i].rank2 * r[i].rank2 / 4;
	}
	if (variance == 0)
		return 1;
	/* Continuity: the sum moves in steps of 2 (doubled ranks). */
	z = fmax(0, fabs(sum - mean) - 1) / sqrt(variance);
	return erfc(z / sqrt(2));
}

static double test(const double *d, size_t n, struct ranked *r, bool exact)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked){ fabs(d[i]), d[i] > 0, 0 };
	rank(r, n);
	for (size_t i = 0; i < n; i++)
		sum += r[i].positive ? r[i].rank2 : 0;
	return exact ? exact_p(r, n, sum) : normal_p(r, n, sum);
}

/*
 * The largest k with P(rank sum < k) <= alpha / 2 under the tie-free null distribution: the
 * interval runs from the k-th smallest Walsh average to the k-th largest. 0: n is too small.
 */
static size_t interval_rank(size_t n, double alpha, bool exact)
{
	struct ranked r[SIGNED_RANK_EXACT_MAX];
	double counts[SUMS_MAX], tail = 0, all = ldexp(1, (int)n);
	size_t k = 0;

	if (!exact) {
		double m = (double)n, mean = m * (m + 1) / 4;
		double sd = sqrt(m * (m + 1) * (2 * m + 1) / 24), low = 0, high = 10;

		/* The normal quantile by bisection of erfc: no table, no approximation. */
		for (int i = 0; i < 100; i++) {
			double z = (low + high) / 2;

			if (erfc(z / sqrt(2)) > alpha)
				low = z;
			else
				high = z;
		}
		return mean - high * sd < 1 ? 0 : (size_t)(mean - high * sd);
	}
	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked){ .rank2 = (unsigned)(i + 1) };
	count_sums(r, n, counts);
	while (k <= n * (n + 1) / 2) {
		tail += counts[k];
		if (tail / all > alpha / 2)
			break;
		k++;
	}
	return k;
}

static void fill_walsh(const double *d, size_t n, double *walsh)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = i; k < n; k++)
			walsh[at++] = (d[i] + d[k]) / 2;
}

int signed_rank(const double *d, size_t n, double alpha, struct signed_rank *out)
{
	_cleanup_free_ struct ranked *r = NULL;
	_cleanup_free_ double *walsh = NULL;
	size_t pairs = n * (n + 1) / 2, k;

	if (!n || n > SIGNED_RANK_MAX)
		return -EINVAL;
	r = calloc(n, sizeof(*r));
	walsh = calloc(pairs, sizeof(*walsh));
	if (!r || !walsh)
		return -ENOMEM;
	*out = (struct signed_rank){ .n = n, .exact = n <= SIGNED_RANK_EXACT_MAX };
	out->p = test(d, n, r, out->exact);
	fill_walsh(d, n, walsh);
	stats_sort(walsh, pairs);
	out->estimate = stats_median_sorted(walsh, pairs);
	k = interval_rank(n, alpha, out->exact);
	out->low = k ? walsh[k - 1] : -INFINITY;
	out->high = k ? walsh[pairs - k] : INFINITY;
	return 0;
}

double signed_rank_smallest_p(size_t n)
{
	return ldexp(1, 1 - (int)n);
}
