// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/tsc.h"

#include "base/clock.h"

#include <stdint.h>
#include <time.h>

#define MEASURE_NS 50000000u

#if defined(__x86_64__)
static uint64_t ticks(void)
{
	return __builtin_ia32_rdtsc();
}
#else
static uint64_t ticks(void)
{
	return 0;
}
#endif

/* Both counters at one moment: of a few tries the one that took the shortest. */
static void read_both(uint64_t *tsc, uint64_t *ns)
{
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < 8; i++) {
		uint64_t before = ticks(), now = clock_ns(), after = ticks();

		if (after - before >= best)
			continue;
		best = after - before;
		*tsc = before + best / 2;
		*ns = now;
	}
}

unsigned tsc_measure_khz(void)
{
	const struct timespec wait = { .tv_nsec = MEASURE_NS };
	uint64_t tsc[2] = { 0 }, ns[2] = { 0 };

	read_both(&tsc[0], &ns[0]);
	nanosleep(&wait, NULL);
	read_both(&tsc[1], &ns[1]);
	if (ns[1] <= ns[0])
		return 0;
	return (unsigned)((double)(tsc[1] - tsc[0]) * 1e6 / (double)(ns[1] - ns[0]) + 0.5);
}
