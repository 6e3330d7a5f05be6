/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plain statistics of a handful of numbers. */
#ifndef JUDGE_STATS_H
#define JUDGE_STATS_H

#include <stddef.h>

void stats_sort(double *values, size_t n);
/* Of sorted values; the mean of the middle two for even n, 0 for none. */
double stats_median_sorted(const double *sorted, size_t n);
double stats_mean(const double *values, size_t n);
/* Sample standard deviation (n - 1); 0 for n < 2. */
double stats_stdev(const double *values, size_t n);
/* median |x - center|, without a factor. @scratch has room for n values. */
double stats_mad(const double *values, size_t n, double center, double *scratch);
/* numerator / denominator, and 0 for a zero denominator. */
double stats_ratio(double numerator, double denominator);

#endif
