/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of host CPUs as taskset(1) and cpuset(7) write them: "0-1,4". */
#ifndef LAB_CPUSET_H
#define LAB_CPUSET_H

#include <sched.h>

/* Numbers below CPU_SETSIZE and ascending ranges; "" is no set. 0 or -EINVAL; pure. */
int cpuset_parse(const char *text, cpu_set_t *out);

#endif
