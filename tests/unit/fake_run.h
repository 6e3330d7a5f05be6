/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up exact runs, for the tests of what is concluded from them. */
#ifndef TESTS_UNIT_FAKE_RUN_H
#define TESTS_UNIT_FAKE_RUN_H

#include "lab/exact.h"
#include "scenario/read.h"

/* A scenario of 4 pages with the segments "one" and "two", 5 iterations, state of 4 pages. */
#define FAKE_PAGES 4
#define FAKE_ITERATIONS 5
#define FAKE_SEGMENTS 2
void fake_scenario(struct scenario_list *out);
/* How many iterations a phase has: N, 2N; none if it is the empty one. */
unsigned fake_iterations(unsigned phase);

/*
 * A function that executes @setup instructions once a phase and @cost an iteration and page, in
 * @segment. To be added in order of name; may be added for several segments.
 */
void fake_function(struct run *r, const char *name, unsigned segment, uint64_t setup,
		   uint64_t cost);
/* Calls of a function an iteration and page. */
void fake_calls(struct run *r, const char *name, unsigned segment, uint64_t calls);

/* @cost an iteration and page, into a member of the slots of every segment's phases. */
#define fake_slots(run, segment, member, cost)                                               \
	do {                                                                                 \
		for (unsigned phase_ = 0; phase_ < MARKER_PHASES; phase_++)                  \
			(run)->profile.slots[phase_ * MARKER_SEGMENTS + (segment)].member += \
				FAKE_PAGES * fake_iterations(phase_) * (uint64_t)(cost);     \
	} while (0)

/* Phases whose clock agrees with the counts, and the expected page state. To be called last. */
void fake_finish(struct run *r);

#endif
