/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far the guest's clock went while every vCPU was halted.
 *
 * Under -icount the clock is what was executed, plus a bias that QEMU moves on when all vCPUs are
 * halted, to the next timer, and else never: nothing that was executed can get into it. No API
 * tells of the bias, but two functions of QEMU's own, which it exports for its modules, differ by
 * it. Both stop QEMU if the thread that executes a guest's instruction asks, so another one does.
 */
#ifndef PLUGIN_HALTED_H
#define PLUGIN_HALTED_H

#include "proto/marker.h"

#include <stdbool.h>
#include <stdint.h>

struct halted {
	bool known; /* every time it was asked for */
	uint64_t ticks[MARKER_SLOTS];
};

/*
 * The clock's bias in ticks (nanoseconds). To be called while a vCPU executes, when no other one
 * can. False if this QEMU does not tell, or there is no thread to be had.
 */
bool halted_ticks(uint64_t *out);

#endif
