/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paragraphs of plain text for a mail. */
#ifndef REPORT_WORDS_WRAP_H
#define REPORT_WORDS_WRAP_H

#include "base/buf.h"

#define WRAP_COLUMNS 72

/*
 * Appends @text (of any origin) in lines of at most 72 columns, unless a word is longer; the first
 * line behind @first, the others behind as many blanks. What a list's bot or a mailbox would take
 * for its own at the start of a line ("#", "From ", ">") is put behind a blank.
 */
void wrap_text(struct buf *out, const char *first, const char *text);

#endif
