/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The change of all functions together, by the source file that they are written in. */
#ifndef JUDGE_WHY_GROUPS_H
#define JUDGE_WHY_GROUPS_H

#include "judge/counts/comparison.h"
#include "symbols/code_facts.h"

/*
 * Fills c->groups: largest |delta| first, and at the end those of which no file is known, with what
 * is in no function. They add up to the change of the iteration. Nothing if no file is known.
 */
int groups_make(struct comparison *c, const struct code_facts *facts, struct err *e);
/* Of rows that are less, no file is looked for. */
bool groups_wants(const struct comparison *c, const struct function_delta *f);

#endif
