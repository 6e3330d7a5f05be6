/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plain statistics of a handful of numbers, for whoever measures and whoever judges. */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include <stddef.h>

void stats_sort(double *values, size_t n);
/* Of sorted values; the mean of the middle two for even n, 0 for none. */
double stats_median_sorted(const double *sorted, size_t n);

/*
 * What would stand at index @k if the values were sorted. They are moved: nothing before k is
 * greater afterwards, and nothing behind it smaller.
 */
double stats_select(double *values, size_t n, size_t k);
/* The median of values in any order, likewise: index n / 2 is where it should be. */
double stats_median_select(double *values, size_t n);
double stats_mean(const double *values, size_t n);
/* Sample standard deviation (n - 1); 0 for n < 2. */
double stats_stdev(const double *values, size_t n);
/* median |x - center|, without a factor. @scratch has room for n values. */
double stats_mad(const double *values, size_t n, double center, double *scratch);
/* z of which a standard normal's |Z| is greater with probability alpha, by bisection of erfc. */
double stats_two_sided_quantile(double alpha);
/* numerator / denominator, and 0 for a zero denominator. */
double stats_ratio(double numerator, double denominator);

#endif
