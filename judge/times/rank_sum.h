/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wilcoxon's rank-sum test (Mann and Whitney's U) of two samples. */
#ifndef JUDGE_TIMES_RANK_SUM_H
#define JUDGE_TIMES_RANK_SUM_H

#include <stddef.h>

#define RANK_SUM_EXACT_MAX 40 /* values in both samples together */

/*
 * Two-sided p. Normal approximation with the ties' correction; where that is below .05 and there
 * are few values and no ties, by the exact distribution. Both samples are sorted in place. 1 if one
 * is empty.
 */
double rank_sum_p(double *a, size_t n_a, double *b, size_t n_b);

#endif
