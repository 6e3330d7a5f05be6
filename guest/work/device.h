/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block devices that live in the guest's own memory and complete in the call that submits, so that
 * nothing about them is a matter of the host's time: modules of the kernel, out of the parcel.
 */
#ifndef GUEST_WORK_DEVICE_H
#define GUEST_WORK_DEVICE_H

#include "guest/work/ops.h"

/*
 * Loads the modules that came, says where they are (FRAME_MODULES), makes the device that the plan
 * asks for and swaps to it. 0, also where it asks for none, or -errno after a report_error().
 */
int device_open(const struct plan_header *plan);
/* swapoff and swapon of that device. 0, or -errno. */
int device_swap_resolve(const struct plan_op *p, struct op *out);

#endif
