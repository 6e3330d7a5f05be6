/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much there is of the heap. */
#ifndef GUEST_WORK_ROOM_H
#define GUEST_WORK_ROOM_H

#include "guest/work/ops.h"

/* 0, or -errno. */
int room_resolve(const struct plan_op *p, struct op *out);

#endif
