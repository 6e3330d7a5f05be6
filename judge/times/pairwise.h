/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Order statistics of all averages or differences of two values, without writing them down: the
 * answer is bisected over the doubles themselves, and those not above a candidate are counted in
 * one walk along the sorted values. 64 walks, whatever n.
 */
#ifndef JUDGE_TIMES_PAIRWISE_H
#define JUDGE_TIMES_PAIRWISE_H

#include <stddef.h>

/* The @k-th smallest, from 1, of the n (n + 1) / 2 averages (x[i] + x[j]) / 2 with i <= j. */
double pairwise_average(const double *sorted, size_t n, size_t k);
/* The @k-th smallest, from 1, of the n_a n_b differences b[j] - a[i]. */
double pairwise_difference(const double *a_sorted, size_t n_a, const double *b_sorted, size_t n_b,
			   size_t k);
/* How many of those differences are less than 0, and how many are 0. */
void pairwise_signs(const double *a_sorted, size_t n_a, const double *b_sorted, size_t n_b,
		    size_t *less, size_t *equal);

#endif
