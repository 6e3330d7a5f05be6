/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations for which the kernel takes hold of the task's pages itself. */
#ifndef GUEST_WORK_GUP_H
#define GUEST_WORK_GUP_H

#include "guest/work/ops.h"

/* 0, or -errno. */
int gup_resolve(const struct plan_op *p, struct op *out);

#endif
