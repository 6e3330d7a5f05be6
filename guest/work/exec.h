/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child that executes the guest's own file, which then ends at once. */
#ifndef GUEST_WORK_EXEC_H
#define GUEST_WORK_EXEC_H

#include "guest/work/ops.h"

#include <stdbool.h>

/* Whether this process is such a child, by what it was executed with. */
bool exec_is_meant(int argc, char **argv);
/* 0, or -errno. */
int exec_resolve(struct op *out);

#endif
