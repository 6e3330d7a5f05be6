/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the instructions of one side cost, by where they were written: a function as in the source,
 * whether it was inlined or not, a line of it, and what it was inlined into.
 *
 * Costs are whole numbers, sums over all pairs of phases, to be divided by slope_divisor() to be
 * per item: so rows add up to the profile's slots to the unit, which is checked.
 */
#ifndef JUDGE_WHY_LINE_COSTS_H
#define JUDGE_WHY_LINE_COSTS_H

#include "base/err.h"
#include "base/intern.h"
#include "lab/counts/profile.h"
#include "symbols/lines.h"

#include <limits.h>

#define LINE_NO_DISTANCE INT_MIN

/* Of each class, in a segment. */
struct line_sums {
	int64_t of[MARKER_SEGMENTS][COST_OF_FUNCTIONS];
};

struct line_cost {
	/* The innermost function; without debug information what the symbols say; "[user]". */
	const char *function;
	const char *into; /* what it was inlined into, innermost first: "b < c"; "": it is not */
	const char *file; /* "": not known */
	unsigned line;
	int distance; /* of the line from where the function is declared, or LINE_NO_DISTANCE */
	struct line_sums sums;
};

struct line_costs {
	struct line_cost *rows; /* owned; sorted by line_cost_order() */
	size_t count;
	struct intern strings; /* theirs */
};

/* The profile has to have vectors. -EPROTO if the debug information is damaged. */
int line_costs_read(const struct profile *p, struct lines *lines, const struct symbols *symbols,
		    struct line_costs *out, struct err *e);
void line_costs_free(struct line_costs *c);
#define _cleanup_line_costs_ __attribute__((cleanup(line_costs_free)))

/* By function, then file, then distance (line, where that is not known), then what it is in. */
int line_cost_order(const struct line_cost *a, const struct line_cost *b);
/* The same without what it is in. */
int line_cost_order_of_lines(const struct line_cost *a, const struct line_cost *b);

#endif
