/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Was the guest's clock too coarse? If a clock moves in ticks of q, and a metric sums the spans of
 * R iterations and divides by R and the pages of each, every value is k q / (R pages) for a whole
 * k, rounded down to what was printed. The values of one kernel, over all metrics that are divided
 * alike, then lie on a grid of that step.
 */
#ifndef JUDGE_TIMES_QUANTISED_H
#define JUDGE_TIMES_QUANTISED_H

#include <stdbool.h>
#include <stddef.h>

struct quantised {
	bool found;
	double step;	/* in the metric's unit */
	size_t values;	/* distinct ones, all on the grid */
	double chance;	/* that as many arbitrary values would fit some grid this coarse */
	double tick_ns; /* a usual tick that the step is a whole part of; 0: none */
	unsigned spans; /* R that goes with it, the least that fits; 1 if there is no tick */
};

/*
 * @values: what one kernel's runs say, over all metrics with one divisor; sorted in place. 0 or
 * -ENOMEM.
 */
int quantised_find(double *values, size_t n, struct quantised *out);

/*
 * The share of a variance that such a clock explains, 0 to 1. A span of f ticks beyond whole ones
 * reads one more with probability f: variance f (1 - f) ticks squared, R of them averaged.
 */
double quantised_share(const struct quantised *q, double mean, double variance);

#endif
