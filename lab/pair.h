/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both sides at once: each side is one thread and one QEMU. */
#ifndef LAB_PAIR_H
#define LAB_PAIR_H

#include "lab/exact.h"

struct pair_side {
	struct run_request request;
	struct run run;
	struct err err; /* code 0: measured */
};

/* One side, as its request says: traced, contended or counted. What came of it is in @side->err. */
void pair_measure_one(const struct lab *lab, struct pair_side *side);
/*
 * Measures old and new side by side; only one, if the other's request has no kernel. 0, or -errno
 * if not even a thread could be started.
 */
int pair_measure(const struct lab *lab, struct pair_side sides[2], struct err *e);
void pair_free(struct pair_side sides[2]);

#endif
