/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Did what a scenario is about change? Of the functions that its "source" names, each has to have
 * been executed on both sides; then none has changed if none costs more or less than before by the
 * fraction that matters. If one is in one kernel only, nothing is known.
 */
#ifndef JUDGE_WHY_SOURCE_CHANGE_H
#define JUDGE_WHY_SOURCE_CHANGE_H

#include "judge/counts/comparison.h"

/* Fills c->source_change and c->source_functions, of rows that are folded. */
void source_change_find(struct comparison *c, const struct scenario *s, double threshold);

#endif
