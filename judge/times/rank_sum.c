// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/rank_sum.h"

#include "judge/times/pairwise.h"
#include "stats/stats.h"

#include <math.h>
#include <stdbool.h>

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
