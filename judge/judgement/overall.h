/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One verdict where there are several: the one that a reader has to know of. */
#ifndef JUDGE_JUDGEMENT_OVERALL_H
#define JUDGE_JUDGEMENT_OVERALL_H

#include "judge/judgement/judgement.h"

/* False if @name is no verdict's. */
bool verdict_parse(const char *name, enum verdict *out);
/*
 * regression, suspect, different-state, unstable, inconclusive, improvement, trivial, equivalent:
 * what comes first there.
 */
enum verdict verdict_overall(enum verdict a, enum verdict b);
/*
 * Of all primary rows of a scenario (INTERN_NONE: of all), as judgement_exit() chooses them. False
 * if there is nothing to compare.
 */
bool judgement_overall(const struct judgement *j, uint32_t scenario, enum verdict *out);

#endif
