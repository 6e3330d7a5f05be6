/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which source file a function was written in, out of the kernel itself: with
 *CONFIG_DEBUG_BUGVERBOSE (nearly every kernel) __bug_table has, for each WARN() and BUG(), the
 *place in the code and the file. An entry is
 *
 *	int32 place, [int32 format,] int32 file, uint16 line, uint16 flags
 *
 * where a place, format or file is as far from where the number itself stands; with formats since
 * 6.19. Which of both it is is told by the files' names.
 *
 * What stands in a header was inlined, and says nothing. The linker keeps the functions of a file
 * together: so a function without an entry is of the file that the entries on both sides of it are
 *of.
 */
#ifndef SYMBOLS_BUG_FILES_H
#define SYMBOLS_BUG_FILES_H

#include "base/err.h"
#include "base/intern.h"

#include <stddef.h>
#include <stdint.h>

struct bug_place {
	uint64_t vaddr;
	uint32_t file; /* number in the names */
};

struct bug_files {
	struct bug_place *places; /* owned; by address */
	size_t count;
	struct intern names;
};

/* Untrusted. -ENODATA if there is no such table, or it is of another form; -EPROTO if no ELF file.
 */
int bug_files_read(const char *vmlinux, struct bug_files *out, struct err *e);
void bug_files_free(struct bug_files *b);
#define _cleanup_bug_files_ __attribute__((cleanup(bug_files_free)))

/* The file of the code from @start to @end; NULL: not known. */
const char *bug_files_of(const struct bug_files *b, uint64_t start, uint64_t end);

#endif
