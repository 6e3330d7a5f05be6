/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's clocks: read, waited for, and measured before anything is measured with them. */
#ifndef GUEST_HOST_CLOCK_H
#define GUEST_HOST_CLOCK_H

#include "guest/arch/arch.h"
#include "proto/report.h"

#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/*
 * Spins to the first instant at or after @earliest that is @offset past a multiple of 4 million
 * ticks of the clock (guest/arch/arch.h): one that does not depend on how late the caller is, and
 * at which a timer of 250 or 1000 Hz stands at the same phase always. Under -icount shift=0 a tick
 * is a nanosecond and an instruction, and the instant is met to the instruction. In a timed run it
 * is not met: after a few attempts one of them has to do.
 */
void clock_settle(uint64_t earliest, uint64_t offset);

/*
 * Has the kernel set its timer anew, now: a timer is set relative to the instant, in steps of
 * almost a microsecond, and every setting is the child of the one before. Without CONFIG_TIMERFD
 * nothing happens.
 */
void clock_rearm(void);

/* Takes a few ticks of a coarse clock, or some hundred microseconds with a fine one. */
void clock_measure(struct report_clock *out);

#endif
