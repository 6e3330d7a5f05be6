// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey.h"

#include "report/words/number.h"
#include "report/words/plain.h"
#include "report/words/table.h"

#include <math.h>
#include <string.h>

static enum tone tone_of(const struct survey_step *s)
{
	return s->way == SURVEY_UP ? TONE_BAD : s->way == SURVEY_DOWN ? TONE_GOOD : TONE_UNSURE;
}

static const struct survey_cell *last_measured(const struct survey *x, const struct survey_row *row)
{
	for (size_t i = x->n_kernels; i > 0; i--) {
		if (row->cells[i - 1].measured)
			return &row->cells[i - 1];
	}
	return NULL;
}

static const struct survey_cell *first_measured(const struct survey *x,
						const struct survey_row *row)
{
	for (size_t i = 0; i < x->n_kernels; i++) {
		if (row->cells[i].measured)
			return &row->cells[i];
	}
	return NULL;
}

/* "2 up, 1 down" */
static void put_ways(const struct survey_row *row, struct table *t)
{
	_cleanup_buf_ struct buf b = { 0 };
	static const char *const words[] = { "up", "down", "unclear" };

	for (unsigned w = 0; w < 3; w++) {
		if (row->n_ways[w])
			buf_printf(&b, "%s%zu %s", b.len ? ", " : "", row->n_ways[w], words[w]);
	}
	table_put(t, "%s", b.len ? buf_str(&b) : "none");
	table_keep(t, buf_error(&b));
}

static void put_rows(const struct survey *x, const struct text_style *style, struct buf *out)
{
	const bool insns = survey_is_of_insns(x);
	_cleanup_table_ struct table t = { 0 };

	table_column(&t, "scenario", NULL, TABLE_NAME);
	table_column(&t, "first", insns ? "insns" : NULL, TABLE_NUMBER);
	table_column(&t, "last", insns ? "insns" : NULL, TABLE_NUMBER);
	table_column(&t, insns ? "per" : "unit", NULL, TABLE_WORD);
	table_column(&t, "ratio", NULL, TABLE_NUMBER);
	table_column(&t, "steps", NULL, TABLE_WORD);
	for (size_t i = 0; i < x->n_rows; i++) {
		const struct survey_row *row = &x->rows[i];
		const struct survey_cell *a = first_measured(x, row), *b = last_measured(x, row);

		table_row(&t);
		table_put(&t, "%s", row->name);
		table_number(&t, a ? a->value : NAN);
		table_number(&t, b ? b->value : NAN);
		if (insns)
			table_put(&t, "%s", row->item);
		else
			table_put(&t, "%s per %s", row->unit, row->item);
		table_ratio(&t, b ? b->to_first : NAN);
		put_ways(row, &t);
	}
	table_text(&t, style, 2, out);
}

static void put_step(const struct survey *x, const struct survey_row *row,
		     const struct survey_step *s, struct table *t)
{
	const struct survey_builds b = survey_builds(x, s);
	double delta;
	const char *function = survey_function(s, &delta);

	table_row(t);
	table_put(t, "%s", row->name);
	table_put(t, "%s", x->kernels[s->first_bad].title);
	table_ratio(t, s->ratio);
	table_tone(t, tone_of(s));
	table_put(t, "%s", function ? function : "-");
	table_change(t, delta);
	if (s->gradual)
		table_note(t, TONE_PLAIN, "of small changes from %s on",
			   x->kernels[s->last_good].title);
	else if (s->first_bad != s->last_good + 1)
		table_note(t, TONE_PLAIN, "since %s; between them none was measured",
			   x->kernels[s->last_good].title);
	if (s->way == SURVEY_UNCLEAR)
		table_note(t, TONE_UNSURE, "%s: %s", s->verdict, s->reason);
	if (b.other_compiler)
		table_note(t, TONE_PLAIN, "the compiler is another as well");
	if (b.mm_options > 0)
		table_note(t, TONE_PLAIN, "%ld options of mm are set otherwise as well",
			   b.mm_options);
}

static void put_steps(const struct survey *x, const struct text_style *style, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };

	table_column(&t, "step of", NULL, TABLE_NAME);
	table_column(&t, "at", NULL, TABLE_NAME);
	table_column(&t, "ratio", NULL, TABLE_NUMBER);
	table_column(&t, "most by", NULL, TABLE_NAME);
	table_column(&t, "change", survey_is_of_insns(x) ? "insns" : NULL, TABLE_NUMBER);
	for (size_t i = 0; i < x->n_rows; i++) {
		for (size_t k = 0; k < x->rows[i].n_steps; k++)
			put_step(x, &x->rows[i], &x->rows[i].steps[k], &t);
	}
	if (!x->n_steps)
		return;
	buf_puts(out, "\n");
	table_text(&t, style, 2, out);
}

static void put_failed(const struct survey *x, const struct text_style *style, struct buf *out)
{
	for (size_t i = 0; i < x->n_rows; i++) {
		for (size_t k = 0; k < x->n_kernels; k++) {
			const struct survey_cell *c = &x->rows[i].cells[k];

			if (!c->measured)
				text_say(out, style, 2, "not measured: %s on %s: %s",
					 x->rows[i].name, x->kernels[k].title, c->why);
		}
	}
}

void survey_text(const struct survey *x, const struct text_style *style, struct buf *out)
{
	_cleanup_buf_ struct buf headline = { 0 };

	survey_headline(x, &headline);
	buf_printf(out, "%s\n", buf_str(&headline));
	text_say(out, style, 2, "%zu scenario%s on %zu kernels, %s to %s; %s", x->n_rows,
		 x->n_rows == 1 ? "" : "s", x->n_kernels, x->kernels[0].title, x->kernels[x->n_kernels - 1].title,
		 survey_is_of_insns(x) ? "executed instructions"
				       : "counts, in the unit of each row");
	buf_puts(out, "\n");
	put_rows(x, style, out);
	put_steps(x, style, out);
	put_failed(x, style, out);
	buf_puts(out, "\nexperiment ");
	survey_put_id(x, out);
	buf_puts(out, "\n");
	buf_keep(out, buf_error(&headline));
}
