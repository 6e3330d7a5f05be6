/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function that one side has and one that the other has may be one function under two names: then
 * they are one row of the comparison, by the name that NEW has for it. And a function that only one
 * side has may stand inside its caller on the other: then the caller's row says so.
 *
 * Both are inferred, of what the code of both says (symbols/code_facts.h) and of the counts; better
 * two rows than a wrong one. How sure a row is is the mean of what speaks for it, each from 0 to 1:
 *
 *	code, by features of its instructions		weight 4
 *	words of the names that both have		2
 *	functions called, that both call		1
 *	callers, that both have				1
 *	calls of one as of the other (per item)		1
 *	instructions likewise				1
 *
 * What is not known takes no part. Without a function called or a caller that both have, two are
 * not one, however much their code looks alike: small functions often do. The pair that is surest
 *is taken first, and none for which another is left that is nearly as sure. It is no rename either
 *if the function goes on under its own name in the other kernel, with code more like its own, and
 *merely was not executed.
 */
#ifndef JUDGE_WHY_RENAMES_H
#define JUDGE_WHY_RENAMES_H

#include "judge/counts/comparison.h"
#include "symbols/code_facts.h"

#define RENAMES_MAX 64 /* functions of a side that are looked at: those that cost most */

/* Of the comparison's functions those that one side alone executed; names are its own. */
struct rename_candidates {
	const struct function_delta *of[2][RENAMES_MAX]; /* of OLD alone, of NEW alone */
	size_t count[2];
};

void renames_candidates(const struct comparison *c, struct rename_candidates *out);
/* By their counts, could these be one function? */
bool renames_possible(const struct function_delta *old_one, const struct function_delta *new_one);
/*
 * Makes one row of each two that are one, and fills in which functions may have been taken up.
 * Rows' sums stay what they are. @facts has to outlive nothing.
 */
int renames_fold(struct comparison *c, const struct code_facts *facts, struct err *e);

#endif
