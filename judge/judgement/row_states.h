/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Did the runs of a table do the same work? judge/counts/state.h is of one pair. */
#ifndef JUDGE_JUDGEMENT_ROW_STATES_H
#define JUDGE_JUDGEMENT_ROW_STATES_H

#include "judge/judgement/judgement.h"

/*
 * Makes `different-state` of every verdict where a run of the kernel, or of the baseline, found its
 * pages in another state before the window than the baseline's first, or than the scenario expects:
 * there is nothing to compare.
 * What a guest could not read is no difference. 0 or -ENOMEM.
 */
int row_states_judge(const struct rows *t, struct judgement *j);

#endif
