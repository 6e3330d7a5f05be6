/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An experiment's evidence as one page. */
#ifndef REPORT_PAGE_PAGE_H
#define REPORT_PAGE_PAGE_H

#include "report/evidence/evidence.h"

/*
 * One HTML file that needs nothing else, from disk or from a server: pictures are inline, there is
 * one small script for the search in the raw table, and its policy forbids every request.
 */
int page_html(const struct evidence *x, struct buf *out, struct err *e);

#endif
