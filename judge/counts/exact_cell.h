/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts over blocks: each block repeats the measurement at another tick phase. Repeats carry no
 * information, so there is no p-value; the readings of a side become one (reading_combine()), and
 * what the two say of each other is the rule of every comparison (judge/counts/count_verdict.h).
 */
#ifndef JUDGE_COUNTS_EXACT_CELL_H
#define JUDGE_COUNTS_EXACT_CELL_H

#include "judge/table/cell.h"
#include "judge/counts/count_verdict.h"

struct exact_cell {
	enum verdict verdict;
	struct reading old_side, new_side; /* of all blocks; value NAN where n is 0 */
	size_t n_old, n_new;
	struct reading_change change;
	bool exact;			 /* both sides are, and the control differs in nothing */
	char why_not[READING_WHY_BYTES]; /* "" where exact */
	double noise; /* the larger spread, also of the control and of what it differs by */
	double ratio; /* NAN: a side has no good run */
};

/*
 * @threshold: the smallest effect that matters, as a fraction of OLD. @control: the baseline
 * against itself by the same rules, or NULL; what it differs by is noise too. 0, or -ENOMEM.
 */
int exact_cell_judge(const struct group *old_side, const struct group *new_side, double threshold,
		     const struct exact_cell *control, struct exact_cell *out, struct reason *why);
/* Marks the control's own verdict: `unstable` if it differs by what matters. */
void exact_cell_is_control(struct exact_cell *out, struct reason *why);

#endif
