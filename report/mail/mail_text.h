/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paragraphs that all parts of a mail are made of; internal to report/. */
#ifndef REPORT_MAIL_MAIL_TEXT_H
#define REPORT_MAIL_MAIL_TEXT_H

#include "report/mail/mail_request.h"

/* A heading, behind an empty line. */
void mail_heading(struct buf *out, const char *text);
/* One of a list; a phrase_fn whose argument is the buffer. */
int mail_item(void *out, const char *text);
/* What the values of the results are, and, where there are @ratios, how these are to be read. */
void mail_units(const struct evidence_case *c, bool ratios, struct buf *out);
/* "    OLD 266.000  NEW 354.000  ratio 1.3308  regression", by whatever names the sides go. */
void mail_values(const struct evidence_case *c, struct mail_sides names, struct buf *out);
/* A number in a column, or "-". */
void mail_cell(double value, int columns, struct buf *out);

#endif
