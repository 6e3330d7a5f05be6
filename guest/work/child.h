/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child of the measured task, one at a time. It stays on the same CPU and at the same priority,
 * so it runs only while its parent waits: what it does is never mixed with what the parent does.
 */
#ifndef GUEST_WORK_CHILD_H
#define GUEST_WORK_CHILD_H

#include "guest/work/ops.h"

/* Runs the operations [op, end), as ops_run() does. */
typedef int (*child_body_fn)(const struct op *op, const struct op *end, long *result);
/* fork, kill, mrelease, wait; @body is what a child does its operations with. 0 or -errno. */
int child_resolve(const struct plan_op *p, child_body_fn body, struct op *out);
/* In the child: ends it, and has the fork fail with this errno. */
void child_give_up(int code) __attribute__((noreturn));

#endif
