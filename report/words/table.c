// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/table.h"

#include "report/words/number.h"
#include "report/words/plain.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_BYTES 4096 /* of one cell or note: more is nobody's to read in a table */

static char *own(struct table *t, const char *text)
{
	_cleanup_buf_ struct buf plain = { 0 };
	char *copy;

	plain_line(&plain, text, CELL_BYTES);
	copy = buf_steal(&plain);
	if (!copy)
		t->error = -ENOMEM;
	return copy;
}

__attribute__((format(printf, 2, 0))) static char *own_printf(struct table *t, const char *fmt,
							      va_list ap)
{
	char *raw = NULL, *copy;

	if (vasprintf(&raw, fmt, ap) < 0) {
		t->error = -ENOMEM;
		return NULL;
	}
	copy = own(t, raw);
	free(raw);
	return copy;
}

void table_column(struct table *t, const char *heading, const char *unit, enum table_format f)
{
	struct table_column *grown;

	if (t->error)
		return;
	grown = realloc(t->columns, (t->n_columns + 1) * sizeof(*grown));
	if (!grown) {
		t->error = -ENOMEM;
		return;
	}
	t->columns = grown;
	grown[t->n_columns++] =
		(struct table_column){ own(t, heading), unit ? own(t, unit) : NULL, f };
}

static struct table_line *add_line(struct table *t)
{
	struct table_line *grown;

	if (t->error)
		return NULL;
	grown = realloc(t->lines, (t->n_lines + 1) * sizeof(*grown));
	if (!grown) {
		t->error = -ENOMEM;
		return NULL;
	}
	t->lines = grown;
	grown[t->n_lines] = (struct table_line){ 0 };
	return &grown[t->n_lines++];
}

void table_row(struct table *t)
{
	struct table_line *line = add_line(t);

	t->at = 0;
	if (!line)
		return;
	line->cells = calloc(t->n_columns ? t->n_columns : 1, sizeof(*line->cells));
	if (!line->cells)
		t->error = -ENOMEM;
	for (size_t i = 0; line->cells && i < t->n_columns; i++)
		line->cells[i].value = NAN;
}

/* The cell at @at of the last row; NULL: there is none. */
static struct table_cell *cell_at(struct table *t, size_t at)
{
	if (t->error || !t->n_lines || at >= t->n_columns)
		return NULL;
	return t->lines[t->n_lines - 1].cells ? &t->lines[t->n_lines - 1].cells[at] : NULL;
}

void table_put(struct table *t, const char *fmt, ...)
{
	struct table_cell *c = cell_at(t, t->at);
	va_list ap;

	if (!c)
		return;
	va_start(ap, fmt);
	c->text = own_printf(t, fmt, ap);
	va_end(ap);
	t->at++;
}

void table_keep(struct table *t, int r)
{
	if (r < 0)
		t->error = -ENOMEM;
}

void table_skip(struct table *t)
{
	t->at++;
}

void table_value(struct table *t, double value)
{
	struct table_cell *c = t->at ? cell_at(t, t->at - 1) : NULL;

	if (c)
		c->value = value;
}

void table_source(struct table *t, const char *file, unsigned line)
{
	struct table_cell *c = t->at ? cell_at(t, t->at - 1) : NULL;

	if (!c || !*file)
		return;
	free(c->file);
	c->file = own(t, file);
	c->line = line;
}

void table_number(struct table *t, double value)
{
	table_put(t, "%s", number_of(value).text);
	table_value(t, value);
}

void table_change(struct table *t, double value)
{
	table_put(t, "%s", number_change(value).text);
	table_value(t, value);
}

void table_ratio(struct table *t, double value)
{
	if (!isfinite(value)) {
		table_put(t, "-");
		return;
	}
	table_put(t, "%.4f", value);
	table_value(t, value);
}

void table_tone(struct table *t, enum tone tone)
{
	struct table_cell *c = t->at ? cell_at(t, t->at - 1) : NULL;

	if (c)
		c->tone = tone;
}

void table_note(struct table *t, enum tone tone, const char *fmt, ...)
{
	struct table_line *line = add_line(t);
	va_list ap;

	if (!line)
		return;
	va_start(ap, fmt);
	line->note = own_printf(t, fmt, ap);
	va_end(ap);
	line->tone = tone;
}

void table_free(struct table *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		free(t->columns[i].heading);
		free(t->columns[i].unit);
	}
	for (size_t i = 0; i < t->n_lines; i++) {
		for (size_t k = 0; t->lines[i].cells && k < t->n_columns; k++) {
			free(t->lines[i].cells[k].text);
			free(t->lines[i].cells[k].file);
		}
		free(t->lines[i].cells);
		free(t->lines[i].note);
	}
	free(t->columns);
	free(t->lines);
	*t = (struct table){ 0 };
}
