/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What userfaultfd does to ranges when it is asked to; no fault is ever waited for. */
#ifndef GUEST_WORK_UFFD_H
#define GUEST_WORK_UFFD_H

#include "guest/work/ops.h"

/* 0, or -errno. */
int uffd_resolve(const struct plan_op *p, struct op *out);

#endif
