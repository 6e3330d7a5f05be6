/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions of a source file were executed, from exact counts of one or more runs.
 *
 * What cannot be known so: a function without a symbol was inlined everywhere, compiled out, or
 * never used; whether its code ran does not show. And of functions in several files that go by one
 * name, counts do not tell which ran.
 */
#ifndef JUDGE_WHY_COVERAGE_H
#define JUDGE_WHY_COVERAGE_H

#include "base/err.h"
#include "lab/counts/profile.h"
#include "symbols/source.h"
#include "symbols/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct coverage_function {
	const char *name; /* as in the source */
	unsigned line;
	char *symbol;	       /* owned; NULL: it has none */
	bool ambiguous;	       /* several functions have that symbol's name */
	unsigned runs;	       /* in how many it was executed */
	uint64_t insns, calls; /* in all windows of the first run */
};

struct coverage {
	struct coverage_function *functions; /* owned; by name */
	size_t count;			     /* all that are in the source */
	unsigned runs;
	size_t with_symbol;		 /* all below are of these */
	size_t covered_any, covered_all; /* in any run, in all; unambiguous ones only */
	size_t ambiguous;		 /* executed, but perhaps another file's */
};

/* @source must outlive it. -ENOENT if no function of the source has a symbol. */
int coverage_start(const struct source *source, const struct symbols *symbols, struct coverage *out,
		   struct err *e);
/* Counts one run more. */
void coverage_add(struct coverage *c, const struct profile *p);
void coverage_free(struct coverage *c);
#define _cleanup_coverage_ __attribute__((cleanup(coverage_free)))

/* Executed, and surely of this file. */
bool coverage_is_covered(const struct coverage_function *f);

#endif
