// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading/slope.h"

#include <math.h>

struct slope slope_whole(const struct scenario *s)
{
	return (struct slope){ .first = 0,
			       .last = (unsigned)s->n_segments,
			       .divisor = (double)s->iterations * (double)scenario_items(s) };
}

struct slope slope_segment(const struct slope *whole, unsigned segment)
{
	struct slope one = *whole;

	one.first = segment;
	one.last = segment + 1;
	return one;
}

unsigned slope_pairs(const struct slope *s)
{
	(void)s;
	return SLOPE_PAIRS;
}

int64_t slope_sum(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS])
{
	int64_t sum = 0;

	for (unsigned segment = s->first; segment < s->last; segment++)
		sum += (int64_t)(values[(2 * pair + 1) * MARKER_SEGMENTS + segment] -
				 values[2 * pair * MARKER_SEGMENTS + segment]);
	return sum;
}

double slope_of(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS])
{
	return (double)slope_sum(s, pair, values) / s->divisor;
}

int slope_sign(unsigned slot)
{
	unsigned phase = slot / MARKER_SEGMENTS;

	return phase >= MARKER_PHASE_EMPTY ? 0 : phase % 2 ? 1 : -1;
}

double slope_mean(const struct slope *s, const uint64_t values[MARKER_SLOTS])
{
	return (slope_of(s, 0, values) + slope_of(s, 1, values)) / SLOPE_PAIRS;
}

/* How far the first N iterations of a pair are from N times its slope. */
static double unsteadiness(const struct slope *s, unsigned pair,
			   const uint64_t values[MARKER_SLOTS])
{
	uint64_t sum = 0;

	for (unsigned segment = s->first; segment < s->last; segment++)
		sum += values[2 * pair * MARKER_SEGMENTS + segment];
	return fabs((double)sum / s->divisor - slope_of(s, pair, values));
}

double slope_spread(const struct slope *s, const uint64_t values[MARKER_SLOTS])
{
	double distance = fabs(slope_of(s, 0, values) - slope_of(s, 1, values));

	if (distance == 0)
		return 0;
	return fmax(distance, fmax(unsteadiness(s, 0, values), unsteadiness(s, 1, values)));
}
