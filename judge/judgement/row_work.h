/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Did a foreign program do the same work in all runs of a table? judge/counts/work.h is of a pair.
 */
#ifndef JUDGE_JUDGEMENT_ROW_WORK_H
#define JUDGE_JUDGEMENT_ROW_WORK_H

#include "judge/judgement/judgement.h"

/*
 * Makes `different-state` of every verdict where its user code differs from the baseline's, of all
 * blocks together, or where the output of every run differs from that of every run of the baseline;
 * one block that went another way is no verdict on a kernel. Where it seems to stop by the clock,
 * the reason says so. A CSV file says nothing of what was printed. 0 or -ENOMEM.
 */
int row_work_judge(const struct rows *t, struct judgement *j);

#endif
