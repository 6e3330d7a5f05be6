/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wilcoxon's signed-rank test and the estimate that belongs to it, of n paired differences.
 *
 * Exact up to SIGNED_RANK_EXACT_MAX: the null distribution of the rank sum is counted by dynamic
 * programming over the ranks that are there (doubled, so that tied, halved ranks stay integers).
 * Zeros are ranked with the others and then left out (Pratt, 1959): an answer without them would
 * call two ties out of three a trend. Above the limit: normal approximation with the same ranks.
 *
 * The estimate is Hodges and Lehmann's, the median of all Walsh averages (d[i] + d[k]) / 2 with
 * i <= k; the interval inverts the test: the k-th smallest and k-th largest average, k from the
 * tie-free null distribution.
 */
#ifndef JUDGE_TIMES_SIGNED_RANK_H
#define JUDGE_TIMES_SIGNED_RANK_H

#include <stdbool.h>
#include <stddef.h>

#define SIGNED_RANK_EXACT_MAX 40
#define SIGNED_RANK_MAX (1u << 30) /* differences */

struct signed_rank {
	size_t n;
	double estimate;
	double low, high; /* at the confidence asked for; infinite if n is too small for it */
	double p;	  /* two-sided */
	bool exact;
};

/*
 * Null distributions without ties, each made when it is first needed: all zero to begin with. For
 * one thread at a time.
 */
struct signed_rank_tables {
	/* [n][s]: how many of the 2^n sign patterns have a rank sum of at most s. */
	double *at_most[SIGNED_RANK_EXACT_MAX + 1];
};

void signed_rank_tables_free(struct signed_rank_tables *t);
#define _cleanup_signed_rank_tables_ __attribute__((cleanup(signed_rank_tables_free)))

/*
 * @alpha: 1 - confidence of the interval. @tables: kept between calls, or NULL. Returns 0, -EINVAL
 * for n of 0 or above the maximum, or -ENOMEM.
 */
int signed_rank(const double *d, size_t n, double alpha, struct signed_rank_tables *tables,
		struct signed_rank *out);

/* The smallest two-sided p that n differences can reach: 2^(1-n). */
double signed_rank_smallest_p(size_t n);

#endif
