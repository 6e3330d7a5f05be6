// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing/svg_frame.h"

#include "report/words/plain.h"

#include <math.h>
#include <string.h>

#define NAMES_MIN 70.0
#define NAMES_MAX 300.0
#define VALUES_MIN 40.0
#define VALUES_MAX 200.0
#define GAP 8.0

void svg_begin(struct buf *out, double width, double height, const char *title)
{
	const struct label heading = {
		.x = SVG_EDGE, .y = 20, .room = width - 2 * SVG_EDGE, .more = "font-weight=\"bold\""
	};

	buf_printf(out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
		   "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
		   "font-family=\"monospace\" font-size=\"%g\" fill=\"#222\">\n<title>",
		   width, height, width, height, LABEL_SIZE);
	plain_html(out, title);
	buf_printf(out,
		   "</title>\n<rect class=\"bg\" width=\"%.0f\" height=\"%.0f\" "
		   "fill=\"white\"/>\n",
		   width, height);
	label_put(&heading, title, out);
}

void svg_legend(struct buf *out, double width, const struct svg_key *keys, size_t n)
{
	double x = SVG_EDGE, y = 40;

	for (size_t i = 0; i < n; i++) {
		const struct svg_key *k = &keys[i];
		struct label text = { .x = x + 20, .y = y, .room = width - SVG_EDGE - x - 20 };

		if (k->shape == SVG_BOX)
			buf_printf(out,
				   "<rect x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"10\" "
				   "%s/>",
				   x, y - 9, k->style);
		else if (k->shape == SVG_CIRCLE)
			buf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" %s/>", x + 7,
				   y - 4, k->style);
		else
			buf_printf(out, "<path d=\"M%.1f %.1fh14\" %s/>", x, y - 4, k->style);
		label_put(&text, k->text, out);
		x += 20 + label_width(k->text, LABEL_SIZE) + 16;
	}
}

static double between(double low, double value, double high)
{
	return fmin(fmax(low, value), high);
}

struct svg_rows svg_rows_make(double names, double values, double height, double low, double high)
{
	struct svg_rows r = { .left = SVG_EDGE + between(NAMES_MIN, names, NAMES_MAX) + GAP,
			      .right = SVG_WIDTH - SVG_EDGE - GAP -
				       between(VALUES_MIN, values, VALUES_MAX),
			      .top = SVG_TOP,
			      .bottom = SVG_TOP + height };

	r.axis = axis_make(low, high, 6);
	return r;
}

double svg_at(const struct svg_rows *r, double value)
{
	return axis_place(&r->axis, value, r->left, r->right);
}

void svg_rows_axis(const struct svg_rows *r, const char *unit, struct buf *out)
{
	const struct label below = { .x = SVG_WIDTH / 2,
				     .y = r->bottom + 36,
				     .room = SVG_WIDTH - 2 * SVG_EDGE,
				     .anchor = "middle" };

	for (size_t i = 0; i < axis_ticks(&r->axis); i++) {
		double x = svg_at(r, axis_tick(&r->axis, i));
		const struct label tick = {
			.x = x, .y = r->bottom + 18, .room = NAMES_MAX, .anchor = "middle"
		};

		buf_printf(out, "<path d=\"M%.2f %.1fV%.1f\" %s/>", x, r->top, r->bottom + 4,
			   axis_tick(&r->axis, i) == 0 ? SVG_INK : SVG_GRID);
		label_put(&tick, axis_label(&r->axis, i).text, out);
	}
	buf_printf(out, "<path d=\"M%.1f %.1fH%.1f\" %s/>\n", r->left, r->bottom, r->right,
		   SVG_INK);
	label_put(&below, unit, out);
}

void svg_row_name(const struct svg_rows *r, double y, const char *name, struct buf *out)
{
	const struct label l = {
		.x = r->left - GAP, .y = y, .room = r->left - GAP - SVG_EDGE, .anchor = "end"
	};

	label_put(&l, name, out);
}

void svg_row_value(const struct svg_rows *r, double y, const char *text, struct buf *out)
{
	const struct label l = { .x = r->right + GAP,
				 .y = y,
				 .room = SVG_WIDTH - SVG_EDGE - r->right - GAP };

	label_put(&l, text, out);
}

void svg_mark(const struct svg_rows *r, double value, double top, double bottom, const char *style,
	      struct buf *out)
{
	if (isfinite(value))
		buf_printf(out, "<path d=\"M%.2f %.1fV%.1f\" %s/>\n", svg_at(r, value), top, bottom,
			   style);
}
