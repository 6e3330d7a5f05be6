/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Did both kernels do the same work? Preconditions only: what was there before the window. */
#ifndef JUDGE_COUNTS_STATE_H
#define JUDGE_COUNTS_STATE_H

#include "judge/counts/comparison.h"

/* Fills c->checks; a failed one makes the verdict different-state, with its reason. */
void check_state(struct comparison *c, const struct scenario *s, const struct run *old_run,
		 const struct run *new_run);
const char *check_result_name(enum check_result r);

#endif
