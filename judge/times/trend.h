/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a series go up or down? Kendall's rank correlation with time (Mann's test, 1945). */
#ifndef JUDGE_TIMES_TREND_H
#define JUDGE_TIMES_TREND_H

#include <stddef.h>

struct trend {
	double p;    /* two-sided, normal approximation with the ties' correction */
	double size; /* median of the last third less that of the first */
};

/* 0, or -ENOMEM. Fewer than 6 values have no trend. */
int trend_find(const double *x, size_t n, struct trend *out);

#endif
