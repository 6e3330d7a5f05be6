/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations that change how much there is of something: of the heap, of a map's file. */
#ifndef GUEST_WORK_ROOM_H
#define GUEST_WORK_ROOM_H

#include "guest/work/ops.h"

/* 0, or -errno. */
int room_resolve(const struct plan_op *p, struct op *out);

#endif
