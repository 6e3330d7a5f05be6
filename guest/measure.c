// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/measure.h"

#include "guest/host/clock.h"
#include "guest/host/port.h"
#include "guest/work/program.h"
#include "guest/host/report.h"
#include "guest/work/work.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>

/* What a marker says is part of the instruction, so every slot has its own. */
#define SLOT_CASE(n)                     \
	case n:                          \
		MARKER(MARKER_OPEN | n); \
		break

static inline __attribute__((always_inline)) void window_open(unsigned slot)
{
	switch (slot) {
		SLOT_CASE(0);
		SLOT_CASE(1);
		SLOT_CASE(2);
		SLOT_CASE(3);
		SLOT_CASE(4);
		SLOT_CASE(5);
		SLOT_CASE(6);
		SLOT_CASE(7);
		SLOT_CASE(8);
		SLOT_CASE(9);
		SLOT_CASE(10);
		SLOT_CASE(11);
		SLOT_CASE(12);
		SLOT_CASE(13);
		SLOT_CASE(14);
		SLOT_CASE(15);
		SLOT_CASE(16);
		SLOT_CASE(17);
		SLOT_CASE(18);
		SLOT_CASE(19);
		SLOT_CASE(20);
		SLOT_CASE(21);
		SLOT_CASE(22);
		SLOT_CASE(23);
		SLOT_CASE(24);
		SLOT_CASE(25);
		SLOT_CASE(26);
		SLOT_CASE(27);
		SLOT_CASE(28);
		SLOT_CASE(29);
		SLOT_CASE(30);
		SLOT_CASE(31);
		SLOT_CASE(32);
		SLOT_CASE(33);
		SLOT_CASE(34);
		SLOT_CASE(35);
		SLOT_CASE(36);
		SLOT_CASE(37);
		SLOT_CASE(38);
		SLOT_CASE(39);
		SLOT_CASE(40);
		SLOT_CASE(41);
		SLOT_CASE(42);
		SLOT_CASE(43);
		SLOT_CASE(44);
		SLOT_CASE(45);
		SLOT_CASE(46);
		SLOT_CASE(47);
		SLOT_CASE(48);
		SLOT_CASE(49);
		SLOT_CASE(50);
		SLOT_CASE(51);
		SLOT_CASE(52);
		SLOT_CASE(53);
		SLOT_CASE(54);
		SLOT_CASE(55);
	}
}
_Static_assert(MARKER_SLOTS == 56, "one case a slot");

static inline __attribute__((always_inline)) void window_close(void)
{
	MARKER(MARKER_CLOSE);
}

/*
 * Runs a segment inside its window and adds what the clock says to *tsc_ticks. Not inlined, so
 * that what stands between the two clock reads is the same code for an empty window as for a full
 * one: calibrate() relies on it.
 */
static __attribute__((noinline)) int run_window(const struct segment *s, unsigned slot,
						uint64_t *tsc_ticks)
{
	long result = 0;
	uint64_t before;
	int r;

	MARKER(MARKER_CLOCK);
	before = ticks_read();
	window_open(slot);
	r = segment_run(s, &result);
	window_close();
	*tsc_ticks += ticks_read() - before;
	return r;
}

static int run_phase(const struct work *w, unsigned phase, unsigned iterations)
{
	struct report_phase out = { .phase = phase, .iterations = iterations };
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	for (unsigned i = 0; i < iterations; i++) {
		for (unsigned s = 0; s < w->n_segments; s++) {
			unsigned slot = phase * MARKER_SEGMENTS + s;
			int r = segment_before(&w->segments[s]);

			if (r == 0)
				r = run_window(&w->segments[s], slot, &out.tsc_ticks);
			if (r == 0)
				r = segment_after(&w->segments[s]);
			if (r == 0)
				r = program_told(phase);
			if (r < 0)
				return work_failed(&w->segments[s], r);
			out.windows++;
		}
	}
	getrusage(RUSAGE_SELF, &after);
	out.minor_faults = (uint64_t)(after.ru_minflt - before.ru_minflt);
	out.major_faults = (uint64_t)(after.ru_majflt - before.ru_majflt);
	report_add(FRAME_PHASE, &out, sizeof(out));
	return 0;
}

/* A kernel thread that wakes up meanwhile waits for the next rest. */
static int come_first(void)
{
	const struct sched_param first = { .sched_priority = 1 };

	return sched_setscheduler(0, SCHED_FIFO, &first) < 0 ? -errno : 0;
}

static int run_phases(const struct plan_header *plan, const struct work *w)
{
	for (unsigned i = 0; i < 2 * MARKER_PAIRS && plan->rest_ns[i / 2]; i++) {
		unsigned twice = i % 2;
		int r;

		work_rest(plan->rest_ns[i / 2]);
		r = work_warm_up(w, plan->warmup_iterations);
		if (r == 0)
			r = run_phase(w, marker_phase(i / 2, twice),
				      twice ? 2 * plan->iterations : plan->iterations);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What a window costs on the clock beside what it holds. */
static void calibrate(void)
{
	static const struct segment empty = { .name = "empty" };
	struct report_phase out = { .phase = MARKER_PHASE_EMPTY, .windows = 1 };

	run_window(&empty, MARKER_PHASE_EMPTY * MARKER_SEGMENTS, &out.tsc_ticks);
	report_add(FRAME_PHASE, &out, sizeof(out));
}

int measure_counted(const struct plan_header *plan, unsigned online_cpus)
{
	static struct work w; /* too large for the stack; one plan per boot */
	int r = come_first();

	if (r == 0)
		r = work_prepare(plan, online_cpus, &w);
	if (r < 0)
		return r;
	port_deny();
	r = run_phases(plan, &w);
	if (r == 0)
		calibrate();
	MARKER(MARKER_DUMP);
	if (port_allow() < 0)
		return -EPERM;
	work_state(&w, FRAME_STATE_END);
	return r;
}
