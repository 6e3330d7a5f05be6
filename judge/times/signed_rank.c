// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/signed_rank.h"

#include "base/cleanup.h"
#include "judge/times/ranks.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Up to so many differences their averages are written down; above, see judge/pairwise.h. */
#define WRITTEN_DOWN_MAX 64

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

/* Small sets are most of what there is, and qsort(3) is slow on them. */
static void sort_by_size(struct ranked *r, size_t n)
{
	if (n > 2 * SIGNED_RANK_EXACT_MAX) {
		qsort(r, n, sizeof(*r), by_size);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct ranked moving = r[i];
		size_t k = i;

		for (; k && r[k - 1].size > moving.size; k--)
			r[k] = r[k - 1];
		r[k] = moving;
	}
}

/*
 * Midranks of |d|, doubled; zeros get ranks like the others but are given 0 afterwards. Returns
 * whether there were ties or zeros.
 */
static bool rank(struct ranked *r, size_t n)
{
	bool tied = false;

	sort_by_size(r, n);
	for (size_t i = 0; i < n;) {
		size_t end = i;

		while (end < n && r[end].size == r[i].size)
			end++;
		tied = tied || end > i + 1 || r[i].size == 0;
		for (size_t k = i; k < end; k++)
			r[k].rank2 = r[k].size == 0 ? 0 : (unsigned)(i + 1 + end);
		i = end;
	}
	return tied;
}

/*
 * Of the 2^m sign patterns, those with a (doubled) rank sum of at most @low, as a share. Counts
 * stay below 2^40 and so exact in a double.
 */
static double share_at_most(const struct ranked *r, size_t n, size_t low)
{
	double counts[SUMS_MAX] = { 1 }, tail = 0;
	size_t top = 0;
	int m = 0;

	for (size_t i = 0; i < n; i++) {
		size_t rank2 = r[i].rank2;

		if (!rank2)
			continue;
		m++;
		top = top + rank2 < low ? top + rank2 : low;
		for (size_t s = top + 1; s-- > rank2;)
			counts[s] += counts[s - rank2];
	}
	for (size_t s = 0; s <= top; s++)
		tail += counts[s];
	return ldexp(tail, -m);
}

static double tied_p(const struct ranked *r, size_t n, size_t sum)
{
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += r[i].rank2;
	return fmin(1, 2 * share_at_most(r, n, sum < all - sum ? sum : all - sum));
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

void signed_rank_tables_free(struct signed_rank_tables *t)
{
	for (size_t n = 0; n <= SIGNED_RANK_EXACT_MAX; n++)
		free(t->at_most[n]);
	*t = (struct signed_rank_tables){ 0 };
}

/* The distribution without ties, or NULL when out of memory. */
static const double *table(struct signed_rank_tables *t, size_t n)
{
	size_t top = n * (n + 1) / 2;
	double *counts;

	if (t->at_most[n])
		return t->at_most[n];
	counts = calloc(top + 1, sizeof(*counts));
	if (!counts)
		return NULL;
	counts[0] = 1;
	for (size_t i = 1, reach = 1; i <= n; i++, reach += i) {
		for (size_t s = reach; s >= i; s--)
			counts[s] += counts[s - i];
	}
	for (size_t s = 1; s <= top; s++)
		counts[s] += counts[s - 1];
	t->at_most[n] = counts;
	return counts;
}

static double untied_p(const double *at_most, size_t n, size_t sum2)
{
	size_t sum = sum2 / 2, top = n * (n + 1) / 2;

	return fmin(1, 2 * ldexp(at_most[sum < top - sum ? sum : top - sum], -(int)n));
}

/* @at_most: of n; NULL above the exact limit. */
static double test(const double *d, size_t n, struct ranked *r, const double *at_most)
{
	size_t sum = 0;
	bool tied;

	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked){ fabs(d[i]), d[i] > 0, 0 };
	tied = rank(r, n);
	for (size_t i = 0; i < n; i++)
		sum += r[i].positive ? r[i].rank2 : 0;
	if (!at_most)
		return normal_p(r, n, (double)sum);
	return tied ? tied_p(r, n, sum) : untied_p(at_most, n, sum);
}

/*
 * The largest k with P(rank sum < k) <= alpha / 2 under the tie-free null distribution: the
 * interval runs from the k-th smallest Walsh average to the k-th largest. 0: n is too small.
 */
static size_t interval_rank(size_t n, double alpha, const double *at_most)
{
	double m = (double)n, mean = m * (m + 1) / 4;
	double sd = sqrt(m * (m + 1) * (2 * m + 1) / 24), low;
	size_t k = 0;

	if (!at_most) {
		low = mean - stats_two_sided_quantile(alpha) * sd;
		return low < 1 ? 0 : (size_t)low;
	}
	while (k <= n * (n + 1) / 2 && ldexp(at_most[k], -(int)n) <= alpha / 2)
		k++;
	return k;
}

/* The averages of a small set, in order. */
static void all_averages(const double *sorted, size_t n, size_t k, struct signed_rank *out)
{
	double walsh[WRITTEN_DOWN_MAX * (WRITTEN_DOWN_MAX + 1) / 2];
	size_t pairs = 0, half;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			walsh[pairs++] = (sorted[i] + sorted[j]) / 2;
	half = pairs / 2;
	/* The median first, then the k-th smallest and k-th largest on either side of it. */
	out->estimate = stats_median_select(walsh, pairs);
	out->low = k ? stats_select(walsh, half, k - 1) : -INFINITY;
	out->high = k ? stats_select(walsh + half, pairs - half, pairs - k - half) : INFINITY;
}

static void estimate(double *d, size_t n, size_t k, struct signed_rank *out)
{
	size_t pairs = n * (n + 1) / 2;

	if (k > pairs / 2)
		k = pairs / 2;
	stats_sort(d, n);
	if (n <= WRITTEN_DOWN_MAX) {
		all_averages(d, n, k, out);
		return;
	}
	out->estimate =
		(pairwise_average(d, n, (pairs + 1) / 2) + pairwise_average(d, n, pairs / 2 + 1)) /
		2;
	out->low = k ? pairwise_average(d, n, k) : -INFINITY;
	out->high = k ? pairwise_average(d, n, pairs - k + 1) : INFINITY;
}

int signed_rank(const double *d, size_t n, double alpha, struct signed_rank_tables *tables,
		struct signed_rank *out)
{
	_cleanup_signed_rank_tables_ struct signed_rank_tables own = { 0 };
	_cleanup_free_ struct ranked *r = NULL;
	_cleanup_free_ double *sorted = NULL;
	const double *at_most = NULL;

	if (!n || n > SIGNED_RANK_MAX)
		return -EINVAL;
	r = malloc(n * sizeof(*r));
	sorted = malloc(n * sizeof(*sorted));
	if (n <= SIGNED_RANK_EXACT_MAX)
		at_most = table(tables ? tables : &own, n);
	if (!r || !sorted || (n <= SIGNED_RANK_EXACT_MAX && !at_most))
		return -ENOMEM;
	*out = (struct signed_rank){ .n = n, .exact = at_most != NULL };
	out->p = test(d, n, r, at_most);
	memcpy(sorted, d, n * sizeof(*sorted));
	estimate(sorted, n, interval_rank(n, alpha, at_most), out);
	return 0;
}

double signed_rank_smallest_p(size_t n)
{
	return ldexp(1, 1 - (int)n);
}
