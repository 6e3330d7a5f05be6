/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both sides cost, by what was written: a function that one side inlines is compared with the
 * same function out of line on the other; and the lines of each function.
 *
 * Lines of both sides are the same if they are as far from the line that their function is declared
 * in, so that what changed elsewhere in the file does not part them.
 */
#ifndef JUDGE_WHY_LINE_DELTAS_H
#define JUDGE_WHY_LINE_DELTAS_H

#include "judge/why/attribution.h"
#include "judge/why/line_costs.h"

/* Instructions of a line, by what its function was inlined into; per item. */
struct line_part {
	const char *into; /* as in struct line_cost */
	double insns[2];  /* old, new */
};

struct line_delta {
	const char *file;	 /* "": not known */
	unsigned line[2];	 /* old, new; 0: none, or not known */
	struct cost_pair costs;	 /* of the whole iteration; no calls */
	struct line_part *parts; /* the most first */
	size_t n_parts;
};

struct line_function {
	const char *name;
	struct cost_pair
		rows[MARKER_SEGMENTS + 1]; /* as in struct attribution_function; no calls */
	double inlined[2];	  /* instructions of the iteration in other functions: old, new */
	struct line_delta *lines; /* largest |delta| of instructions first */
	size_t n_lines;
};

struct line_deltas {
	struct line_function *functions; /* owned; largest |delta| of instructions first */
	size_t n_functions;
	struct line_delta *lines; /* owned; all of them */
	struct line_part *parts;  /* owned; all of them */
	double without_line[2];	  /* instructions of the iteration: old, new */
};

/* The costs have to outlive it. @divisor: slope_divisor() of both sides. */
int line_deltas_make(const struct scenario *s, double divisor, const struct line_costs *old_costs,
		     const struct line_costs *new_costs, struct line_deltas *out, struct err *e);
void line_deltas_free(struct line_deltas *d);
#define _cleanup_line_deltas_ __attribute__((cleanup(line_deltas_free)))

#endif
