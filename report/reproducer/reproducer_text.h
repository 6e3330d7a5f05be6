/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing C: what the parts of the reproducer (reproducer.h) share. */
#ifndef REPORT_REPRODUCER_REPRODUCER_TEXT_H
#define REPORT_REPRODUCER_REPRODUCER_TEXT_H

#include "report/reproducer/reproducer_parts.h"
#include "scenario/scenario.h"

#define TEXT_NAME_BYTES 40
#define TEXT_SIZE_BYTES 32

/* A C file that is being written. Names are words of C that no other thing in it has. */
struct text {
	const struct scenario *s;
	struct buf *out;
	uint64_t parts;					 /* PART_BIT of what it needs */
	char maps[PLAN_MAX_MAPS][TEXT_NAME_BYTES];	 /* NAME_start, NAME_fd */
	char sizes[PLAN_MAX_MAPS][TEXT_NAME_BYTES];	 /* NAME_BYTES */
	char segments[MARKER_SEGMENTS][TEXT_NAME_BYTES]; /* do_NAME(), NAME_ns */
};

/* Names for the maps and segments of t->s. */
void text_make_names(struct text *t);

void say(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A statement (or what begins one), @depth tabs in, over as many lines as it takes. */
void say_wrapped(struct text *t, unsigned depth, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Words of a comment: each line begins with @prefix. */
void say_comment(struct text *t, const char *prefix, const char *words);
/* A comment of one line. */
void say_short_comment(struct text *t, const char *words);

/* "PAGE", "(64UL << 20)", "4097UL": returns @out. */
const char *size_text(uint64_t bytes, char out[TEXT_SIZE_BYTES]);
/* Appends a string literal, quotes included. */
void quote_text(const char *words, struct buf *out);

#endif
