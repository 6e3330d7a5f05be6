/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else the runs of a table executed. judge/counts/events.h is of one pair. */
#ifndef JUDGE_JUDGEMENT_ROW_EVENTS_H
#define JUDGE_JUDGEMENT_ROW_EVENTS_H

#include "judge/judgement/judgement.h"

/*
 * Gives primary rows of counts the sentence of what else differs from the baseline, of all blocks
 * together: their `events`. It decides nothing. A CSV file does not tell. 0 or -ENOMEM.
 */
int row_events_add(const struct rows *t, struct judgement *j);

#endif
