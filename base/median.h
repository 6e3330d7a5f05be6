/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers in order, for whoever measures and whoever judges. */
#ifndef BASE_MEDIAN_H
#define BASE_MEDIAN_H

#include <stddef.h>

void stats_sort(double *values, size_t n);
/* Of sorted values; the mean of the middle two for even n, 0 for none. */
double stats_median_sorted(const double *sorted, size_t n);

#endif
