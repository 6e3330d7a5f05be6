/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF files as small as they can be, which need what a test says. */
#ifndef TESTS_UNIT_FAKE_ELF_H
#define TESTS_UNIT_FAKE_ELF_H

#include "base/buf.h"

struct fake_elf {
	const char *interpreter, *soname, *rpath, *runpath; /* NULL: none */
	const char *needed[4];				    /* up to the first NULL */
	unsigned machine, type; /* 0: x86-64, a shared object or position-independent program */
};

/* Appends one to @out, which is empty. */
void fake_elf(const struct fake_elf *what, struct buf *out);
/* The same as a file. */
void fake_elf_file(const struct fake_elf *what, const char *path);

#endif
