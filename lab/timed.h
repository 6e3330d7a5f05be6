/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One timed run: one boot, one scenario, spans of the guest's clock. Under KVM it is time; under
 * TCG (ACCEL_TCG) it is emulated, and says nothing about hardware.
 */
#ifndef LAB_TIMED_H
#define LAB_TIMED_H

#include "lab/run.h"

/* A span has to be this many steps of the clock long to be believed. */
#define TIMED_STEPS_MIN 1000

/* Fills @out, which the caller frees with run_free() whether this fails or not. */
int timed_measure(const struct lab *lab, const struct run_request *q, struct run *out,
		  struct err *e);
/* Boots the kernel: does it come up at all, on this accelerator? @out gets the console only. */
int timed_smoke(const struct lab *lab, const struct run_request *q, struct run *out, struct err *e);

#endif
