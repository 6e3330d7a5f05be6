/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an ELF file says that it needs to run: read from its headers, never executed. Whatever the
 * bytes are, nothing is read beyond them.
 *
 *	ELF header, program headers
 *	PT_INTERP	a path: who loads the program; none in a static one
 *	PT_DYNAMIC	DT_NEEDED, DT_RPATH and DT_RUNPATH are offsets into the strings, whose place
 *in memory is DT_STRTAB and their length DT_STRSZ; PT_LOAD says where in the file that place is
 */
#ifndef PARCEL_ELF_NEEDS_H
#define PARCEL_ELF_NEEDS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define ELF_NEEDS_MAX 256

struct arch;

/* The strings are those of the file's bytes, which have to stay. */
struct elf_needs {
	const char *interpreter; /* NULL: none */
	const char *libraries[ELF_NEEDS_MAX];
	size_t n_libraries;
	const char *rpath, *runpath; /* folders with colons between; NULL: none */
	const char *soname;	     /* NULL: none */
};

#define ELF_HEAD_BYTES 64

bool elf_is(const void *data, size_t len);
/* Whether it can be executed or loaded on x86-64, by its first bytes; errors as below. */
int elf_check_head(const void *data, size_t len, struct err *e);
/*
 * -EINVAL with what is wrong ("is not for x86-64"), for a sentence that begins with the file's
 * name: another machine's, an object file, a damaged one. For a static program all is empty.
 */
int elf_needs_read(const void *data, size_t len, struct elf_needs *out, struct err *e);

/* Of a file for an architecture that kernels are measured on and this machine is not: which. NULL:
 * none. */
const struct arch *elf_other_arch(const void *data, size_t len);
/* -EINVAL, as above, if a file for @arch is damaged or needs others. */
int elf_check_static(const void *data, size_t len, const struct arch *arch, struct err *e);

#endif
