// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/modes.h"

#include "base/cleanup.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING 1e-9 /* of logarithms */
#define WINDOW 11     /* blocks of the running median */
#define LIMIT_MIN 4   /* however many values there are: evenly spread ones come to 3.5 */

/* Runs that something interrupts: their share, and how many deviations more are no accident. */
#define ACCIDENTS 0.1
#define ACCIDENTS_SIGMA 5
/* How far out a run of the other side is out there, of the distance of the heaps. */
#define OUT_THERE 0.7

/* A window of a series, sorted. */
struct window {
	double values[WINDOW];
	size_t first;
};

static void slide(struct window *w, double out, double in)
{
	size_t i = 0;

	while (w->values[i] != out)
		i++;
	for (; i + 1 < WINDOW && w->values[i + 1] < in; i++)
		w->values[i] = w->values[i + 1];
	for (; i && w->values[i - 1] > in; i--)
		w->values[i] = w->values[i - 1];
	w->values[i] = in;
}

/* Less the running median of @other: of the WINDOW values around each, or the first or last so
 * many.
 */
static void subtract_level(const double *own, const double *other, size_t n, double *out)
{
	struct window w = { .first = 0 };

	memcpy(w.values, other, sizeof(w.values));
	stats_sort(w.values, WINDOW);
	for (size_t i = 0; i < n; i++) {
		while (w.first + WINDOW < n && w.first + WINDOW / 2 < i) {
			slide(&w, other[w.first], other[w.first + WINDOW]);
			w.first++;
		}
		out[i] = own[i] - w.values[WINDOW / 2];
	}
}

/* The smallest distance of two different values, but for rounding; 0 if there are none. */
static double grid_step(double *values, size_t n)
{
	double step = INFINITY;

	stats_sort(values, n);
	for (size_t i = 1; i < n; i++) {
		if (values[i] - values[i - 1] > ROUNDING)
			step = fmin(step, values[i] - values[i - 1]);
	}
	return isfinite(step) ? step : 0;
}

struct part {
	double n, mean, squares; /* squares: of the distances to the mean */
};

static struct part part_of(double n, double sum, double sum_of_squares)
{
	double mean = sum / n;

	return (struct part){ n, mean, fmax(0, sum_of_squares - n * mean * mean) };
}

static double separation(struct part low, struct part high, double step)
{
	double pooled = (low.squares + high.squares) / (low.n + high.n - 2);
	double greater = fmax(low.squares / (low.n - 1), high.squares / (high.n - 1));
	double spread = sqrt((pooled + greater) / 2 + step * step / 4);

	return spread > 0 ? (high.mean - low.mean) / spread : 0;
}

/* How far the runs of a side are off its own level. */
struct extremes {
	double low, high;
};

static struct extremes find_extremes(const double *residuals, size_t n)
{
	struct extremes e = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		e.low = fmin(e.low, residuals[i]);
		e.high = fmax(e.high, residuals[i]);
	}
	return e;
}

/* May the smaller heap be runs that were interrupted, as the other side has some too? */
static bool accidental(struct part low, struct part high, struct extremes other)
{
	double n = low.n + high.n, far = OUT_THERE * (high.mean - low.mean);
	double usual = ACCIDENTS * n + ACCIDENTS_SIGMA * sqrt(n * ACCIDENTS * (1 - ACCIDENTS));

	if (fmin(low.n, high.n) > usual)
		return false;
	return high.n < low.n ? other.high > far : -other.low > far;
}

/* Of sorted values around 0. */
static double best_split(const double *x, size_t n, double step, struct extremes other,
			 double *share)
{
	size_t least = n / 5 > MODES_PART_MIN ? n / 5 : MODES_PART_MIN;
	double all = 0, all_squares = 0, sum = 0, squares = 0, best = 0;

	for (size_t i = 0; i < n; i++) {
		all += x[i];
		all_squares += x[i] * x[i];
	}
	for (size_t i = 0; i + least < n; i++) {
		struct part low, high;
		double found;

		sum += x[i];
		squares += x[i] * x[i];
		if (i + 1 < least || x[i + 1] <= x[i])
			continue;
		low = part_of((double)i + 1, sum, squares);
		high = part_of((double)n - low.n, all - sum, all_squares - squares);
		found = separation(low, high, step);
		if (found <= best || accidental(low, high, other))
			continue;
		best = found;
		if (share)
			*share = high.n / (double)n;
	}
	return best;
}

int modes_separation(const double *own, const double *other, size_t n, double *out, double *share)
{
	_cleanup_free_ double *x = malloc((n + 1) * sizeof(*x));
	struct extremes others;
	double step, middle;

	*out = 0;
	if (share)
		*share = 0;
	if (!x)
		return -ENOMEM;
	if (n < MODES_N_MIN)
		return 0;
	memcpy(x, own, n * sizeof(*x));
	step = grid_step(x, n);
	subtract_level(other, other, n, x);
	others = find_extremes(x, n);
	subtract_level(own, other, n, x);
	stats_sort(x, n);
	/* Sums of squares lose no digits around the middle. */
	middle = stats_median_sorted(x, n);
	for (size_t i = 0; i < n; i++)
		x[i] -= middle;
	*out = best_split(x, n, step, others, share);
	return 0;
}

double modes_limit(size_t n)
{
	return fmax(LIMIT_MIN, 1.6 + 16 / sqrt((double)n));
}
