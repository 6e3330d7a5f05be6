/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one iteration costs, out of a run's pairs of phases: 2N iterations less N, over N and the
 * items. What happens once is in both and cancels. This is the only place that makes slopes.
 *
 * How many pairs there are, and N, are the run's own: older runs have two pairs, and N may have
 * been raised over what the scenario says.
 */
#ifndef READING_SLOPE_H
#define READING_SLOPE_H

#include "lab/run.h"
#include "proto/marker.h"
#include "scenario/scenario.h"

#include <stdint.h>

/* Of segments [first, last), summed. */
struct slope {
	unsigned first, last;
	unsigned pairs; /* 1 or more */
	double divisor; /* N * items */
};

/* All segments of a run of a scenario, per item (scenario_items()). */
struct slope slope_whole(const struct scenario *s, const struct run *run);
/* One of its segments. */
struct slope slope_segment(const struct slope *whole, unsigned segment);
/* One of the pairs of phases, undivided: 2N iterations less N. */
int64_t slope_sum(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS]);
/* The same of all pairs together: over slope_divisor() it is the mean. */
int64_t slope_total(const struct slope *s, const uint64_t values[MARKER_SLOTS]);
/*
 * How far the pairs are apart, at most, in any of the segments, each by itself: what one has more
 * and another less does not cancel out. Undivided; 0: they agree.
 */
int64_t slope_apart(const struct slope *s, const uint64_t values[MARKER_SLOTS]);
/* Per iteration and item. */
double slope_of(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS]);
/* What a count in @slot weighs in slope_total(): 1, 0 or -1. */
int slope_sign(unsigned slot);
/* Pairs, times N, times items. */
double slope_divisor(const struct slope *s);
/* The mean of all pairs; where they agree it is the value of each, to the last bit. */
double slope_mean(const struct slope *s, const uint64_t values[MARKER_SLOTS]);
/*
 * The range over the pairs, and 0 only if they agree. Where they do not, the range alone would
 * flatter, as all may drift alike; so it is at least how far the cost of N iterations is from N
 * times the slope, which is nothing where the work is steady.
 */
double slope_spread(const struct slope *s, const uint64_t values[MARKER_SLOTS]);

#endif
