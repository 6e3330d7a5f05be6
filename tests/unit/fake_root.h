/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder that stands for a machine's root: /proc and /sys as a test writes them. */
#ifndef TESTS_UNIT_FAKE_ROOT_H
#define TESTS_UNIT_FAKE_ROOT_H

#include <stddef.h>

struct fake_file {
	const char *path; /* "/proc/meminfo"; NULL ends a list */
	const char *text;
};

/* A new, empty one in the scratch folder (malloc'ed); give it back with fake_root_free(). */
char *fake_root_make(void);
void fake_root_put(const char *root, const char *path, const char *text);
void fake_root_put_bytes(const char *root, const char *path, const void *data, size_t len);
/* All files of a list that ends with a NULL path. */
void fake_root_fill(const char *root, const struct fake_file *files);
void fake_root_free(char **root);
#define _cleanup_fake_root_ __attribute__((cleanup(fake_root_free)))

#endif
