/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one iteration costs, out of a run's phases: 2N iterations less N, twice, over N and the
 * items. What happens once is in both and cancels.
 */
#ifndef JUDGE_SLOPE_H
#define JUDGE_SLOPE_H

#include "proto/marker.h"
#include "scenario/scenario.h"

#include <stdint.h>

/* Of segments [first, last), summed. */
struct slope {
	unsigned first, last;
	double divisor; /* N * items */
};

/* All segments of a scenario, per item (scenario_items()). */
struct slope slope_whole(const struct scenario *s);
/* One of the two pairs of phases: @pair is 0 or 1. */
double slope_of(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS]);
/* What a count in @slot weighs in the mean of both: 1 / (2 * divisor) times this 1, 0 or -1. */
int slope_sign(unsigned slot);
/* The mean of both. */
double slope_mean(const struct slope *s, const uint64_t values[MARKER_SLOTS]);

#endif
