/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table (report/words/table.h) for pages. */
#ifndef REPORT_PAGE_TABLE_HTML_H
#define REPORT_PAGE_TABLE_HTML_H

#include "report/page/page.h"
#include "report/words/table.h"

/* In a box of its own, in which it scrolls; cells lead to their source where @q has its address. */
void table_html(const struct table *t, const struct page_request *q, struct buf *out);
/* The same for a README: nothing in it is markup. Units stand with the headings. */
void table_markdown(const struct table *t, struct buf *out);

#endif
