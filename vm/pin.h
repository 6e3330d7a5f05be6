/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which host CPU each vCPU runs on. */
#ifndef VM_PIN_H
#define VM_PIN_H

#include "base/err.h"

#include <jansson.h>
#include <sched.h>

/*
 * Pins the thread of vCPU k to the k-th CPU of @set and reads the affinity back; vCPUs that share a
 * thread go where the first of them goes. @vcpus: what QMP's query-cpus-fast returned. *out: a new
 * array [{"vcpu": 0, "thread": 123, "cpus": [0]}] of what was read back. -ENOTSUP if there are more
 * threads than CPUs, -EIO if the kernel granted something else.
 */
int pin_vcpus(const json_t *vcpus, const cpu_set_t *set, json_t **out, struct err *e);

#endif
