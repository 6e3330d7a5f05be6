/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Axes with round ticks: steps of 1, 2 or 5 times a power of ten, and 0 is always one of them. */
#ifndef REPORT_DRAWING_AXIS_H
#define REPORT_DRAWING_AXIS_H

#include <stddef.h>

#define AXIS_TICKS_MAX 16

struct axis {
	double low, high; /* both are ticks */
	double step;
	int decimals; /* that its ticks need */
};

/* Of values from @low to @high, with about @ticks ticks at most; what is not finite is 0. */
struct axis axis_make(double low, double high, unsigned ticks);
size_t axis_ticks(const struct axis *a);
double axis_tick(const struct axis *a, size_t i);
/* "0", "-150", "0.25" */
struct axis_text {
	char text[40];
};
struct axis_text axis_label(const struct axis *a, size_t i);
/* Where @value lies between @from (the axis' low end) and @to. */
double axis_place(const struct axis *a, double value, double from, double to);

#endif
