// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/quantised.h"

#include "base/cleanup.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DISTINCT_MIN 4	   /* values that have to fit */
#define CHANCE_MAX 0.001   /* of a fit by accident */
#define STEPS_IN_RANGE 400 /* a finer grid explains nothing */
#define PAGES_MIN 1024	   /* what a tick is divided by, beside the iterations */
#define TICK_TOLERANCE 0.0002
#define STEP_UNITS_MIN 3 /* of what was printed: below, every value fits */
#define INTERVALS_MAX 4096

/* Steps in [low, high) are still possible. */
struct interval {
	double low, high;
};

struct intervals {
	struct interval at[INTERVALS_MAX];
	size_t count;
	bool full;
};

/* The unit of the last digit that was printed, down to a millionth. */
static double last_digit(const double *values, size_t n)
{
	double unit = 1;

	for (size_t i = 0; i < n && unit > 1e-6; i++) {
		while (unit > 1e-6 && fabs(values[i] / unit - round(values[i] / unit)) > 1e-4)
			unit /= 10;
	}
	return unit;
}

/* Whole numbers were rounded down; decimals were rounded to the nearest. */
static struct interval true_value(double printed, double unit)
{
	if (unit >= 1)
		return (struct interval){ printed, printed + unit };
	return (struct interval){ printed - unit / 2, printed + unit / 2 };
}

/* Of the steps in @in, those of which a whole multiple lies in @value. */
static void refine(const struct intervals *in, struct interval value, struct intervals *out)
{
	out->count = 0;
	out->full = in->full;
	for (size_t i = 0; i < in->count; i++) {
		double first = ceil(value.low / in->at[i].high);
		double last = floor(value.high / in->at[i].low);

		for (long k = first < 1 ? 1 : (long)first; k <= (long)last; k++) {
			struct interval s = { fmax(value.low / (double)k, in->at[i].low),
					      fmin(value.high / (double)k, in->at[i].high) };

			if (s.low >= s.high)
				continue;
			if (out->count == INTERVALS_MAX) {
				out->full = true;
				return;
			}
			out->at[out->count++] = s;
		}
	}
}

static size_t distinct(double *values, size_t n)
{
	size_t kept = 0;

	stats_sort(values, n);
	for (size_t i = 0; i < n; i++) {
		if (!kept || values[i] != values[kept - 1])
			values[kept++] = values[i];
	}
	return kept;
}

/* The coarsest range of steps that all values are multiples of; false if there is none. */
static bool coarsest(const double *values, size_t n, double unit, double finest, double *looked,
		     struct interval *out, struct intervals *a, struct intervals *b)
{
	bool any = false;

	a->count = 1;
	a->full = false;
	b->count = 0;
	b->full = false;
	a->at[0] = (struct interval){ finest, values[n - 1] + unit };
	*looked = 1;
	for (size_t i = 0; i < n && a->count; i++) {
		struct intervals *swap = a;

		refine(a, true_value(values[i], unit), b);
		if (b->full)
			return false;
		*looked = fmax(*looked, (double)b->count);
		a = b;
		b = swap;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (!any || a->at[i].high > out->high)
			*out = a->at[i];
		any = true;
	}
	return any;
}

/* Is there a tick q of a usual HZ with q / step = R * pages, pages a power of two? */
static void find_tick(struct interval step, struct quantised *out)
{
	static const double hz[] = { 100, 250, 300, 1000 };

	out->spans = 1;
	for (size_t i = 0; i < ARRAY_SIZE(hz); i++) {
		double tick = 1e9 / hz[i];
		double low = tick / step.high * (1 - TICK_TOLERANCE);
		double high = tick / step.low * (1 + TICK_TOLERANCE);

		for (unsigned pages = 1u << 20; pages >= PAGES_MIN; pages /= 2) {
			double spans = ceil(low / pages);

			if (spans * pages > high || spans > 1000)
				continue;
			if (out->tick_ns > 0 && spans >= out->spans)
				break;
			out->tick_ns = tick;
			out->spans = (unsigned)spans;
			break;
		}
	}
}

int quantised_find(double *values, size_t n, struct quantised *out)
{
	_cleanup_free_ struct intervals *work = NULL;
	struct interval step = { 0 };
	double unit, finest, looked;

	*out = (struct quantised){ .spans = 1 };
	unit = last_digit(values, n);
	n = distinct(values, n);
	if (n < DISTINCT_MIN || values[0] <= 0)
		return 0;
	/* 256 KiB, of which little is used: not to be cleared. */
	work = malloc(2 * sizeof(*work));
	if (!work)
		return -ENOMEM;
	finest = fmax(STEP_UNITS_MIN * unit, (values[n - 1] - values[0]) / STEPS_IN_RANGE);
	if (!coarsest(values, n, unit, finest, &looked, &step, &work[0], &work[1]))
		return 0;
	out->step = (step.low + step.high) / 2;
	out->values = n;
	/* A value is on a grid of this step by accident once in step / unit times. */
	out->chance = fmin(1, looked * pow(unit / out->step, (double)n - 1));
	out->found = out->chance <= CHANCE_MAX;
	if (out->found)
		find_tick(step, out);
	return 0;
}

double quantised_share(const struct quantised *q, double mean, double variance)
{
	double tick = q->step * q->spans, f = mean / tick - floor(mean / tick);
	/* Without a known tick nothing is known of f either: the mean of f (1 - f) is 1/6. */
	double one = q->tick_ns > 0 ? f * (1 - f) : 1.0 / 6;

	if (!q->found)
		return 0;
	return variance > 0 ? fmin(1, q->step * q->step * q->spans * one / variance) : 1;
}
