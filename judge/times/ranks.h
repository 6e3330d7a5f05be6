/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests by ranks and signs, and several tests at once. Pure. */
#ifndef JUDGE_TIMES_RANKS_H
#define JUDGE_TIMES_RANKS_H

#include <stddef.h>

/*
 * Order statistics of all averages or differences of two values, without writing them down: the
 * answer is bisected over the doubles themselves, and those not above a candidate are counted in
 * one walk along the sorted values. 64 walks, whatever n.
 */

/* The @k-th smallest, from 1, of the n (n + 1) / 2 averages (x[i] + x[j]) / 2 with i <= j. */
double pairwise_average(const double *sorted, size_t n, size_t k);
/* The @k-th smallest, from 1, of the n_a n_b differences b[j] - a[i]. */
double pairwise_difference(const double *a_sorted, size_t n_a, const double *b_sorted, size_t n_b,
			   size_t k);
/* How many of those differences are less than 0, and how many are 0. */
void pairwise_signs(const double *a_sorted, size_t n_a, const double *b_sorted, size_t n_b,
		    size_t *less, size_t *equal);

/* Wilcoxon's rank-sum test (Mann and Whitney's U) of two samples. */

#define RANK_SUM_EXACT_MAX 40 /* values in both samples together */

/*
 * Two-sided p. Normal approximation with the ties' correction; where that is below .05 and there
 * are few values and no ties, by the exact distribution. Both samples are sorted in place. 1 if one
 * is empty.
 */
double rank_sum_p(double *a, size_t n_a, double *b, size_t n_b);

/* Does a series go up or down? Kendall's rank correlation with time (Mann's test, 1945). */

struct trend {
	double p;    /* two-sided, normal approximation with the ties' correction */
	double size; /* median of the last third less that of the first */
};

/* 0, or -ENOMEM. Fewer than 6 values have no trend. */
int trend_find(const double *x, size_t n, struct trend *out);

/* Several tests at once: Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979).
 */

struct holm {
	double p;   /* of one test; replaced by the adjusted one, at most 1 */
	size_t tag; /* the caller's */
};

/*
 * The i-th smallest of m values becomes the largest of (m - k + 1) p[k] with k up to i. m is @n, or
 * @claims if that is more: tests that are still to come count as p = 1. Sorts the list by p.
 */
void holm_adjust(struct holm *list, size_t n, size_t claims);

#endif
