/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A foreign program: started, waited for, and listened to. */
#ifndef GUEST_WORK_PROGRAM_H
#define GUEST_WORK_PROGRAM_H

#include "guest/work/ops.h"

/*
 * Takes the words that stand in the plan, which has to stay, and unpacks its files. 0, or -errno
 * after a report_error().
 */
int program_open(const struct plan_header *plan);
/*
 * Outside of any window: before it is executed again, what it has left running ends, and what it
 * has left in /tmp goes. 1 if there was any, so that the kernel has something to free; 0 or -errno.
 */
int program_before(void);
/* For PLAN_OP_PROGRAM. */
int program_resolve(const struct plan_op *p, struct op *out);
/*
 * Adds a FRAME_OUTPUT with what has been printed since the last call, if there is a program;
 * outside of any window. 0, or -errno after a report_error().
 */
int program_told(unsigned phase);
/* Ends what the program has left running, and forgets what has been printed. */
void program_forget(void);

#endif
