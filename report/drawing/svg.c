// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing/svg.h"

#include "base/cleanup.h"
#include "report/drawing/svg_frame.h"
#include "report/words/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATIO_TEXT 32

static double larger_if_finite(double a, double b)
{
	return isfinite(b) ? fmax(a, b) : a;
}

/* Many blocks have thinner rows, of which not every one is named. */
struct ratio_rows {
	struct svg_rows at;
	double step;
	bool dense;
};

static void put_ratio(const struct ratio_rows *rows, const struct svg_ratio *p, size_t i,
		      struct buf *out)
{
	double y = rows->at.top + rows->step * ((double)i + 0.5) + 3;
	char text[RATIO_TEXT];

	if (!rows->dense || i % 10 == 0) {
		snprintf(text, sizeof(text), "block %u", p->block + 1);
		svg_row_name(&rows->at, y + 4, text, out);
	}
	if (!isfinite(p->ratio))
		return;
	snprintf(text, sizeof(text), "%.4f", p->ratio);
	if (!rows->dense)
		svg_row_value(&rows->at, y + 4, text, out);
	buf_printf(out,
		   "<circle cx=\"%.2f\" cy=\"%.1f\" r=\"%d\" %s><title>block %u: "
		   "%s</title></circle>\n",
		   svg_at(&rows->at, p->ratio), y, rows->dense ? 2 : 4, SVG_DOT, p->block + 1,
		   text);
}

void svg_ratios(struct buf *out, const char *title, const struct svg_ratio *points, size_t n,
		double estimate, double low, double high)
{
	static const struct svg_key keys[] = {
		{ SVG_CIRCLE, SVG_DOT, "a block" },
		{ SVG_STROKE, SVG_LINE, "estimate" },
		{ SVG_STROKE, SVG_RULE, "1: no difference" },
		{ SVG_BOX, SVG_BAND, "interval" },
	};
	struct ratio_rows rows = { .step = n > 60 ? 6 : 16, .dense = n > 60 };
	bool band = isfinite(low) && isfinite(high);
	double most = larger_if_finite(larger_if_finite(1, high), estimate), top, bottom;

	for (size_t i = 0; i < n; i++)
		most = larger_if_finite(most, points[i].ratio);
	rows.at = svg_rows_make(label_width("block 1000", LABEL_SIZE),
				label_width("1.0000", LABEL_SIZE), rows.step * (double)n + 6, 0,
				most);
	top = rows.at.top;
	bottom = rows.at.bottom;
	svg_begin(out, SVG_WIDTH, bottom + SVG_AXIS, title);
	svg_legend(out, SVG_WIDTH, keys, ARRAY_SIZE(keys) - !band);
	if (band)
		buf_printf(out, "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" %s/>\n",
			   svg_at(&rows.at, low), top,
			   svg_at(&rows.at, high) - svg_at(&rows.at, low), bottom - top, SVG_BAND);
	svg_rows_axis(&rows.at, "NEW / OLD", out);
	svg_mark(&rows.at, 1, top, bottom, SVG_RULE, out);
	svg_mark(&rows.at, estimate, top, bottom, SVG_LINE, out);
	for (size_t i = 0; i < n; i++)
		put_ratio(&rows, &points[i], i, out);
	buf_puts(out, "</svg>\n");
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

static void put_strip(const struct svg_rows *rows, const struct svg_strip *s, double top,
		      struct buf *out)
{
	double middle = median(s->values, s->n);

	svg_row_name(rows, top + 20, s->name, out);
	svg_row_value(rows, top + 20, number_of(middle).text, out);
	for (size_t k = 0; k < s->n; k++)
		buf_printf(out,
			   "<circle cx=\"%.2f\" cy=\"%.1f\" r=\"3\" fill-opacity=\"0.5\" "
			   "%s/>",
			   svg_at(rows, s->values[k]), top + 7 + (double)(k * 7 % 18), SVG_DOT);
	svg_mark(rows, middle, top + 2, top + 30, "stroke-width=\"2\" " SVG_LINE, out);
}

void svg_strips(struct buf *out, const char *title, const char *unit,
		const struct svg_strip *strips, size_t n)
{
	static const struct svg_key keys[] = {
		{ SVG_CIRCLE, SVG_DOT " fill-opacity=\"0.5\"", "a run" },
		{ SVG_STROKE, "stroke-width=\"2\" " SVG_LINE, "median, as on the right" },
	};
	double low = 0, high = 0, names = 0, values = 0;
	struct svg_rows rows;

	for (size_t i = 0; i < n; i++) {
		const struct number_text middle = number_of(median(strips[i].values, strips[i].n));

		names = fmax(names, label_width(strips[i].name, LABEL_SIZE));
		values = fmax(values, label_width(middle.text, LABEL_SIZE));
		for (size_t k = 0; k < strips[i].n; k++) {
			low = -larger_if_finite(-low, -strips[i].values[k]);
			high = larger_if_finite(high, strips[i].values[k]);
		}
	}
	rows = svg_rows_make(names, values, 34 * (double)n + 4, low, high);
	svg_begin(out, SVG_WIDTH, rows.bottom + SVG_AXIS, title);
	svg_legend(out, SVG_WIDTH, keys, ARRAY_SIZE(keys));
	svg_rows_axis(&rows, unit, out);
	for (size_t i = 0; i < n; i++)
		put_strip(&rows, &strips[i], rows.top + 34 * (double)i, out);
	buf_puts(out, "</svg>\n");
}

static struct number_text bar_text(enum svg_bars kind, double value)
{
	struct number_text out;

	if (kind == SVG_CHANGES)
		return number_change(value);
	snprintf(out.text, sizeof(out.text), "%.0f", value);
	return out;
}

static void put_bar(const struct svg_rows *rows, enum svg_bars kind, const struct svg_bar *bar,
		    double y, struct buf *out)
{
	const char *style = kind == SVG_AMOUNTS ? SVG_DOT : bar->value > 0 ? SVG_MORE : SVG_LESS;
	double x = svg_at(rows, isfinite(bar->value) ? bar->value : 0), zero = svg_at(rows, 0);

	svg_row_name(rows, y + 14, bar->name, out);
	svg_row_value(rows, y + 14, bar_text(kind, bar->value).text, out);
	buf_printf(out, "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"14\" %s/>\n",
		   fmin(x, zero), y + 3, fabs(x - zero), style);
}

void svg_bars(struct buf *out, const char *title, const char *unit, enum svg_bars kind,
	      const struct svg_bar *bars, size_t n)
{
	static const struct svg_key keys[] = {
		{ SVG_BOX, SVG_MORE, "NEW costs more" },
		{ SVG_BOX, SVG_LESS, "NEW costs less" },
	};
	double low = 0, high = 0, names = 0, values = 0;
	struct svg_rows rows;

	for (size_t i = 0; i < n; i++) {
		const struct number_text text = bar_text(kind, bars[i].value);

		names = fmax(names, label_width(bars[i].name, LABEL_SIZE));
		values = fmax(values, label_width(text.text, LABEL_SIZE));
		low = -larger_if_finite(-low, -bars[i].value);
		high = larger_if_finite(high, bars[i].value);
	}
	rows = svg_rows_make(names, values, 20 * (double)n + 4, low, high);
	svg_begin(out, SVG_WIDTH, rows.bottom + SVG_AXIS, title);
	if (kind == SVG_CHANGES)
		svg_legend(out, SVG_WIDTH, keys, ARRAY_SIZE(keys));
	svg_rows_axis(&rows, unit, out);
	for (size_t i = 0; i < n; i++)
		put_bar(&rows, kind, &bars[i], rows.top + 20 * (double)i, out);
	buf_puts(out, "</svg>\n");
}
