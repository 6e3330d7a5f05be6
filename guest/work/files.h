/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations on the files of maps. */
#ifndef GUEST_FILES_H
#define GUEST_FILES_H

#include "guest/work/ops.h"

/* 0 or -errno. */
int files_resolve(const struct plan_op *p, struct op *out);

#endif
