/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts that a page is made of; internal to report/page/ and to other pages of report/. */
#ifndef REPORT_PAGE_HTML_H
#define REPORT_PAGE_HTML_H

#include "report/evidence/evidence.h"
#include "report/evidence/study.h"
#include "report/page/page.h"

/* Head and title of a page that needs nothing else and may request nothing; and its end, with the
 * one script. */
void page_open(const char *title, struct buf *out);
void page_close(struct buf *out);
/* What came of it, in a box; @class: a verdict's name, or "" for none. */
void page_verdict(const char *class, const char *words, struct buf *out);

/* A cell; @text may be NULL. */
void html_cell(struct buf *out, const char *text);
/* A phrase_fn whose argument is the buffer. */
int html_item(void *out, const char *text);
/* A table in a box of its own, in which it scrolls; @heads end with NULL. */
void html_table_begin(struct buf *out, const char *id, const char *const *heads);
void html_table_end(struct buf *out);
/* What stands folded behind a line of text. */
void html_fold(struct buf *out, bool open, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void html_fold_end(struct buf *out);
/* A verdict in colour and word. */
void html_verdict(struct buf *out, const struct evidence_case *c);

/* @text, as a link to a line of the source where @q has its address and @file is a path in it. */
void link_source(const struct page_request *q, const char *file, unsigned line, const char *text,
		 struct buf *out);
/* @text, as a link to a file of the bundle where @q has its address. */
void link_bundle(const struct page_request *q, const char *file, const char *text, struct buf *out);

/* What costs what, and what came of it, one row a case. */
void summary_put(const struct evidence *x, struct buf *out);
/* "s3", of the part that case @at stands in. */
struct part_id {
	char text[24];
};
struct part_id part_id(const struct evidence *x, size_t at);
/* All parts, one a scenario. */
void parts_put(const struct evidence *x, const struct page_request *q, struct buf *out);
/* What a command that explains or searches says; with @own_lines also in sentences. */
void study_put(const struct evidence *x, const struct page_request *q, bool own_lines,
	       struct buf *out);
/* Environment, and where the files are. */
void surroundings_put(const struct evidence *x, const struct page_request *q, struct buf *out);

/*
 * Events of a case's iteration where something counted them: of its own runs, else of an experiment
 * of attribute that is attached. @name as in its document ("atomics"); false: it is not known.
 */
bool events_find(const struct evidence *x, const struct evidence_case *c, const char *name,
		 double *old_value, double *new_value);

#endif
