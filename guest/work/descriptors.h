/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations on descriptors: files below /proc, the null device, pipes. */
#ifndef GUEST_WORK_DESCRIPTORS_H
#define GUEST_WORK_DESCRIPTORS_H

#include "guest/work/ops.h"

/* 0, or -errno. */
int descriptors_resolve(const struct plan_op *p, struct op *out);
/* The option without which a kernel lacks the file of such an operation, or NULL. */
const char *descriptors_option(const struct plan_op *p);
/* A descriptor of the null device, or -errno. */
long descriptors_null(int flags);

#endif
