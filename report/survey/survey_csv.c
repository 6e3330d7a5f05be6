// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey.h"

#include "judge/table/csv.h"

#include <math.h>

static void put_number(struct buf *out, double value)
{
	buf_puts(out, ",");
	if (isfinite(value))
		buf_printf(out, "%.10g", value);
}

static void put_text(struct buf *out, const char *text)
{
	buf_puts(out, ",");
	csv_put(out, text ? text : "");
}

static void put_cell(const struct survey *x, const struct survey_row *row, size_t kernel,
		     struct buf *out)
{
	static const char *const ways[] = { "up", "down", "unclear" };
	const struct survey_cell *c = &row->cells[kernel];

	csv_put(out, row->name);
	put_text(out, x->kernels[kernel].spec);
	put_text(out, x->kernels[kernel].release);
	put_text(out, row->metric);
	put_text(out, row->unit);
	put_text(out, row->item);
	put_number(out, c->measured ? c->value : NAN);
	put_number(out, c->measured ? c->spread : NAN);
	put_text(out, !c->measured ? "" : c->exact ? "yes" : "no");
	put_number(out, c->to_first);
	put_number(out, c->to_before);
	put_text(out, c->step ? ways[c->step->way] : "");
	put_text(out, c->measured ? "ok" : "failed");
	put_text(out, c->why);
	buf_puts(out, "\n");
}

void survey_csv(const struct survey *x, struct buf *out)
{
	buf_puts(out, "scenario,kernel,release,metric,unit,item,value,spread,exact,ratio_first,"
		      "ratio_before,step,status,reason\n");
	for (size_t i = 0; i < x->n_rows; i++) {
		for (size_t k = 0; k < x->n_kernels; k++)
			put_cell(x, &x->rows[i], k, out);
	}
}
