/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text symbols of one kernel build, out of its /proc/kallsyms: from an address to a function.
 *
 * What the compiler split off or specialised counts for the function that was written:
 * foo.constprop.0, foo.isra.0, foo.part.0 and foo.cold are foo.
 */
#ifndef SYMBOLS_SYMBOLS_H
#define SYMBOLS_SYMBOLS_H

#include "arch/arch.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;

/*
 * Parses lines "ffffffff81000000 t name". Untrusted: a malformed line is an error with its number.
 * Hidden addresses (all zero) and text without symbols are errors that name the kernel option.
 */
int symbols_parse(const char *text, size_t len, struct symbols **out, struct err *e);
/* Whose kernel they are of; at first the default one's. */
void symbols_set_arch(struct symbols *s, const struct arch *arch);
const struct arch *symbols_arch(const struct symbols *s);
void symbols_free(struct symbols *s);
DEFINE_CLEANUP(struct symbols *, symbols_free)

/* Number of functions after folding; indexes below are less than that. */
size_t symbols_functions(const struct symbols *s);
const char *symbols_name(const struct symbols *s, size_t function);
/*
 * The function that an address lies in, or -1 outside the kernel's text. *entry: it is where the
 * function is entered (not where a cold or split-off part of it starts).
 */
long symbols_find(const struct symbols *s, uint64_t vaddr, bool *entry);
/* Address of the first symbol with this name, after folding; 0 if there is none. */
uint64_t symbols_address(const struct symbols *s, const char *name);

/* What goes by a name: whether it can be probed by it, and whether it can be told from others. */
struct symbols_named {
	unsigned whole;	 /* functions of that very name: several are in several files */
	unsigned clones; /* .constprop, .isra: entered with other arguments */
	uint64_t vaddr;	 /* of the last that is whole; 0: none */
};

struct symbols_named symbols_named(const struct symbols *s, const char *name);
/* The function that goes by a name, after folding; -1: there is none. */
long symbols_index(const struct symbols *s, const char *name);
/* The function that has a stretch of code beginning at @vaddr; -1: none. */
long symbols_starting(const struct symbols *s, uint64_t vaddr);
/* A stretch of code: of a function, or of what the compiler split off it. */
struct symbols_stretch {
	size_t function;
	uint64_t start, end; /* end: where the next symbol is */
	bool entry;	     /* the function is entered here */
	bool whole;	     /* goes by the very name, no clone and no part */
};
/* Every stretch by address, each once. What @fn returns ends it unless it is 0. */
int symbols_each(const struct symbols *s,
		 int (*fn)(void *arg, const struct symbols_stretch *at, struct err *e), void *arg,
		 struct err *e);
/* Addresses at which functions are entered, each once and ascending, as 64-bit words. */
int symbols_starts(const struct symbols *s, struct buf *out, struct err *e);
/* Where the next symbol behind @vaddr is; 0 if there is none. */
uint64_t symbols_end(const struct symbols *s, uint64_t vaddr);

/*
 * The entries that the counting plugin has to know (plugin/context.h), as its places file. Fails
 * if the kernel lacks one without which contexts cannot be told apart.
 */
int symbols_places(const struct symbols *s, struct buf *out, struct err *e);

#endif
