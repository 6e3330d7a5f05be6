/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's clock: read, and measured itself before anything is measured with it. */
#ifndef GUEST_CLOCK_H
#define GUEST_CLOCK_H

#include "proto/report.h"

#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Takes a few ticks of a coarse clock, or some hundred microseconds with a fine one. */
void clock_measure(struct report_clock *out);

#endif
