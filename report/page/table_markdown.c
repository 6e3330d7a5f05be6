// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page/table_html.h"

#include "report/words/plain.h"

#include <errno.h>

static int put_head(const struct table_column *c, struct buf *out)
{
	int r = buf_puts(out, " ") | plain_markdown(out, c->heading);

	if (c->unit)
		r |= buf_puts(out, " (") | plain_markdown(out, c->unit) | buf_puts(out, ")");
	return r | buf_puts(out, " |");
}

static int put_line(const struct table *t, const struct table_line *line, struct buf *out)
{
	int r = buf_puts(out, "|");

	for (size_t i = 0; i < t->n_columns; i++) {
		const char *text = line->cells ? line->cells[i].text : i ? "" : line->note;

		r |= buf_puts(out, " ") | (text ? plain_markdown(out, text) : 0) |
		     buf_puts(out, " |");
	}
	return r | buf_puts(out, "\n");
}

/* Markdown has no table without a head. */
int table_markdown(const struct table *t, struct buf *out)
{
	int r = buf_puts(out, "|");

	for (size_t i = 0; i < t->n_columns; i++)
		r |= put_head(&t->columns[i], out);
	r |= buf_puts(out, "\n|");
	for (size_t i = 0; i < t->n_columns; i++)
		r |= buf_puts(out, t->columns[i].format == TABLE_NUMBER ? " ---: |" : " --- |");
	r |= buf_puts(out, "\n");
	for (size_t i = 0; i < t->n_lines; i++)
		r |= put_line(t, &t->lines[i], out);
	return r || t->error ? -ENOMEM : 0;
}
