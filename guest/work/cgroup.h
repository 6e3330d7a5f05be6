/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control groups of version 2: the one that the task is in, and operations on them. */
#ifndef GUEST_CGROUP_H
#define GUEST_CGROUP_H

#include "guest/work/ops.h"

/*
 * Moves the task where the plan wants it, or does nothing. To be called before anything is mapped.
 * Where the group has a limit, a process watches whether the kernel finds no more to free in it,
 * as nothing would ever end then: the first task is never killed. 0, or -errno after a
 * report_error().
 */
int cgroup_open(const struct plan_header *plan);
/* Of the operations cgroup-*. 0 or -errno. */
int cgroup_resolve(const struct plan_op *p, struct op *out);

#endif
