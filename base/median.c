// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/median.h"

#include <stdlib.h>

#define INSERTION_MAX 48 /* values up to which insertion beats qsort(3) */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void stats_sort(double *values, size_t n)
{
	if (n > INSERTION_MAX) {
		qsort(values, n, sizeof(*values), by_value);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		double moving = values[i];
		size_t k = i;

		for (; k && values[k - 1] > moving; k--)
			values[k] = values[k - 1];
		values[k] = moving;
	}
}

double stats_median_sorted(const double *sorted, size_t n)
{
	if (!n)
		return 0;
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}
