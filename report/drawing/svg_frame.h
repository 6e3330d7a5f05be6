/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all plots share: the picture around them, their axis, legend and colours; internal to
 * report/drawing/. Colours stand in the elements, as pictures are files of their own too; their
 * classes let a page set others (report/page/page.css).
 */
#ifndef REPORT_DRAWING_SVG_FRAME_H
#define REPORT_DRAWING_SVG_FRAME_H

#include "report/drawing/axis.h"
#include "report/drawing/label.h"

#define SVG_WIDTH 720.0
#define SVG_EDGE 12.0 /* that stays free on both sides */
#define SVG_TOP 56.0  /* where plots begin, below title and legend */

#define SVG_MORE "class=\"more\" fill=\"#b3261e\""
#define SVG_LESS "class=\"less\" fill=\"#2e7d32\""
#define SVG_DOT "class=\"dot\" fill=\"#1f6fb4\""
#define SVG_BAND "class=\"band\" fill=\"#cfe3f5\""
#define SVG_LINE "class=\"line\" stroke=\"#1f6fb4\" fill=\"none\""
#define SVG_RULE "class=\"rule\" stroke=\"#777\" stroke-dasharray=\"4 3\""
#define SVG_GRID "class=\"grid\" stroke=\"#e2e2e2\""
#define SVG_INK "class=\"edge\" stroke=\"#333\""

/* One entry of a legend. */
enum svg_shape { SVG_BOX, SVG_CIRCLE, SVG_STROKE };
struct svg_key {
	enum svg_shape shape;
	const char *style, *text;
};

void svg_begin(struct buf *out, double width, double height, const char *title);
void svg_legend(struct buf *out, double width, const struct svg_key *keys, size_t n);

/* A plot whose rows have their names on the left and their values on the right. */
struct svg_rows {
	double left, right; /* of the plot */
	double top, bottom;
	struct axis axis;
};

/* The columns beside the plot are as wide as the widest text in them, @names and @values pixels. */
struct svg_rows svg_rows_make(double names, double values, double height, double low, double high);
double svg_at(const struct svg_rows *r, double value);
/* Grid, ticks and what they are of; 0 has a line of its own. Before what is drawn on it. */
void svg_rows_axis(const struct svg_rows *r, const char *unit, struct buf *out);
void svg_row_name(const struct svg_rows *r, double y, const char *name, struct buf *out);
void svg_row_value(const struct svg_rows *r, double y, const char *text, struct buf *out);
/* An upright line at @value, unless that is not finite. */
void svg_mark(const struct svg_rows *r, double value, double top, double bottom, const char *style,
	      struct buf *out);
/* Pixels below a plot that its axis takes. */
#define SVG_AXIS 48.0

#endif
