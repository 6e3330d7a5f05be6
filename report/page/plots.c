// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page/plots.h"

#include "report/evidence/phrases.h"
#include "report/drawing/svg.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BARS_MAX 20

const char *const plot_titles[PLOT_KINDS] = { "NEW / OLD of every block", "Values of every run",
					      "Change per function" };

struct plot_path plot_path(size_t at, int kind)
{
	static const char *const stems[PLOT_KINDS] = { "ratio", "values", "functions" };
	struct plot_path out;

	snprintf(out.text, sizeof(out.text), "plots/%02zu-%s.svg", at + 1, stems[kind]);
	return out;
}

/* The rows of the case's metric are neighbours (judge/table/rows.h): their range. */
static bool metric_rows(const struct evidence *x, const struct evidence_case *c, size_t *first,
			size_t *end)
{
	const struct rows *t = &x->rows;
	size_t i = 0;

	if (!c->judged)
		return false;
	while (i < t->count &&
	       !(t->at[i].scenario == c->judged->scenario && t->at[i].cpus == c->judged->cpus &&
		 t->at[i].metric == c->judged->metric && t->at[i].mode == c->judged->mode))
		i++;
	*first = i;
	while (i < t->count && t->at[i].scenario == c->judged->scenario &&
	       t->at[i].cpus == c->judged->cpus && t->at[i].metric == c->judged->metric &&
	       t->at[i].mode == c->judged->mode)
		i++;
	*end = i;
	return *end > *first;
}

bool plot_possible(const struct evidence *x, size_t at, int kind)
{
	const struct evidence_case *c = &x->cases[at];
	size_t first, end;

	return kind == PLOT_FUNCTIONS ? phrase_functions(c, 1) > 0
				      : metric_rows(x, c, &first, &end) && c->new_run;
}

static void draw_ratios(const struct evidence *x, const struct evidence_case *c, size_t first,
			size_t end, struct buf *out)
{
	_cleanup_free_ struct svg_ratio *points = calloc(end - first, sizeof(*points));
	uint32_t old_side = intern_find(&x->rows.words, c->old_run->side);
	const struct row *rows = x->rows.at;
	size_t n = 0;

	if (!points) {
		buf_keep(out, -ENOMEM);
		return;
	}
	for (size_t i = first; i < end; i++) {
		if (rows[i].kernel != c->judged->kernel || !rows[i].ok)
			continue;
		for (size_t k = first; k < end; k++) {
			if (rows[k].kernel != old_side || !rows[k].ok ||
			    rows[k].block != rows[i].block || rows[k].value == 0)
				continue;
			points[n++] =
				(struct svg_ratio){ rows[i].block, rows[i].value / rows[k].value };
			break;
		}
	}
	svg_ratios(out, c->scenario->name, points, n, c->ratio, c->low, c->high);
}

/* One strip for every kernel: rows of a metric are sorted by kernel. */
static void draw_values(const struct evidence *x, const struct evidence_case *c, size_t first,
			size_t end, struct buf *out)
{
	_cleanup_free_ struct svg_strip *strips = calloc(end - first, sizeof(*strips));
	_cleanup_free_ double *values = calloc(end - first, sizeof(*values));
	size_t n = 0, used = 0;

	if (!strips || !values) {
		buf_keep(out, -ENOMEM);
		return;
	}
	for (size_t i = first; i < end; i++) {
		const struct row *row = &x->rows.at[i];

		if (i == first || row->kernel != row[-1].kernel)
			strips[n++] = (struct svg_strip){ rows_word(&x->rows, row->kernel),
							  values + used, 0 };
		if (row->ok) {
			values[used++] = row->value;
			strips[n - 1].n++;
		}
	}
	svg_strips(out, c->scenario->name, c->metric, strips, n);
}

static void draw_functions(const struct evidence_case *c, struct buf *out)
{
	struct svg_bar bars[BARS_MAX];
	size_t n = phrase_functions(c, BARS_MAX);
	char unit[64];

	for (size_t i = 0; i < n; i++) {
		const struct function_delta *f = &c->comparison.functions[i];

		bars[i] = (struct svg_bar){ f->name, f->new_insns - f->old_insns };
	}
	snprintf(unit, sizeof(unit), "instructions per %s, NEW - OLD", c->item);
	svg_bars(out, c->scenario->name, unit, SVG_CHANGES, bars, n);
}

void plot_draw(const struct evidence *x, size_t at, int kind, struct buf *out)
{
	const struct evidence_case *c = &x->cases[at];
	size_t first, end;

	if (kind == PLOT_FUNCTIONS) {
		draw_functions(c, out);
		return;
	}
	if (!metric_rows(x, c, &first, &end))
		return;
	if (kind == PLOT_RATIOS)
		draw_ratios(x, c, first, end, out);
	else
		draw_values(x, c, first, end, out);
}
