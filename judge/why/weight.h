/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much of a real workload's time in the kernel the functions have that changed: from a profile
 * of that, as perf prints it. Counts say what a call costs, a profile how much there is of it.
 *
 * Two texts are read. "perf script":
 *
 *	COMMAND PID [CPU] SECONDS: PERIOD EVENT: [ADDRESS SYMBOL+0xOFFSET (FILE)]
 *		ADDRESS SYMBOL+0xOFFSET (FILE)		a line a frame, the innermost first
 *
 * where a sample has its frame in its own line or in those below, and weighs its period, or 1. And
 * "perf report --stdio", whose rows are
 *
 *	[CHILDREN%] SELF% ... [k] SYMBOL
 *
 * Lines of '#' and empty ones are left out, and of a report the call graphs too.
 */
#ifndef JUDGE_WHY_WEIGHT_H
#define JUDGE_WHY_WEIGHT_H

#include "base/err.h"
#include "base/intern.h"
#include "judge/counts/comparison.h"

/* Time in each of the kernel's functions, by itself; in units of the profile. */
struct weight {
	struct intern names; /* without what the compiler appends */
	double *of;	     /* owned; one a name */
	double total;
};

/* Untrusted. -EINVAL, with the line, for what is neither; -ENODATA if nothing is of the kernel. */
int weight_parse(const char *text, size_t len, struct weight *out, struct err *e);
/* Errors name the file too. */
int weight_read(const char *path, struct weight *out, struct err *e);
void weight_free(struct weight *w);
#define _cleanup_weight_ __attribute__((cleanup(weight_free)))

struct weight_share {
	double share;	/* of the kernel's time: of the functions that changed, from 0 to 1 */
	size_t changed; /* functions */
	size_t found;	/* of these, in the profile */
};

/* Changed are functions by a thousandth of the iteration or more; by both of their names. */
struct weight_share weight_of(const struct weight *w, const struct comparison *c);

#endif
