/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the work came to: faults, VMAs left, what calls returned. A difference is a finding, often
 * the regression itself, and never another state.
 */
#ifndef JUDGE_COUNTS_OUTCOMES_H
#define JUDGE_COUNTS_OUTCOMES_H

#include "judge/counts/comparison.h"

/* Fills c->outcomes and the page faults. */
void add_outcomes(struct comparison *c, const struct scenario *s, const struct run *old_run,
		  const struct run *new_run);
/* Fails if the sides differ, or are not what the scenario says; unknown if a side is. */
enum check_result outcome_result(const struct work_outcome *o);

#endif
