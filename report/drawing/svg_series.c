// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing/svg.h"

#include "base/cleanup.h"
#include "report/drawing/svg_frame.h"
#include "report/words/number.h"
#include "report/words/plain.h"

#include <math.h>
#include <string.h>

#define HEIGHT 240.0
#define STEP_MIN 28.0
#define NAMES_MAX 200.0 /* pixels of upright names */
#define SHOWN_CHANGE 0.01

struct series {
	const struct svg_point *points;
	size_t n;
	struct axis axis;
	double left, step, width, bottom;
	double names; /* pixels below the axis */
	bool upright; /* names are turned */
};

static double x_of(const struct series *s, size_t i)
{
	return s->left + s->step * ((double)i + 0.5);
}

static double y_of(const struct series *s, double value)
{
	return axis_place(&s->axis, value, s->bottom, SVG_TOP + 14);
}

static double spread_of(const struct svg_point *p)
{
	return isfinite(p->spread) && p->spread > 0 ? p->spread : 0;
}

static struct series lay_out(const struct svg_point *points, size_t n)
{
	struct series s = { .points = points, .n = n, .bottom = SVG_TOP + 14 + HEIGHT };
	double high = 0, low = 0, ticks = 0, names = 0;

	for (size_t i = 0; i < n; i++) {
		if (!isfinite(points[i].value))
			continue;
		high = fmax(high, points[i].value + spread_of(&points[i]));
		low = fmin(low, points[i].value - spread_of(&points[i]));
	}
	s.axis = axis_make(low, high, 6);
	for (size_t i = 0; i < axis_ticks(&s.axis); i++)
		ticks = fmax(ticks, label_width(axis_label(&s.axis, i).text, LABEL_SIZE));
	for (size_t i = 0; i < n; i++)
		names = fmax(names, label_width(points[i].brief, LABEL_SIZE));
	s.left = SVG_EDGE + ticks + 10;
	s.step = fmax(STEP_MIN, (SVG_WIDTH - s.left - SVG_EDGE) / (double)(n ? n : 1));
	s.width = s.left + s.step * (double)(n ? n : 1) + SVG_EDGE;
	s.upright = names > s.step - 8;
	s.names = s.upright ? fmin(names, NAMES_MAX) + 10 : 20;
	return s;
}

static void put_axis(const struct series *s, struct buf *out)
{
	for (size_t i = 0; i < axis_ticks(&s->axis); i++) {
		double y = y_of(s, axis_tick(&s->axis, i));
		const struct label tick = {
			.x = s->left - 8, .y = y + 4, .room = s->left, .anchor = "end"
		};

		buf_printf(out, "<path d=\"M%.1f %.2fH%.1f\" %s/>", s->left - 4, y,
			   s->width - SVG_EDGE, axis_tick(&s->axis, i) == 0 ? SVG_INK : SVG_GRID);
		label_put(&tick, axis_label(&s->axis, i).text, out);
	}
	buf_printf(out, "<path d=\"M%.1f %.1fV%.1f\" %s/>\n", s->left, SVG_TOP + 14, s->bottom,
		   SVG_INK);
}

static void put_name(const struct series *s, size_t i, struct buf *out)
{
	struct label l = {
		.x = x_of(s, i), .y = s->bottom + 16, .room = s->step - 4, .anchor = "middle"
	};
	char turned[80];

	if (!s->upright) {
		label_put(&l, s->points[i].brief, out);
		return;
	}
	l = (struct label){ .x = x_of(s, i) + 4,
			    .y = s->bottom + 8,
			    .room = NAMES_MAX,
			    .anchor = "end",
			    .more = turned };
	snprintf(turned, sizeof(turned), "transform=\"rotate(-90 %.1f %.1f)\"", l.x, l.y);
	label_put(&l, s->points[i].brief, out);
}

/* Numbers stand where something changed, as far as they do not run into one another. */
static void put_values(const struct series *s, struct buf *out)
{
	double end = 0, shown = NAN;

	for (size_t i = 0; i < s->n; i++) {
		double value = s->points[i].value, half, x;
		const struct number_text text = number_of(value);

		if (!isfinite(value) || fabs(value - shown) <= SHOWN_CHANGE * fabs(shown))
			continue;
		half = label_width(text.text, LABEL_SIZE) / 2;
		x = fmin(fmax(x_of(s, i), s->left + half), s->width - SVG_EDGE - half);
		if (x - half < end)
			continue;
		label_put(&(struct label){ .x = x,
					   .y = y_of(s, value) - 9,
					   .room = 2 * half,
					   .anchor = "middle" },
			  text.text, out);
		end = x + half + 6;
		shown = value;
	}
}

static void put_point(const struct series *s, size_t i, struct buf *out)
{
	const struct svg_point *p = &s->points[i];
	double x = x_of(s, i), y = y_of(s, p->value), spread = spread_of(p);

	if (!isfinite(p->value))
		return;
	if (i && isfinite(p[-1].value))
		buf_printf(out, "<path d=\"M%.2f %.2fL%.2f %.2f\" %s/>", x_of(s, i - 1),
			   y_of(s, p[-1].value), x, y, SVG_LINE);
	if (spread > 0)
		buf_printf(out, "<path d=\"M%.2f %.2fV%.2f\" %s/>", x, y_of(s, p->value - spread),
			   y_of(s, p->value + spread), SVG_INK);
	buf_printf(out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"4\" %s><title>", x, y, SVG_DOT);
	plain_html(out, p->name);
	buf_printf(out, ": %s</title></circle>\n", number_of(p->value).text);
}

void svg_series(struct buf *out, const char *title, const char *unit,
		const struct svg_point *points, size_t n)
{
	const struct svg_key keys[] = {
		{ SVG_CIRCLE, SVG_DOT, unit },
		{ SVG_STROKE, SVG_INK, "spread" },
	};
	const struct series s = lay_out(points, n);
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any = any || spread_of(&points[i]) > 0;
	svg_begin(out, s.width, s.bottom + s.names + SVG_EDGE, title);
	svg_legend(out, s.width, keys, any ? 2 : 1);
	put_axis(&s, out);
	for (size_t i = 0; i < n; i++) {
		put_name(&s, i, out);
		put_point(&s, i, out);
	}
	put_values(&s, out);
	buf_puts(out, "</svg>\n");
}
