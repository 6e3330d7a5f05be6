/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUEST_WORK_TOUCH_H
#define GUEST_WORK_TOUCH_H

#include "guest/work/ops.h"

/* Touches, in order or at random. 0 or -errno. */
int touch_resolve(const struct plan_op *p, struct op *out);

#endif
