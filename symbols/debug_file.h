/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file with debug information, and whether it is of the build that it is to explain. */
#ifndef SYMBOLS_DEBUG_FILE_H
#define SYMBOLS_DEBUG_FILE_H

#include "base/err.h"

#include <elfutils/libdw.h>

/* In memory, as libdw has it. */
struct debug_section {
	const void *data;
	size_t size;
};

struct debug_file {
	int fd; /* valid if elf is not NULL */
	Elf *elf;
	Dwarf *dwarf; /* NULL unless loaded */
	struct debug_section *sections;
	size_t n_sections;
};

/* -EPROTO if it is no x86-64 ELF file or cut short, -ENODATA if it has no debug information. */
int debug_file_open(const char *path, struct debug_file *out, struct err *e);
/* Reads the debug information into memory. -EPROTO if it is damaged. */
int debug_file_load(struct debug_file *f, struct err *e);
/*
 * A string that libdw returned, or NULL if the section that it stands in ends before it does. What
 * stands in none is libdw's own, and ends.
 */
const char *debug_file_string(const struct debug_file *f, const char *text);
void debug_file_close(struct debug_file *f);
/* -EINVAL unless both have a build id and it is the same. */
int debug_file_compare(const struct debug_file *f, const char *vmlinux, struct err *e);

#endif
