/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NUMA: policies and migrations. */
#ifndef GUEST_WORK_NODES_H
#define GUEST_WORK_NODES_H

#include "guest/work/ops.h"

/* migrate-pages and move-pages: they come to the pages that were not moved. 0 or -errno. */
int nodes_resolve(const struct plan_op *p, struct op *out);
/* Fills in what mbind has beside its range. */
int mbind_resolve(const struct plan_op *p, struct op *out);
/* How many nodes are online; 1 where the kernel knows of none. */
unsigned nodes_online(void);

#endif
