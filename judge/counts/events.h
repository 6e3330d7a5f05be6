/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two runs executed beside instructions: events, per item; and what of the instructions moved
 * or filled bytes, which kernels do by REP strings or by loops as version and CPU have it. Neither
 * decides: they stand beside the verdict (judge/counts/comparison.h).
 */
#ifndef JUDGE_COUNTS_EVENTS_H
#define JUDGE_COUNTS_EVENTS_H

#include "lab/run.h"
#include "scenario/scenario.h"

#include <stdbool.h>
#include <stddef.h>

/* In the order in which they are told. Each is a cost of slots (lab/counts/profile.h). */
enum event {
	EVENT_ATOMICS,
	EVENT_TLB_FLUSHES,
	EVENT_IPIS,
	EVENT_INTERRUPTS,
	EVENT_FAULTS,
	EVENT_SWITCHES,
	EVENT_LOCK_CALLS,
	EVENT_STRING_BYTES,
	EVENT_COUNT,
};

/* "atomics", "tlb_flushes" */
const char *event_name(enum event which);

/* Which cost of a slot it is. */
enum cost event_cost(enum event which);

struct event_delta {
	double old_value, new_value; /* per item */
	double spread;		     /* of two measurements, the larger of both sides' */
	bool differs;		     /* beyond three spreads */
	bool matters;		     /* and by the threshold or more of OLD */
};

/* Bytes that REP strings move are reckoned at one instruction for so many. */
#define STRING_STEP_BYTES 32

/* Of two values per item, @spread the larger of their spreads; @threshold: as a fraction of OLD. */
struct event_delta event_delta(double old_value, double new_value, double spread, double threshold);

enum string_shift { STRINGS_STAY, STRINGS_TO_LOOPS, STRINGS_TO_REP };

struct string_work {
	double old_insns, new_insns; /* in string functions (lab/counts/named.h), per item */
	double old_bytes,
		new_bytes; /* by REP strings, which the metric has as one instruction each */
	/* The metric without the former, and with the latter by steps; NAN: OLD has none. */
	double old_without, new_without, ratio_without;
	double old_by_steps, new_by_steps, ratio_by_steps;
	/* Of what was executed if bytes count by steps, the part that is outside the metric; 0
	 * to 1. */
	double old_outside, new_outside;
	/* What one side does by REP the other does by a loop, and it matters to the ratio. */
	enum string_shift shift;
};

struct events {
	bool known; /* of both runs; else all is 0 */
	struct event_delta at[EVENT_COUNT];
	struct string_work strings;
};

/* @threshold: as a fraction of OLD. */
void events_of(const struct scenario *s, const struct run *old_run, const struct run *new_run,
	       double threshold, struct events *out);

/*
 * What differs, as the end of a verdict's sentence: "; it sends fewer IPIs (2.00 -> 1.00) and takes
 * more locks (1.00 -> 3.00)", and where strings became loops that. "" if nothing does. Interrupts
 * follow from the instructions, and faults have words of their own: neither is named.
 */
void events_say(const struct events *x, const char *item, char *out, size_t size);

#endif
