/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a foreign program prints in every execution of a run, as far as it tells of work: by this,
 * the two sides of a comparison are held against each other (judge/counts/work.h).
 *
 * Lines are taken without what nobody expects to be the same: metrics, numbers with a fraction,
 * versions, dates, times of day, addresses, and whole numbers with a unit of time or speed, or in
 * kB (as the kernel tells of memory), each of which becomes a '#'. A line is steady if every
 * execution prints it as often; the order does not matter, since threads have none. So what differs
 * from one execution to the next, as a process ID does, makes a line that is not steady and says
 * nothing.
 */
#ifndef LAB_OUTPUT_STEADY_H
#define LAB_OUTPUT_STEADY_H

#include "scenario/program.h"

/* Of all executions so far: every line once, in order, with how often it was printed. */
struct steady_line {
	char *text;	      /* owned */
	unsigned least, most; /* times, in an execution */
};

struct steady {
	struct steady_line *lines;
	size_t count;
	unsigned executions;
};

/* One execution more. 0 or -ENOMEM. */
int steady_add(struct steady *s, const char *text, const struct program *program, struct err *e);
/*
 * *steady: of each steady line how often, a tab and the line; *unsteady: the hash of each other
 * one, in hexadecimal, a line each, or STEADY_TOO_MANY. Both are sorted, and the caller's.
 */
int steady_conclude(const struct steady *s, char **steady, char **unsteady, struct err *e);
void steady_free(struct steady *s);
#define _cleanup_steady_ __attribute__((cleanup(steady_free)))

#define STEADY_UNSTEADY_MAX 4096 /* more lines, and the output says nothing */
#define STEADY_TOO_MANY "*\n"
#define STEADY_HASH_BYTES 17 /* with its NUL */

/* Of a line, as *unsteady has it. */
void steady_hash(const char *line, size_t len, char out[STEADY_HASH_BYTES]);

#endif
