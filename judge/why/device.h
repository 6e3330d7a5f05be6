/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of an iteration is a device's own work: instructions in functions of its driver, which are
 * told by how their names begin. What a driver has the kernel do for it, as copying, is not in it.
 */
#ifndef JUDGE_WHY_DEVICE_H
#define JUDGE_WHY_DEVICE_H

#include "judge/counts/comparison.h"
#include "scenario/scenario.h"

struct device_share {
	const char *name;	     /* "brd" */
	const char *what;	     /* "the RAM disk (brd)" */
	bool in_call;		     /* it ends a request in the call that submits it */
	double old_insns, new_insns; /* per item */
};

#define DEVICES_MAX 3

/* Of the devices that the scenario asks for; returns how many. */
size_t device_shares(const struct scenario *s, const struct comparison *c,
		     struct device_share out[DEVICES_MAX]);

#endif
