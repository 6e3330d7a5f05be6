/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From two readings to a verdict and its words, whoever asks: a comparison, a cell of rows, a gap.
 * The rule is reading_change()'s; what it finds is named here, once:
 *
 *	by what matters, beyond the floor	regression, improvement
 *	the whole cannot be told, but its exact part does	the same, and the reason names the
 *part really, but by less than what matters	trivial none, or below a floor that is less than
 *what matters	equivalent the floor hides what would matter	inconclusive
 */
#ifndef JUDGE_COUNTS_COUNT_VERDICT_H
#define JUDGE_COUNTS_COUNT_VERDICT_H

#include "judge/table/verdict.h"
#include "reading/reading.h"

struct count_verdict {
	enum verdict verdict;
	struct reading_change change;
	char reason[768]; /* one sentence; numbers have the digits that they need */
};

/* @threshold: the smallest change that matters, a fraction of @old_one. */
struct count_verdict count_verdict(const struct reading *old_one, const struct reading *new_one,
				   double threshold);
/* "exact part" where a verdict is about no more than that; else NULL. */
const char *change_part(const struct reading_change *c);
/* Of two readings of which one or both are near-exact: why, and on which side. */
void count_why_not(const struct reading *old_one, const struct reading *new_one,
		   char out[READING_WHY_BYTES]);

#endif
