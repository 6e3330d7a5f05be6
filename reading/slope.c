// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading/slope.h"

#include <math.h>

struct slope slope_whole(const struct scenario *s, const struct run *run)
{
	return (struct slope){ .first = 0,
			       .last = (unsigned)s->n_segments,
			       .pairs = run_pairs(run),
			       .divisor = (double)run_iterations(run) * (double)scenario_items(s) };
}

struct slope slope_segment(const struct slope *whole, unsigned segment)
{
	struct slope one = *whole;

	one.first = segment;
	one.last = segment + 1;
	return one;
}

static uint64_t phase_sum(const struct slope *s, unsigned phase,
			  const uint64_t values[MARKER_SLOTS])
{
	uint64_t sum = 0;

	for (unsigned segment = s->first; segment < s->last; segment++)
		sum += values[phase * MARKER_SEGMENTS + segment];
	return sum;
}

int64_t slope_sum(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS])
{
	return (int64_t)(phase_sum(s, marker_phase(pair, 1), values) -
			 phase_sum(s, marker_phase(pair, 0), values));
}

int64_t slope_total(const struct slope *s, const uint64_t values[MARKER_SLOTS])
{
	int64_t total = 0;

	for (unsigned pair = 0; pair < s->pairs; pair++)
		total += slope_sum(s, pair, values);
	return total;
}

static int64_t range(const struct slope *s, const uint64_t values[MARKER_SLOTS])
{
	int64_t low = slope_sum(s, 0, values), high = low;

	for (unsigned pair = 1; pair < s->pairs; pair++) {
		int64_t sum = slope_sum(s, pair, values);

		low = sum < low ? sum : low;
		high = sum > high ? sum : high;
	}
	return high - low;
}

int64_t slope_apart(const struct slope *s, const uint64_t values[MARKER_SLOTS])
{
	int64_t most = 0;

	for (unsigned segment = s->first; segment < s->last; segment++) {
		const struct slope one = slope_segment(s, segment);
		int64_t apart = range(&one, values);

		most = apart > most ? apart : most;
	}
	return most;
}

double slope_of(const struct slope *s, unsigned pair, const uint64_t values[MARKER_SLOTS])
{
	return (double)slope_sum(s, pair, values) / s->divisor;
}

int slope_sign(unsigned slot)
{
	unsigned phase = slot / MARKER_SEGMENTS;

	return phase == MARKER_PHASE_EMPTY ? 0 : marker_twice(phase) ? 1 : -1;
}

double slope_divisor(const struct slope *s)
{
	return s->pairs * s->divisor;
}

double slope_mean(const struct slope *s, const uint64_t values[MARKER_SLOTS])
{
	return (double)slope_total(s, values) / slope_divisor(s);
}

/* How far the first N iterations of a pair are from N times its slope. */
static double unsteadiness(const struct slope *s, unsigned pair,
			   const uint64_t values[MARKER_SLOTS])
{
	uint64_t sum = phase_sum(s, marker_phase(pair, 0), values);

	return fabs((double)sum / s->divisor - slope_of(s, pair, values));
}

double slope_spread(const struct slope *s, const uint64_t values[MARKER_SLOTS])
{
	double low = slope_of(s, 0, values), high = low, spread = 0;

	for (unsigned pair = 0; pair < s->pairs; pair++) {
		low = fmin(low, slope_of(s, pair, values));
		high = fmax(high, slope_of(s, pair, values));
		spread = fmax(spread, unsteadiness(s, pair, values));
	}
	return high == low ? 0 : fmax(high - low, spread);
}
