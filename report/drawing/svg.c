// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing/svg.h"

#include "base/cleanup.h"
#include "base/utf8.h"
#include "report/words/plain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 720
#define LEFT 190
#define RIGHT 90
#define TOP 44
#define NAME_MAX_CHARS 25 /* that fit beside the plot */
#define PLOT_WIDTH (WIDTH - LEFT - RIGHT)

/* Values from low to high lie on [LEFT, WIDTH - RIGHT]. */
struct scale {
	double low, high;
};

static double place(const struct scale *s, double value)
{
	double span = s->high - s->low;

	return LEFT + (span > 0 ? (value - s->low) / span : 0.5) * PLOT_WIDTH;
}

static void widen(struct scale *s, double value)
{
	if (!isfinite(value))
		return;
	s->low = fmin(s->low, value);
	s->high = fmax(s->high, value);
}

/* Some air at both ends; nothing but one value gets a span of its own. */
static void pad(struct scale *s)
{
	double span = s->high - s->low;

	if (!(span >= 0)) {
		*s = (struct scale){ 0, 1 };
		return;
	}
	if (span == 0)
		span = fabs(s->low) > 0 ? 0.02 * fabs(s->low) : 1;
	s->low -= 0.05 * span;
	s->high += 0.05 * span;
}

static int put_text(struct buf *out, double x, double y, const char *anchor, const char *text)
{
	return buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor) |
	       plain_html(out, text) | buf_puts(out, "</text>\n");
}

/* Left of the plot; what does not fit says so, and does not lose its head at the picture's edge. */
static int put_name(struct buf *out, double y, const char *name)
{
	_cleanup_buf_ struct buf cut = { 0 };
	size_t n = 0, len, keep = 0, at = 0;

	for (; name[at]; at += len ? len : 1, n++) {
		len = utf8_printable(name + at);
		if (n < NAME_MAX_CHARS - 1)
			keep = at + (len ? len : 1);
	}
	if (n <= NAME_MAX_CHARS)
		return put_text(out, LEFT - 8, y, "end", name);
	return buf_add(&cut, name, keep) | buf_puts(&cut, "\xe2\x80\xa6") |
	       put_text(out, LEFT - 8, y, "end", buf_str(&cut));
}

static int put_number(struct buf *out, double x, double y, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6g", value == 0 ? 0 : value);
	return put_text(out, x, y, "middle", text);
}

static int begin(struct buf *out, int height, const char *title)
{
	int r = buf_printf(out,
			   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
			   "viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"sans-serif\" "
			   "font-size=\"12\">\n",
			   WIDTH, height, WIDTH, height);

	r |= buf_puts(out, "<title>") | plain_html(out, title) | buf_puts(out, "</title>\n");
	r |= buf_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", WIDTH, height);
	return r | put_text(out, 12, 20, "start", title);
}

/* Five ticks with their values, below what is drawn. */
static int axis(struct buf *out, const struct scale *s, double y, const char *unit)
{
	int r = buf_printf(out, "<path d=\"M%d %.1fH%d\" stroke=\"black\"/>\n", LEFT, y,
			   WIDTH - RIGHT);

	for (int i = 0; i <= 4; i++) {
		double value = s->low + (s->high - s->low) * i / 4;

		r |= buf_printf(out, "<path d=\"M%.1f %.1fv5\" stroke=\"black\"/>\n",
				place(s, value), y);
		r |= put_number(out, place(s, value), y + 18, value);
	}
	return r | put_text(out, LEFT + PLOT_WIDTH / 2.0, y + 36, "middle", unit);
}

static int mark(struct buf *out, const struct scale *s, double value, double top, double bottom,
		const char *style)
{
	return isfinite(value) ? buf_printf(out, "<path d=\"M%.2f %.1fV%.1f\" %s/>\n",
					    place(s, value), top, bottom, style)
			       : 0;
}

int svg_ratios(struct buf *out, const char *title, const struct svg_ratio *points, size_t n,
	       double estimate, double low, double high)
{
	struct scale s = { 1, 1 };
	double step = n > 60 ? 6 : 14, bottom = TOP + step * (double)n + 6;
	int r = begin(out, (int)bottom + 48, title);

	for (size_t i = 0; i < n; i++)
		widen(&s, points[i].ratio);
	widen(&s, low);
	widen(&s, high);
	pad(&s);
	if (isfinite(low) && isfinite(high))
		r |= buf_printf(out,
				"<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%.1f\" "
				"fill=\"#cfe3f5\"/>\n",
				place(&s, low), TOP, place(&s, high) - place(&s, low),
				bottom - TOP);
	r |= mark(out, &s, 1, TOP, bottom, "stroke=\"#888\" stroke-dasharray=\"4 3\"");
	r |= mark(out, &s, estimate, TOP, bottom, "stroke=\"#1f6fb4\"");
	for (size_t i = 0; i < n; i++) {
		double y = TOP + step * ((double)i + 0.5) + 3;
		char name[32];

		if (n <= 60 || i % 10 == 0) {
			snprintf(name, sizeof(name), "block %u", points[i].block + 1);
			r |= put_name(out, y + 4, name);
		}
		if (isfinite(points[i].ratio))
			r |= buf_printf(out,
					"<circle cx=\"%.2f\" cy=\"%.1f\" r=\"%d\" "
					"fill=\"#b3261e\"/>\n",
					place(&s, points[i].ratio), y, n > 60 ? 2 : 4);
	}
	return r | axis(out, &s, bottom, "NEW / OLD") | buf_puts(out, "</svg>\n");
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values, size_t n)
{
	_cleanup_free_ double *copy = n ? malloc(n * sizeof(*copy)) : NULL;

	if (!copy)
		return NAN;
	memcpy(copy, values, n * sizeof(*copy));
	qsort(copy, n, sizeof(*copy), by_value);
	return n % 2 ? copy[n / 2] : (copy[n / 2 - 1] + copy[n / 2]) / 2;
}

int svg_strips(struct buf *out, const char *title, const char *unit, const struct svg_strip *strips,
	       size_t n)
{
	struct scale s = { INFINITY, -INFINITY };
	double bottom = TOP + 34 * (double)n + 4;
	int r = begin(out, (int)bottom + 48, title);

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < strips[i].n; k++)
			widen(&s, strips[i].values[k]);
	}
	pad(&s);
	for (size_t i = 0; i < n; i++) {
		double top = TOP + 34 * (double)i;

		r |= put_name(out, top + 20, strips[i].name);
		for (size_t k = 0; k < strips[i].n; k++)
			/* Spread by their order, so that equal values are all seen. */
			r |= buf_printf(out,
					"<circle cx=\"%.2f\" cy=\"%.1f\" r=\"3\" fill=\"#1f6fb4\" "
					"fill-opacity=\"0.5\"/>\n",
					place(&s, strips[i].values[k]),
					top + 7 + (double)(k * 7 % 18));
		r |= mark(out, &s, median(strips[i].values, strips[i].n), top + 2, top + 30,
			  "stroke=\"#b3261e\" stroke-width=\"2\"");
	}
	return r | axis(out, &s, bottom, unit) | buf_puts(out, "</svg>\n");
}

int svg_bars(struct buf *out, const char *title, const char *unit, const struct svg_bar *bars,
	     size_t n)
{
	struct scale s = { 0, 0 };
	double bottom = TOP + 20 * (double)n + 4;
	int r = begin(out, (int)bottom + 48, title);

	for (size_t i = 0; i < n; i++)
		widen(&s, bars[i].value);
	pad(&s);
	for (size_t i = 0; i < n; i++) {
		double y = TOP + 20 * (double)i, x = place(&s, bars[i].value);
		double zero = place(&s, 0);
		char text[32];

		snprintf(text, sizeof(text), "%+.2f", bars[i].value);
		r |= put_name(out, y + 14, bars[i].name);
		r |= buf_printf(out,
				"<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"14\" "
				"fill=\"%s\"/>\n",
				fmin(x, zero), y + 3, fabs(x - zero),
				bars[i].value > 0 ? "#b3261e" : "#2e7d32");
		r |= put_text(out, WIDTH - RIGHT + 8, y + 14, "start", text);
	}
	r |= mark(out, &s, 0, TOP, bottom, "stroke=\"black\"");
	return r | axis(out, &s, bottom, unit) | buf_puts(out, "</svg>\n");
}

int svg_series(struct buf *out, const char *title, const char *unit, const struct svg_point *points,
	       size_t n)
{
	struct scale s = { INFINITY, -INFINITY };
	double bottom = TOP + 24 * (double)n + 4;
	int r = begin(out, (int)bottom + 48, title);

	for (size_t i = 0; i < n; i++) {
		double spread = isfinite(points[i].spread) ? points[i].spread : 0;

		widen(&s, points[i].value - spread);
		widen(&s, points[i].value + spread);
	}
	pad(&s);
	for (size_t i = 0; i < n; i++) {
		const struct svg_point *p = &points[i];
		double y = TOP + 24 * ((double)i + 0.5), x = place(&s, p->value);
		char text[32];

		snprintf(text, sizeof(text), "%.3f", p->value);
		r |= put_name(out, y + 4, p->name);
		r |= put_text(out, WIDTH - RIGHT + 8, y + 4, "start", text);
		if (i)
			r |= buf_printf(out,
					"<path d=\"M%.2f %.1fL%.2f %.1f\" stroke=\"#1f6fb4\"/>\n",
					place(&s, points[i - 1].value), y - 24, x, y);
		if (p->spread > 0)
			r |= buf_printf(out, "<path d=\"M%.2f %.1fH%.2f\" stroke=\"black\"/>\n",
					place(&s, p->value - p->spread), y,
					place(&s, p->value + p->spread));
		r |= buf_printf(out, "<circle cx=\"%.2f\" cy=\"%.1f\" r=\"4\" fill=\"#b3261e\"/>\n",
				x, y);
	}
	return r | axis(out, &s, bottom, unit) | buf_puts(out, "</svg>\n");
}
