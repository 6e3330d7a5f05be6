/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of unknown origin, for places that are particular about what they hold. */
#ifndef REPORT_WORDS_PLAIN_H
#define REPORT_WORDS_PLAIN_H

#include "base/buf.h"

#include <jansson.h>

/*
 * As one line for a terminal, a mail or a table: what is not printable becomes '?', newlines and
 * tabs become blanks; UTF-8 stays if it is valid. At most @max bytes, then "...".
 */
void plain_line(struct buf *out, const char *text, size_t max);
/* As above, but newlines stay. No limit. */
void plain_lines(struct buf *out, const char *text);
/* A JSON string whatever the bytes are; null for NULL. */
json_t *plain_json(const char *text);
/* For HTML and SVG, in text and in attributes. */
void plain_html(struct buf *out, const char *text);
/* One line for a Markdown paragraph or table cell: nothing in it is markup. */
void plain_markdown(struct buf *out, const char *text);

#endif
