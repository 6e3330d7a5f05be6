// SPDX-License-Identifier: GPL-2.0-or-later
/* What a command that explains or searches says, on a page. */
#include "report/evidence/study.h"
#include "report/evidence/study_kind.h"
#include "report/page/html.h"
#include "report/page/table_html.h"
#include "report/words/number.h"

#define OPEN_ROWS 12 /* longer tables are folded */

static void put_table(const struct study_table *t, const struct page_request *q, struct buf *out)
{
	size_t rows = t->table.n_lines;
	bool folded = rows > OPEN_ROWS;

	if (!rows)
		return;
	if (folded)
		html_fold(out, false, "%s: %zu rows", t->title, rows);
	else
		buf_printf(out, "<h4>%s</h4>\n", t->title);
	table_html(&t->table, q, out);
	if (t->negative)
		buf_printf(out, "<p>%s</p>\n", number_negative_note);
	if (folded)
		html_fold_end(out);
}

/* A flame graph has a search, and frames that one can zoom into, where there are scripts. */
static void put_plot(const struct evidence *x, enum study_plot kind, struct buf *out)
{
	buf_printf(out, "<h4>%s</h4>\n", study_plot_titles[kind]);
	if (kind != STUDY_FLAME) {
		buf_puts(out, "<figure>");
		study_plot_draw(x, kind, out);
		buf_puts(out, "</figure>\n");
		return;
	}
	buf_puts(out, "<figure class=zoom><p class=js hidden><label>Search: <input "
		      "class=needle type=search></label> <button type=button class=reset>"
		      "whole graph</button> <span class=found></span> "
		      "<small>a click on a frame zooms</small></p>");
	buf_puts(out, "<div class=box>");
	study_plot_draw(x, kind, out);
	buf_puts(out, "</div></figure>\n");
}

void study_put(const struct evidence *x, const struct page_request *q, bool own_lines,
	       struct buf *out)
{
	_cleanup_study_tables_ struct study_tables tables = { 0 };

	buf_keep(out, study_tables(x, &tables));
	if (own_lines) {
		buf_puts(out, "<ul>\n");
		buf_keep(out, study_each_line(x, html_item, out));
		buf_puts(out, "</ul>\n");
	}
	for (enum study_plot kind = 0; kind < STUDY_PLOTS; kind++) {
		if (study_plot_possible(x, kind))
			put_plot(x, kind, out);
	}
	for (size_t i = 0; i < tables.count; i++)
		put_table(&tables.at[i], q, out);
}
