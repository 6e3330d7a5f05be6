/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an address of a kernel to what was written there: the source line and the chain of inlined
 * functions, out of debug information (DWARF) as elfutils' libdw reads it.
 *
 * Untrusted, as far as libdw bears it: what does not hold together is an error. Units that are
 * split off into files of their own (CONFIG_DEBUG_INFO_SPLIT) have lines and no functions.
 */
#ifndef SYMBOLS_LINES_H
#define SYMBOLS_LINES_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stdint.h>

#define LINES_DEPTH_MAX 48

/* A function, and a line of it: the instruction's, or that of the call of what is inlined. */
struct lines_frame {
	const char *function; /* as written, without what the compiler appends; NULL: not known */
	unsigned declared;    /* the line that the function is declared in; 0: not known */
	const char *file;     /* below the source tree, else absolute; NULL: not known */
	unsigned line;	      /* 0: not known */
};

struct lines_place {
	struct lines_frame frames[LINES_DEPTH_MAX]; /* innermost first; the last is not inlined */
	unsigned depth;				    /* 1 or more, even if nothing is known */
};

struct lines;

/*
 * @file: an ELF file with debug information; NULL: @vmlinux itself. -EINVAL if its build id is not
 * that of @vmlinux, -ENODATA if it has no debug information, -EPROTO if it is damaged.
 */
int lines_open(const char *file, const char *vmlinux, struct lines **out, struct err *e);
/* Whether lines_open() has what it needs, without reading all that debug information is. */
int lines_check(const char *file, const char *vmlinux, struct err *e);
void lines_close(struct lines *l);
DEFINE_CLEANUP(struct lines *, lines_close)
#define _cleanup_lines_ _cleanup_(lines_close_p)

/* Strings are the lines' own. -EPROTO if what is told of the place is damaged. */
int lines_find(struct lines *l, uint64_t vaddr, struct lines_place *out, struct err *e);

#endif
