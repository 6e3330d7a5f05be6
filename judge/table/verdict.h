/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_TABLE_VERDICT_H
#define JUDGE_TABLE_VERDICT_H

enum verdict {
	VERDICT_REGRESSION,
	VERDICT_IMPROVEMENT,
	VERDICT_EQUIVALENT, /* the interval lies inside the smallest effect that matters */
	VERDICT_TRIVIAL,    /* real, but smaller than that */
	VERDICT_SUSPECT,    /* real, but one layout or one machine only */
	VERDICT_INCONCLUSIVE,
	VERDICT_UNSTABLE,
	VERDICT_DIFFERENT_STATE, /* the two kernels did not do the same work */
};

/* "regression", "different-state"... */
const char *verdict_name(enum verdict v);
#define VERDICT_WORDS_BYTES 48
/*
 * "regression", or "regression, exact part" where @part, as change_part() has it, is what changed;
 * NULL: the whole. A verdict that claims no change is of no part.
 */
const char *verdict_words(enum verdict v, const char *part, char out[VERDICT_WORDS_BYTES]);
/* Exit status of a measurement with this verdict. @slower: NEW is the slower side. */
int verdict_exit(enum verdict v, int slower);

/* Why a verdict is what it is: one line. Too long a one loses its end. */
struct reason {
	char text[1024];
};
void reason_add(struct reason *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
