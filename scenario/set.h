/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario with other parameters than its file gives it. */
#ifndef SCENARIO_SET_H
#define SCENARIO_SET_H

#include "scenario/scenario.h"

/* Both strings are borrowed. */
struct scenario_setting {
	const char *key;   /* "size" for every map, or the name of one map, which goes before it */
	const char *value; /* bytes: "64M" */
};

/*
 * A copy of @s as its file would have given it with these sizes: operations that go to the end of
 * their map, and "all" in what is expected, follow. *out is the caller's; its sha256 differs from
 * that of @s exactly if a size does, however that was written. -ENOENT for an unknown key, -EINVAL
 * for a value that is not possible; *bad is then the index of the setting to blame. Keys are taken
 * to be unique.
 */
int scenario_set(const struct scenario *s, const struct scenario_setting *settings, size_t count,
		 struct scenario **out, size_t *bad, struct err *e);

#endif
