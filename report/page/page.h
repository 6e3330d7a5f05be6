/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An experiment's evidence as one page. */
#ifndef REPORT_PAGE_PAGE_H
#define REPORT_PAGE_PAGE_H

#include "report/evidence/evidence.h"

/* Addresses that the page links to; NULL: there are no such links. */
struct page_request {
	const char *source_url;	 /* of NEW's source: FILE#Lnnn goes behind it */
	const char *bundle_url;	 /* of the bundle's folder */
	const char *program_url; /* of a foreign program */
};

/* -EINVAL if an address is none, or could hold more than an address. */
int page_check(const struct page_request *q, struct err *e);
/*
 * One HTML file that needs nothing else, from disk or from a server: pictures are inline, there is
 * one script, without which all can be read, and its policy forbids every request.
 */
int page_html(const struct evidence *x, const struct page_request *q, struct buf *out,
	      struct err *e);

#endif
