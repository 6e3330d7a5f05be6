// SPDX-License-Identifier: GPL-2.0-or-later
#include "stats/stats.h"

#include <math.h>
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

static void swap(double *a, double *b)
{
	double c = *a;

	*a = *b;
	*b = c;
}

/* The middle of three as a pivot, in the middle. */
static double pivot(double *low, double *high)
{
	double *middle = low + (high - low) / 2;

	if (*middle < *low)
		swap(middle, low);
	if (*high < *low)
		swap(high, low);
	if (*high < *middle)
		swap(high, middle);
	return *middle;
}

double stats_select(double *values, size_t n, size_t k)
{
	/* Hoare's quickselect: values[first..last] hold index k, signed as they may cross. */
	ptrdiff_t first = 0, last = (ptrdiff_t)n - 1, want = (ptrdiff_t)k;

	while (first < last) {
		double p = pivot(values + first, values + last);
		ptrdiff_t i = first, j = last;

		while (i <= j) {
			while (values[i] < p)
				i++;
			while (values[j] > p)
				j--;
			if (i <= j)
				swap(&values[i++], &values[j--]);
		}
		if (want <= j)
			last = j;
		else if (want >= i)
			first = i;
		else
			break;
	}
	return values[k];
}

double stats_median_select(double *values, size_t n)
{
	double upper, lower;

	if (!n)
		return 0;
	upper = stats_select(values, n, n / 2);
	if (n % 2)
		return upper;
	lower = values[0];
	for (size_t i = 1; i < n / 2; i++)
		lower = values[i] > lower ? values[i] : lower;
	return (lower + upper) / 2;
}

double stats_mean(const double *values, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return n ? sum / (double)n : 0;
}

double stats_stdev(const double *values, size_t n)
{
	double mean = stats_mean(values, n), sum = 0;

	if (n < 2)
		return 0;
	for (size_t i = 0; i < n; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return sqrt(sum / (double)(n - 1));
}

double stats_mad(const double *values, size_t n, double center, double *scratch)
{
	for (size_t i = 0; i < n; i++)
		scratch[i] = fabs(values[i] - center);
	stats_sort(scratch, n);
	return stats_median_sorted(scratch, n);
}

double stats_ratio(double numerator, double denominator)
{
	return denominator == 0 ? 0 : numerator / denominator;
}

double stats_two_sided_quantile(double alpha)
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
