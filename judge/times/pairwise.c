// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/pairwise.h"

#include <stdint.h>
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
