/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions of one compilation unit, and what was inlined into each. */
#ifndef SYMBOLS_INLINES_H
#define SYMBOLS_INLINES_H

#include "base/err.h"

#include <elfutils/libdw.h>
#include <stddef.h>
#include <stdint.h>

/* A function, or what was inlined into it. Strings are libdw's. */
struct inlines_scope {
	const char *name;      /* NULL: not told */
	unsigned declared;     /* line; 0: not told */
	const char *call_file; /* of the call, if inlined; NULL: not told */
	unsigned call_line;
	long parent; /* number of the scope that it was inlined into; -1: none */
};

struct inlines_range {
	uint64_t low, high; /* [low, high) */
	size_t index;	    /* of the scope; in inlines.starts, of the function */
};

struct inlines_function {
	Dwarf_Die die;
	bool known; /* the rest was read */
	struct inlines_scope *scopes;
	size_t n_scopes;
	struct inlines_range *ranges; /* those of an outer scope before those of inner ones */
	size_t n_ranges;
};

struct inlines {
	struct inlines_function *functions;
	size_t n_functions;
	struct inlines_range *starts; /* by address */
	size_t n_starts;
};

/* The functions that the unit's code is of. -EPROTO if it is damaged. */
int inlines_read(Dwarf_Die *unit, struct inlines *out, struct err *e);
void inlines_free(struct inlines *i);
/*
 * The function that has code at @vaddr, and in *scope the number of the innermost scope; NULL if
 * there is none, with *r below 0 if what is told of it is damaged.
 */
const struct inlines_function *inlines_find(struct inlines *i, uint64_t vaddr, size_t *scope,
					    int *r, struct err *e);

/* Appends the ranges of a unit or function. */
int inlines_add_ranges(Dwarf_Die *die, size_t index, struct inlines_range **ranges, size_t *count,
		       struct err *e);
void inlines_sort(struct inlines_range *ranges, size_t count);
/* The range of sorted ones that @vaddr lies in, or NULL. */
const struct inlines_range *inlines_at(const struct inlines_range *ranges, size_t count,
				       uint64_t vaddr);

#endif
