/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations on pages through descriptors: pagemap, a pidfd of the task itself. */
#ifndef GUEST_WORK_PAGES_H
#define GUEST_WORK_PAGES_H

#include "guest/work/ops.h"

/* pagemap-scan, process-madvise. 0 or -errno; -ENOSYS for what is none of them. */
int pages_resolve(const struct plan_op *p, const struct plan_map *map, struct op *out);
/* Gives a mincore its vector. */
int mincore_resolve(struct op *out);

#endif
