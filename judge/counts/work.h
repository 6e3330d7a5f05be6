/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a foreign program did the same work on both sides. No page state tells that, but the
 * program itself does:
 *
 *   - its user code: what it executes there is its own affair, and no kernel's. If [user] differs
 *     beyond its spread and by WORK_USER_SHARE, the program took another way.
 *   - its output: a line that every execution of one side prints (lab/output/steady.h) and
 *     no execution of the other, or another number of times.
 *
 * A program that runs until a clock says so does as much as there is time for, and its counts are
 * equal by construction. It is recognised by having taken the same time on both sides, to a timer
 * tick, with other work.
 */
#ifndef JUDGE_COUNTS_WORK_H
#define JUDGE_COUNTS_WORK_H

#include "base/err.h"
#include "lab/run.h"
#include "reading/slope.h"

#include <stdbool.h>
#include <stddef.h>

#define WORK_USER_SHARE 0.01
#define WORK_TICK_NS 4000000.0	/* of a kernel with HZ=250 */
#define WORK_TIMED_MIN_NS 400e6 /* shorter, and two sides may well agree to a tick by chance */

/* A line that one side prints oftener than the other; in every execution. */
struct work_line {
	const char *text; /* in one of the runs' outputs; ends with a newline */
	unsigned old_times, new_times;
};

struct work {
	bool known;	/* it is a program that was counted; else nothing else is */
	bool different; /* the program did other work */
	bool user_differs;
	double user_old, user_new; /* per execution */
	double user_spread_old, user_spread_new;
	bool output_known;	 /* else executions of one side differ too much to say anything */
	struct work_line *lines; /* that differ; owned; in order of their text */
	size_t n_lines;
	double old_ns, new_ns; /* that an execution took, by the guest's clock */
	bool by_the_clock;     /* it seems to stop by it */
};

/* What one side says of a program's own work. */
struct work_side {
	double user, user_spread;
	const char *steady, *unsteady; /* as in struct output; NULL: it printed nothing */
	double ns;		       /* that an execution took; 0: not known */
};

/* Into a struct work that is empty. 0 or -ENOMEM. */
int work_compare(const struct work_side *old_side, const struct work_side *new_side,
		 bool printed_differs, struct work *out);
/*
 * @printed_differs: a metric that both sides print differs beyond its spreads. Nothing is known of
 * runs without a program. 0 or -ENOMEM.
 */
int compare_work(const struct scenario *s, const struct slope wholes[2], const struct run *old_run,
		 const struct run *new_run, bool printed_differs, struct work *out, struct err *e);
void work_free(struct work *w);

/* What is wrong, as a clause: "its user code executes ...". "" if nothing is. */
void work_explain(const struct work *w, char *out, size_t size);
/* Of one that seems to stop by the clock, a sentence without its full stop. */
void work_explain_clock(const struct work *w, char *out, size_t size);

#endif
