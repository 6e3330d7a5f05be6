// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing/axis.h"

#include <math.h>
#include <stdio.h>

/* The smallest of 1, 2, 5, 10 times a power of ten that is not below @least. */
static double round_step(double least, int *exponent)
{
	static const double steps[] = { 1, 2, 5 };
	int e = (int)floor(log10(least));

	for (;; e++) {
		for (int i = 0; i < 3; i++) {
			double step = steps[i] * pow(10, e);

			if (step >= least * (1 - 1e-9)) {
				*exponent = e;
				return step;
			}
		}
	}
}

struct axis axis_make(double low, double high, unsigned ticks)
{
	struct axis a = { 0 };
	int exponent;

	low = isfinite(low) ? fmin(low, 0) : 0;
	high = isfinite(high) ? fmax(high, 0) : 0;
	/* Nothing to show is a whole axis too; and what has no digits is nothing. */
	if (!(high - low > 1e-300) || !isfinite(high - low)) {
		low = 0;
		high = 1;
	}
	a.step = round_step((high - low) / (ticks < 2 ? 2 : ticks), &exponent);
	a.low = floor(low / a.step + 1e-9) * a.step;
	a.high = ceil(high / a.step - 1e-9) * a.step;
	a.decimals = exponent < 0 ? -exponent : 0;
	return a;
}

size_t axis_ticks(const struct axis *a)
{
	size_t n = (size_t)llround((a->high - a->low) / a->step) + 1;

	return n < AXIS_TICKS_MAX ? n : AXIS_TICKS_MAX;
}

double axis_tick(const struct axis *a, size_t i)
{
	/* Counted from 0, so that this one is exact. */
	return ((double)i + (double)llround(a->low / a->step)) * a->step;
}

struct axis_text axis_label(const struct axis *a, size_t i)
{
	double value = axis_tick(a, i);
	struct axis_text out;

	if (fabs(a->high) >= 1e9 || fabs(a->low) >= 1e9 || a->decimals > 6)
		snprintf(out.text, sizeof(out.text), "%g", value);
	else
		snprintf(out.text, sizeof(out.text), "%.*f", a->decimals, value);
	return out;
}

double axis_place(const struct axis *a, double value, double from, double to)
{
	return from + (value - a->low) / (a->high - a->low) * (to - from);
}
