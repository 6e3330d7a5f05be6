/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The "Linux version" text of a kernel, and compilers by name. */
#ifndef KERNEL_IMAGE_BANNER_H
#define KERNEL_IMAGE_BANNER_H

#include <stdbool.h>
#include <stddef.h>

/* Points into the memory that was searched; not NUL-terminated. */
struct banner {
	const char *release, *version, *compiler;
	size_t release_len, version_len, compiler_len;
};

bool banner_find(const void *image, size_t len, struct banner *out);

/*
 * The family and major version of a compiler: "gcc-14" for "gcc-14 (Debian 14.2.0-19) 14.2.0" or
 * for "gcc (GCC) 14.1.1", "clang-19" for "Debian clang version 19.1.7". malloc'ed; NULL if the
 * text is NULL or unknown.
 */
char *compiler_major(const char *compiler);
/* Whether two texts name the same family and major version. False if either is unknown. */
bool compiler_same_major(const char *a, const char *b);

#endif
