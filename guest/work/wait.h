/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting in a window: sleeping, waiting for numbers of the kernel's, and what runs meanwhile. */
#ifndef GUEST_WAIT_H
#define GUEST_WAIT_H

#include "guest/work/ops.h"

/* sleep and until. 0 or -errno, for until after a report_error(). */
int wait_resolve(const struct plan_op *p, struct op *out);

/*
 * A process that does nothing but run whenever nobody else does (SCHED_IDLE), so that the CPU is
 * not halted while a window sleeps: from when it is wanted until it is no longer. In between it
 * sleeps, and costs nothing. To be started before anything is mapped. 0 or -errno.
 */
int spinner_start(void);
void spinner_want(int yes);

#endif
