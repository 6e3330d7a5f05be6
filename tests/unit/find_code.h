/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an ELF file has the code of a function, out of its symbols. */
#ifndef TESTS_UNIT_FIND_CODE_H
#define TESTS_UNIT_FIND_CODE_H

#include <stdint.h>

struct code {
	uint64_t start, end;
};

/* Fails the test if there is none. */
struct code find_code(const char *path, const char *name);

#endif
