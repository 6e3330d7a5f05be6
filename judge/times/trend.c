// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/trend.h"

#include "base/cleanup.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
