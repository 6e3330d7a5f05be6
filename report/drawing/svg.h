/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few plots that evidence has, as SVG that needs nothing else: no script, no font, no network.
 * Written here because no plotting library of the distribution draws the same bytes every time, and
 * a bundle has to be the same twice. Texts may hold anything, and none is cut by the picture's
 * edge. Axes begin at 0 and have round ticks.
 */
#ifndef REPORT_DRAWING_SVG_H
#define REPORT_DRAWING_SVG_H

#include "base/buf.h"

#include <stddef.h>

struct svg_ratio {
	unsigned block;
	double ratio;
};

/* NEW / OLD of every block; @estimate, @low and @high: NAN if there is none. */
void svg_ratios(struct buf *out, const char *title, const struct svg_ratio *points, size_t n,
		double estimate, double low, double high);

struct svg_strip {
	const char *name;
	const double *values;
	size_t n;
};

/* Every value as a dot, a strip for each kernel, its median as a line. */
void svg_strips(struct buf *out, const char *title, const char *unit,
		const struct svg_strip *strips, size_t n);

struct svg_bar {
	const char *name;
	double value;
};

/* Changes are red where NEW costs more and green where it costs less. */
enum svg_bars { SVG_AMOUNTS, SVG_CHANGES };
/* Bars to the left and right of 0. */
void svg_bars(struct buf *out, const char *title, const char *unit, enum svg_bars kind,
	      const struct svg_bar *bars, size_t n);

struct svg_point {
	const char *name, *brief; /* @brief stands below the point; both are borrowed */
	double value, spread;	  /* a line to both sides, unless it is 0 or NAN */
};

/* Values upright from 0, joined from left to right: a series. */
void svg_series(struct buf *out, const char *title, const char *unit,
		const struct svg_point *points, size_t n);

#endif
