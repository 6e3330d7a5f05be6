/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On what a timed experiment runs: KVM where a kernel comes up on it, else the emulator. */
#ifndef DRIVE_BEGIN_ACCEL_H
#define DRIVE_BEGIN_ACCEL_H

#include "drive/session/session.h"
#include "lab/run.h"

/*
 * A /dev/kvm that opens is no proof: @q's kernel is booted on it, and given ACCEL_PROBE_S to come
 * up. What stands in the way is said on stderr, and that timing is then emulated. 0, or -errno if
 * interrupted.
 */
#define ACCEL_PROBE_S 20
int accel_choose(struct session *s, const struct run_request *q, enum machine_accel *out,
		 struct err *e);

/*
 * Before the first of many timed runs that are like @q: can the machine hold such a guest, on which
 * CPUs, and on what? Also tells the lab how fast the host's clock is, where guests are emulated.
 */
int accel_prepare(struct session *s, const struct run_request *q, enum machine_accel *accel,
		  cpu_set_t *cpuset, struct err *e);

#endif
