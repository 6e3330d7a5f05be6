// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/clock.h"

#define READINGS 4096
#define STEPS_MIN 16
/* A clock that does not move at all must not hold the guest for ever. */
#define READINGS_MAX 100000000u

void clock_measure(struct report_clock *out)
{
	uint64_t first = clock_now_ns(), last = first, readings = 0;

	*out = (struct report_clock){ .step_ns = UINT64_MAX };
	/* Whole steps: from one advance to another, so the time before the first does not count. */
	while ((readings < READINGS || out->steps < STEPS_MIN) && readings < READINGS_MAX) {
		uint64_t now = clock_now_ns();

		readings++;
		if (now == last)
			continue;
		if (out->steps && now - last < out->step_ns)
			out->step_ns = now - last;
		last = now;
		out->steps++;
	}
	out->read_ns = (last - first) / readings;
}
