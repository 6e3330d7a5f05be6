/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All scenario files of a folder. */
#ifndef SCENARIO_LIBRARY_H
#define SCENARIO_LIBRARY_H

#include "scenario/read.h"

/* Reads every *.yaml of @dir, in order of name; scenarios keep the order of their files. */
int library_open(const char *dir, struct scenario_list *out, struct err *e);
/*
 * Indexes of the scenarios that a name or a glob ('mprotect' '/' '*') means, into @found (room for
 * the whole library). Returns how many; -ENOENT with the nearest names if there is none.
 */
int library_find(const struct scenario_list *l, const char *pattern, size_t *found, struct err *e);
/*
 * Indexes of the scenarios that any of @count names or globs means, each once, in the library's
 * order, into @found (room for the whole library). Returns how many, or -errno as above.
 */
int library_choose(const struct scenario_list *l, const char *const *patterns, size_t count,
		   size_t *found, struct err *e);
/* The one scenario that a name or a glob means, which the library owns; -EINVAL if they are more.
 */
int library_one(const struct scenario_list *l, const char *pattern, const struct scenario **out,
		struct err *e);
/* The one of this name, which the library owns; NULL with an error if there is none. */
const struct scenario *library_get(const struct scenario_list *l, const char *name, struct err *e);

#endif
