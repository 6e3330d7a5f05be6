/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table: columns, rows of cells, and notes between rows. What it looks like is a back end's;
 * table_text() is the one for terminals.
 *
 *	_cleanup_table_ struct table t = { 0 };
 *
 *	table_column(&t, "function", NULL, TABLE_NAME);
 *	table_column(&t, "old", "insns/page", TABLE_NUMBER);
 *	table_row(&t);
 *	table_put(&t, "%s", name);
 *	table_number(&t, old);
 *	table_text(&t, style, 2, out);
 *
 * A table keeps its first error: the calls that fill it return nothing, and every back end hands
 * it to the buffer.
 */
#ifndef REPORT_WORDS_TABLE_H
#define REPORT_WORDS_TABLE_H

#include "base/buf.h"
#include "report/words/tone.h"

#include <stdbool.h>
#include <stddef.h>

enum table_format {
	TABLE_WORD,   /* to the left, whole */
	TABLE_NAME,   /* to the left; its middle may be left out where room is scarce */
	TABLE_NUMBER, /* to the right, whole */
};

struct table_column {
	char *heading, *unit; /* owned; no unit: NULL */
	enum table_format format;
};

struct table_cell {
	char *text;   /* owned, one printable line; NULL: nothing is there */
	double value; /* what the text says, for bars and for sorting; NAN: no number */
	enum tone tone;
	char *file;    /* owned: the source file that it is about; NULL: none */
	unsigned line; /* in that, from 1; 0: not known */
};

struct table_line {
	struct table_cell *cells; /* owned, one a column; NULL: a note */
	char *note;		  /* owned, of the row above it */
	enum tone tone;		  /* of the note */
};

struct table {
	struct table_column *columns; /* owned */
	size_t n_columns;
	struct table_line *lines; /* owned */
	size_t n_lines;
	size_t at;	  /* the next cell of the last row */
	bool no_headings; /* nothing to say above the columns */
	int error;	  /* 0 or -ENOMEM */
};

/* Columns come before rows. @unit may be NULL. */
void table_column(struct table *t, const char *heading, const char *unit, enum table_format f);
/* Begins a row; what is not put of it stays empty. */
void table_row(struct table *t);
/* The next cell of the row. What is not printable in it becomes '?'. */
void table_put(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void table_skip(struct table *t); /* nothing there */
/* number_of(), number_change(), "1.0000" or "-" if it is not finite. */
void table_number(struct table *t, double value);
void table_change(struct table *t, double value);
void table_ratio(struct table *t, double value);
/* @r, if it is negative, becomes the table's error: of a text that a cell was made of. */
void table_keep(struct table *t, int r);
/* Of the cell that was put last. */
void table_tone(struct table *t, enum tone tone);
/* What @value its text stands for. */
void table_value(struct table *t, double value);
/* Where the source is of what its text names, for back ends that have links. */
void table_source(struct table *t, const char *file, unsigned line);
/* A sentence that belongs to the row above it and stands under the whole of it. */
void table_note(struct table *t, enum tone tone, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void table_free(struct table *t);
#define _cleanup_table_ __attribute__((cleanup(table_free)))

/*
 * Lines behind @indent blanks: headings, units if there are any, rows. Where a line would be longer
 * than the style's columns, names lose their middles ("very_long_…_name"), the longest first, down
 * to what can still be told apart; numbers never lose anything. Notes are wrapped.
 */
void table_text(const struct table *t, const struct text_style *style, unsigned indent,
		struct buf *out);

/* What of @text fits @columns, its middle left out if it has to be. */
void text_elide(struct buf *out, const char *text, size_t columns);
/* Columns of @bytes of UTF-8 text: its code points. */
size_t text_columns(const char *text, size_t bytes);
/*
 * @text, one line, in lines of at most @style's columns: it begins at column @at, and what goes on
 * stands behind @indent blanks. Ends with a newline.
 */
void text_wrap(struct buf *out, const struct text_style *style, size_t at, size_t indent,
	       const char *text);
/*
 * A sentence on lines of its own: behind @indent blanks, what goes on two more. Its text is
 * printed as it is.
 */
void text_say(struct buf *out, const struct text_style *style, unsigned indent, const char *fmt,
	      ...) __attribute__((format(printf, 4, 5)));

#endif
