/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BPF maps, for what the kernel allocates for them. */
#ifndef GUEST_WORK_BPF_H
#define GUEST_WORK_BPF_H

#include "guest/work/ops.h"

/* 0, or -errno. */
int bpf_resolve(const struct plan_op *p, struct op *out);

#endif
