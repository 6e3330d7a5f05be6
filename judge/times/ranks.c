// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/ranks.h"

#include "base/cleanup.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct values {
	const double *a, *b; /* b: NULL for averages of a */
	size_t n_a, n_b;
};

/* Doubles as integers in the same order, and back. */
static int64_t to_order(double x)
{
	int64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits < 0 ? INT64_MIN - bits : bits;
}

static double from_order(int64_t order)
{
	int64_t bits = order < 0 ? INT64_MIN - order : order;
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* Averages of at most x. */
static size_t count_averages(const struct values *v, double x)
{
	size_t count = 0, end = v->n_a;

	for (size_t i = 0; i < v->n_a; i++) {
		while (end > i && (v->a[i] + v->a[end - 1]) / 2 > x)
			end--;
		if (end <= i)
			break;
		count += end - i;
	}
	return count;
}

/* Differences of at most x: as a grows, more of b fit. */
static size_t count_differences(const struct values *v, double x)
{
	size_t count = 0, end = 0;

	for (size_t i = 0; i < v->n_a; i++) {
		while (end < v->n_b && v->b[end] - v->a[i] <= x)
			end++;
		count += end;
	}
	return count;
}

/* The smallest x of which at least k values are not above. */
static double select_kth(const struct values *v, double lowest, double highest, size_t k)
{
	int64_t low = to_order(lowest), high = to_order(highest);

	while (low < high) {
		int64_t middle = low + (int64_t)(((uint64_t)high - (uint64_t)low) / 2);
		double x = from_order(middle);

		if ((v->b ? count_differences(v, x) : count_averages(v, x)) >= k)
			high = middle;
		else
			low = middle + 1;
	}
	return from_order(low);
}

double pairwise_average(const double *sorted, size_t n, size_t k)
{
	const struct values v = { .a = sorted, .n_a = n };

	return select_kth(&v, sorted[0], sorted[n - 1], k);
}

double pairwise_difference(const double *a_sorted, size_t n_a, const double *b_sorted, size_t n_b,
			   size_t k)
{
	const struct values v = { a_sorted, b_sorted, n_a, n_b };

	return select_kth(&v, b_sorted[0] - a_sorted[n_a - 1], b_sorted[n_b - 1] - a_sorted[0], k);
}

void pairwise_signs(const double *a_sorted, size_t n_a, const double *b_sorted, size_t n_b,
		    size_t *less, size_t *equal)
{
	size_t below = 0, not_above = 0;

	*less = 0;
	*equal = 0;
	for (size_t i = 0; i < n_a; i++) {
		while (below < n_b && b_sorted[below] < a_sorted[i])
			below++;
		while (not_above < n_b && b_sorted[not_above] <= a_sorted[i])
			not_above++;
		*less += below;
		*equal += not_above - below;
	}
}

#define NORMAL_WILL_DO 0.05
/* U goes up to n_a n_b, at most half of the values squared. */
#define U_MAX (RANK_SUM_EXACT_MAX / 2 * RANK_SUM_EXACT_MAX / 2)

/* Sum of t^3 - t over the ties of the pooled sample. */
static double tie_term(const double *a, size_t n_a, const double *b, size_t n_b)
{
	size_t i = 0, j = 0;
	double sum = 0;

	while (i < n_a || j < n_b) {
		double v = j == n_b || (i < n_a && a[i] < b[j]) ? a[i] : b[j], t = 0;

		for (; i < n_a && a[i] == v; i++)
			t++;
		for (; j < n_b && b[j] == v; j++)
			t++;
		sum += t * t * t - t;
	}
	return sum;
}

/*
 * P(U <= u): the number of ways is the coefficient of x^u in the Gaussian binomial, the product of
 * (1 - x^(n_a + i)) / (1 - x^i) for i = 1 to n_b.
 */
static double share_at_most(size_t n_a, size_t n_b, size_t u)
{
	double ways[U_MAX + 1] = { 1 }, tail = 0, all = 1;

	for (size_t i = 1; i <= n_b; i++) {
		for (size_t s = u + 1; s-- > n_a + i;)
			ways[s] -= ways[s - n_a - i];
		for (size_t s = i; s <= u; s++)
			ways[s] += ways[s - i];
		all *= (double)(n_a + i) / (double)i;
	}
	for (size_t s = 0; s <= u; s++)
		tail += ways[s];
	return tail / all;
}

double rank_sum_p(double *a, size_t n_a, double *b, size_t n_b)
{
	double n = (double)(n_a + n_b), m = (double)n_a * (double)n_b, ties, variance, u, p;
	size_t less, equal;

	if (!n_a || !n_b)
		return 1;
	stats_sort(a, n_a);
	stats_sort(b, n_b);
	pairwise_signs(a, n_a, b, n_b, &less, &equal);
	ties = tie_term(a, n_a, b, n_b);
	variance = m / 12 * (n + 1 - ties / (n * (n - 1)));
	if (variance <= 0)
		return 1;
	u = fmin((double)less + (double)equal / 2, m - (double)less - (double)equal / 2);
	p = erfc(fmax(0, m / 2 - u - 0.5) / sqrt(variance) / sqrt(2));
	if (p > NORMAL_WILL_DO || ties > 0 || n > RANK_SUM_EXACT_MAX)
		return p;
	return fmin(1, 2 * share_at_most(n_a, n_b, (size_t)u));
}

#define VALUES_MIN 6

/* Sorts x, and counts the pairs that stood in the wrong order (merge sort). */
static double inversions(double *x, double *scratch, size_t n)
{
	size_t half = n / 2, i = 0, j = half, at = 0;
	double count;

	if (n < 2)
		return 0;
	count = inversions(x, scratch, half) + inversions(x + half, scratch, n - half);
	while (i < half || j < n) {
		if (j == n || (i < half && x[i] <= x[j])) {
			scratch[at++] = x[i++];
		} else {
			count += (double)(half - i);
			scratch[at++] = x[j++];
		}
	}
	memcpy(x, scratch, n * sizeof(*x));
	return count;
}

/* Of sorted values: pairs that are equal, and the variance of S under no trend (Kendall, 1970). */
static double variance(const double *sorted, size_t n, double *tied_pairs)
{
	double m = (double)n, sum = m * (m - 1) * (2 * m + 5);

	*tied_pairs = 0;
	for (size_t i = 0; i < n;) {
		double t = 0;
		size_t end = i;

		for (; end < n && sorted[end] == sorted[i]; end++)
			t++;
		*tied_pairs += t * (t - 1) / 2;
		sum -= t * (t - 1) * (2 * t + 5);
		i = end;
	}
	return sum / 18;
}

int trend_find(const double *x, size_t n, struct trend *out)
{
	_cleanup_free_ double *work = malloc((2 * n + 1) * sizeof(*work));
	double wrong, tied, var, s;
	size_t third = n / 3;

	*out = (struct trend){ .p = 1 };
	if (!work)
		return -ENOMEM;
	if (n < VALUES_MIN)
		return 0;
	memcpy(work, x, n * sizeof(*work));
	out->size = stats_median_select(work + n - third, third) - stats_median_select(work, third);
	memcpy(work, x, n * sizeof(*work));
	wrong = inversions(work, work + n, n);
	var = variance(work, n, &tied);
	s = (double)n * (double)(n - 1) / 2 - tied - 2 * wrong;
	if (var > 0)
		out->p = erfc(fmax(0, fabs(s) - 1) / sqrt(2 * var));
	return 0;
}

static int by_p(const void *a, const void *b)
{
	const struct holm *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return (x->tag > y->tag) - (x->tag < y->tag);
}

void holm_adjust(struct holm *list, size_t n, size_t claims)
{
	size_t m = claims > n ? claims : n;
	double least = 0;

	if (n > 1)
		qsort(list, n, sizeof(*list), by_p);
	for (size_t i = 0; i < n; i++) {
		least = fmax(least, fmin(1, (double)(m - i) * list[i].p));
		list[i].p = least;
	}
}
