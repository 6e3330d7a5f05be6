// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page/table_html.h"

#include "report/words/plain.h"

#include <errno.h>

static void put_head(const struct table_column *c, struct buf *out)
{
	buf_puts(out, " ");
	plain_markdown(out, c->heading);
	if (c->unit) {
		buf_puts(out, " (");
		plain_markdown(out, c->unit);
		buf_puts(out, ")");
	}
	buf_puts(out, " |");
}

static void put_line(const struct table *t, const struct table_line *line, struct buf *out)
{
	buf_puts(out, "|");
	for (size_t i = 0; i < t->n_columns; i++) {
		const char *text = line->cells ? line->cells[i].text : i ? "" : line->note;

		buf_puts(out, " ");
		if (text)
			plain_markdown(out, text);
		buf_puts(out, " |");
	}
	buf_puts(out, "\n");
}

/* Markdown has no table without a head. */
void table_markdown(const struct table *t, struct buf *out)
{
	buf_puts(out, "|");
	for (size_t i = 0; i < t->n_columns; i++)
		put_head(&t->columns[i], out);
	buf_puts(out, "\n|");
	for (size_t i = 0; i < t->n_columns; i++)
		buf_puts(out, t->columns[i].format == TABLE_NUMBER ? " ---: |" : " --- |");
	buf_puts(out, "\n");
	for (size_t i = 0; i < t->n_lines; i++)
		put_line(t, &t->lines[i], out);
	buf_keep(out, t->error);
}
