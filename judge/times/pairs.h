/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The blocks that two kernels share, as differences of logarithms. */
#ifndef JUDGE_TIMES_PAIRS_H
#define JUDGE_TIMES_PAIRS_H

#include "judge/table/cell.h"

/* Arrays of n, in the order of the blocks. */
struct pairs {
	bool paired;	 /* every row has a block; else there is nothing here */
	size_t blocks;	 /* that either side has, good or not */
	size_t n;	 /* that have a good run of both sides */
	double *d;	 /* ln y_new - ln y_old */
	double *old_y;	 /* ln y_old */
	uint32_t *block; /* which of the blocks, from 0 */
	int8_t *first;	 /* -1: OLD stood before NEW; 1: behind; 0: not said */
};

/*
 * Of a block's several runs of one kernel the last good one counts: the first was repeated because
 * something was wrong with it, whatever its number says. 0 or -ENOMEM.
 */
int pairs_make(const struct group *old_side, const struct group *new_side, struct pairs *out);
/* How many of the pairs lie in the first @blocks blocks. */
size_t pairs_within(const struct pairs *p, size_t blocks);
void pairs_free(struct pairs *p);
#define _cleanup_pairs_ __attribute__((cleanup(pairs_free)))

#endif
