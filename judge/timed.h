/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two kernels' times, honestly: d = ln y_new - ln y_old for every block that has both, Hodges and
 * Lehmann's estimate, the exact signed-rank test and its interval. A block is the unit; inner
 * iterations never are. Rows without blocks are judged unpaired (rank sum), which is said.
 */
#ifndef JUDGE_TIMED_H
#define JUDGE_TIMED_H

#include "judge/cell.h"
#include "judge/verdict.h"

#define TIMED_ALPHA 0.01
#define TIMED_BLOCKS_MIN 8    /* for a fixed number of repetitions */
#define TIMED_EFFECT_MIN 0.01 /* the smallest effect that matters: 1 % */

struct timed {
	enum verdict verdict;
	char reason[256];
	bool paired;
	size_t n;	     /* blocks, or the smaller side's runs */
	size_t n_old, n_new; /* good runs of each side */
	double ratio;	     /* exp of the estimate */
	double low, high;    /* interval of the ratio at 1 - TIMED_ALPHA */
	double p;
	double detectable; /* the smallest change that this many could have seen, as a fraction */
	size_t old_first, new_first; /* in how many blocks which side came first */
	bool exact;		     /* else by normal approximation */
};

/* 0, or -ENOMEM. Sides without good positive values give `inconclusive` with the reason. */
int timed_judge(const struct group *old_side, const struct group *new_side, struct timed *out);

#endif
