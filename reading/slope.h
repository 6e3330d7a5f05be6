/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one iteration costs, out of a run's phases: 2N iterations less N, twice, over N and the
 * items. What happens once is in both and cancels. This is the only place that makes slopes.
 */
#ifndef READING_SLOPE_H
#define READING_SLOPE_H

#include "proto/marker.h"
#include "scenario/scenario.h"

#include <stdint.h>

#define SLOPE_PAIRS 2

/* Of segments [first, last), summed. */
struct slope {
	unsigned first, last;
	double divisor; /* N * items */
};

/* All segments of a scenario, per item (scenario_items()). */
struct slope slope_whole(const struct scenario *s);
/* One of its segments. */
struct slope slope_segment(const struct slope *whole, unsigned segment);
/* How many pairs of phases there are. */
unsigned slope_pairs(const struct slope *s);
/* One of the two pairs of phases, undivided: 2N iterations less N. @pair is 0 or 1. */
int64_t slope_sum(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS]);
/* The same per iteration and item. */
double slope_of(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS]);
/* What a count in @slot weighs in the mean of both: 1 / (2 * divisor) times this 1, 0 or -1. */
int slope_sign(unsigned slot);
/* The mean of both. */
double slope_mean(const struct slope *s, const uint64_t values[MARKER_SLOTS]);
/*
 * How far the two pairs are from each other, and 0 only if they agree. Where they do not, their
 * distance alone would flatter, as both may drift alike; so it is at least how far the cost of N
 * iterations is from N times the slope, which is nothing where the work is steady.
 */
double slope_spread(const struct slope *s, const uint64_t values[MARKER_SLOTS]);

#endif
