// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct study_table *study_table(struct study_tables *t, const char *title, size_t columns,
				const char *const *heads)
{
	struct study_table *out = &t->at[t->count++];

	*out = (struct study_table){ .title = title };
	for (size_t i = 0; i < columns; i++)
		table_column(&out->table, heads[i], NULL, TABLE_WORD);
	return out;
}

void study_cell(struct study_table *t, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL;
		t->table.error = -ENOMEM;
		return;
	}
	if (!t->table.n_lines || t->table.at == t->table.n_columns)
		table_row(&t->table);
	table_put(&t->table, "%s", text);
}

void study_source(struct study_table *t, const char *file, double line)
{
	table_source(&t->table, file, line >= 1 && line < 1e9 ? (unsigned)line : 0);
}

/* A number, with or without a sign, a share, or nothing. */
static bool is_number(const char *text)
{
	static const char digits[] = "0123456789.+-e %";

	return !text || strspn(text, digits) == strlen(text);
}

/* Numbers stand on the right; but for the first column, which says what a row is of. */
static void align(struct table *t)
{
	for (size_t i = 1; i < t->n_columns; i++) {
		bool numbers = t->n_lines > 0;

		for (size_t k = 0; k < t->n_lines && numbers; k++)
			numbers = is_number(t->lines[k].cells[i].text);
		if (numbers)
			t->columns[i].format = TABLE_NUMBER;
	}
}

int study_tables(const struct evidence *x, struct study_tables *out)
{
	int r = 0;

	*out = (struct study_tables){ 0 };
	if (x->study.kind && x->study.kind->tables && !x->unjudged)
		r = x->study.kind->tables(x, out);
	for (size_t i = 0; i < out->count; i++) {
		if (out->at[i].table.error)
			r = -ENOMEM;
		else
			align(&out->at[i].table);
	}
	return r;
}

void study_tables_free(struct study_tables *t)
{
	for (size_t i = 0; i < t->count; i++)
		table_free(&t->at[i].table);
	*t = (struct study_tables){ 0 };
}
