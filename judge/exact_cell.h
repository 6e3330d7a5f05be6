/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exact rules over blocks: values are executed instructions, each block repeats the measurement
 * at another tick phase. Repeats carry no information, so there is no p-value; if they differ, how
 * much is the noise floor, and the result is near-exact.
 */
#ifndef JUDGE_EXACT_CELL_H
#define JUDGE_EXACT_CELL_H

#include "judge/cell.h"
#include "judge/verdict.h"

struct exact_cell {
	enum verdict verdict;
	bool exact; /* all blocks agree on both sides */
	size_t n_old, n_new;
	double old_value, new_value;   /* means */
	double spread_old, spread_new; /* largest less smallest */
	double noise;		       /* the larger of them, and of the control's difference */
	double ratio;
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
