// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/host/clock.h"

#include <sys/timerfd.h>
#include <unistd.h>

/* Whole timer ticks at 250 and 1000 Hz: what settles there meets them at one phase. */
#define SETTLE_TICKS 4000000u
#define MISSED_TICKS 1300000u /* no whole number of them, to get out of a tick's way */
/* Where ticks are the host's time no instant can be met like that, and there is no need to. */
#define MISSES_MAX 32
#define LATE_TICKS_MAX 64
#define SPIN_TICKS_MIN (2 * SPIN_TURN_INSNS)
#define REARM_NS 20000	     /* more than the least that a PIT can be set to */
#define REARMED_TICKS 100000 /* over by then, with its interrupt */

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

void clock_settle(uint64_t earliest, uint64_t offset)
{
	uint64_t until = earliest + SETTLE_TICKS - 1;
	unsigned misses = 0;
	int64_t left;

	until += offset % SETTLE_TICKS - until % SETTLE_TICKS;
	if (until < earliest)
		until += SETTLE_TICKS;
	for (;;) {
		left = (int64_t)(until - ticks_read());
		if (left >= SPIN_TICKS_MIN) {
			spin_turns((uint64_t)left / SPIN_TICKS_MIN);
		} else if (left < 0) { /* an interrupt stood in the way */
			if (++misses > MISSES_MAX)
				return;
			until += MISSED_TICKS;
		} else if (left < SLED_INSNS) {
			nops((uint64_t)left);
			if (ticks_read() - until < LATE_TICKS_MAX)
				return;
		}
	}
}

void clock_rearm(void)
{
	const struct itimerspec soon = { .it_value.tv_nsec = REARM_NS };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t from = ticks_read();

	if (fd < 0)
		return;
	timerfd_settime(fd, 0, &soon, NULL);
	while (ticks_read() - from < REARMED_TICKS)
		spin_turns(1);
	close(fd);
}
