// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page/table_html.h"

#include "report/page/html.h"
#include "report/words/plain.h"

#include <errno.h>

static void put_head(const struct table_column *c, struct buf *out)
{
	buf_puts(out, "<th>");
	plain_html(out, c->heading);
	if (c->unit) {
		buf_puts(out, " <small>");
		plain_html(out, c->unit);
		buf_puts(out, "</small>");
	}
}

static void put_cell(const struct table_column *c, const struct table_cell *cell,
		     const struct page_request *q, struct buf *out)
{
	const char *tone = tone_name(cell->tone);

	buf_puts(out, "<td");
	if (c->format == TABLE_NUMBER && *tone)
		buf_printf(out, " class=\"n %s\"", tone);
	else if (c->format == TABLE_NUMBER || *tone)
		buf_printf(out, " class=%s", *tone ? tone : "n");
	buf_puts(out, ">");
	if (!cell->text)
		return;
	if (cell->file)
		link_source(q, cell->file, cell->line, cell->text, out);
	else
		plain_html(out, cell->text);
}

static void put_line(const struct table *t, const struct table_line *line,
		     const struct page_request *q, struct buf *out)
{
	buf_puts(out, "<tr>");
	if (!line->cells) {
		buf_printf(out, "<td colspan=%zu><small>", t->n_columns);
		plain_html(out, line->note);
		buf_puts(out, "</small>\n");
		return;
	}
	for (size_t i = 0; i < t->n_columns; i++)
		put_cell(&t->columns[i], &line->cells[i], q, out);
	buf_puts(out, "\n");
}

void table_html(const struct table *t, const struct page_request *q, struct buf *out)
{
	buf_puts(out, "<div class=box><table>");
	if (!t->no_headings)
		buf_puts(out, "<thead><tr>");
	for (size_t i = 0; i < t->n_columns && !t->no_headings; i++)
		put_head(&t->columns[i], out);
	buf_puts(out, t->no_headings ? "<tbody>\n" : "</thead><tbody>\n");
	for (size_t i = 0; i < t->n_lines; i++)
		put_line(t, &t->lines[i], q, out);
	buf_puts(out, "</tbody></table></div>\n");
	buf_keep(out, t->error);
}
