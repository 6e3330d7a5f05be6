/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control groups that this process is in, and the files of each up to the mounted root. */
#ifndef LAB_HOST_CGROUP_H
#define LAB_HOST_CGROUP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct cgroup_place {
	char *mount; /* where the hierarchy is mounted; owned. NULL: it is not */
	char *path;  /* of our group below it: "" or "/a/b"; owned */
};

/*
 * Where the groups of @controller ("cpu", "memory", ...) are in cgroup version 1; with NULL, those
 * of version 2. A group that the mount does not show, as in many a container, is taken for the
 * mount's root, which is the nearest group that can be seen. 0 (also if there is none) or -ENOMEM.
 */
int cgroup_find(const char *root, const char *controller, struct cgroup_place *out, struct err *e);
void cgroup_place_free(struct cgroup_place *p);
#define _cleanup_cgroup_place_ __attribute__((cleanup(cgroup_place_free)))

/* How many groups below the mount's root. */
unsigned cgroup_depth(const struct cgroup_place *p);
/*
 * Calls @fn for our group and every one above it, with the path of its folder below @root; not if
 * nothing is mounted. 0 or -ENOMEM.
 */
int cgroup_walk(const struct cgroup_place *p, void (*fn)(void *arg, const char *folder), void *arg,
		struct err *e);

#endif
