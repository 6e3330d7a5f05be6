/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word in a text is to its reader, and what the text is for: a screen or a pipe. */
#ifndef REPORT_WORDS_TONE_H
#define REPORT_WORDS_TONE_H

#include "base/buf.h"
#include "judge/table/verdict.h"

#include <stdbool.h>

#define TEXT_COLUMNS 80

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_UNSURE, TONE_DIM, TONE_HEADING };

/* Whoever prints decides it; who writes a text only obeys. */
struct text_style {
	unsigned columns; /* that a line has; 0: TEXT_COLUMNS */
	bool wide;	  /* no name is elided, however long the line */
	bool colour;	  /* escapes of ANSI terminals */
	char id[64];	  /* of the experiment, as short as can be typed; "": in full */
};

/* 80 columns, no colour. */
extern const struct text_style text_style_plain;

enum tone verdict_tone(enum verdict v);
/* "good", "bad", "unsure", "dim", "heading"; "" for plain: for classes of other back ends. */
const char *tone_name(enum tone t);
/* @text as it is, in its colour if @style has any. */
void tone_put(struct buf *out, const struct text_style *style, enum tone t, const char *text);

#endif
