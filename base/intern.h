/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings to small numbers, in order of appearance. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern {
	char *text; /* all strings, NUL-terminated, one behind another */
	size_t text_len, text_cap;
	size_t *starts;
	size_t count, cap;
	uint32_t *hash; /* number + 1; open addressing */
	size_t hash_cap;
};

#define INTERN_NONE UINT32_MAX

/* INTERN_NONE when out of memory. */
uint32_t intern_add(struct intern *t, const char *text);
/* The number of a string that is there, else INTERN_NONE. */
uint32_t intern_find(const struct intern *t, const char *text);
const char *intern_text(const struct intern *t, uint32_t number);
void intern_free(struct intern *t);

#endif
