// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/table.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2	      /* blanks between columns */
#define NAME_MIN 12   /* columns that a name keeps, if it has them */
#define NOTE_INDENT 4 /* of a note, behind its row's */
#define ELLIPSIS "…"

size_t text_columns(const char *text, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* Bytes of the first @columns code points. */
static size_t bytes_of(const char *text, size_t columns)
{
	size_t i = 0;

	for (; text[i]; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80 && !columns--)
			break;
	}
	return i;
}

void text_elide(struct buf *out, const char *text, size_t columns)
{
	size_t has = text_columns(text, strlen(text)), head, tail;

	if (has <= columns) {
		buf_puts(out, text);
		return;
	}
	if (!columns)
		return;
	/* The beginning of a name says more than its end does. */
	tail = (columns - 1) / 3;
	head = columns - 1 - tail;
	buf_add(out, text, bytes_of(text, head));
	buf_puts(out, ELLIPSIS);
	buf_puts(out, text + bytes_of(text, has - tail));
}

static size_t style_columns(const struct text_style *style)
{
	return style->columns ? style->columns : TEXT_COLUMNS;
}

void text_wrap(struct buf *out, const struct text_style *style, size_t at, size_t indent,
	       const char *text)
{
	const size_t columns = style_columns(style);
	size_t blanks = 0; /* before the next word, unless it begins a line */

	text += strspn(text, " ");
	for (bool fresh = true; *text; fresh = false) {
		size_t len = strcspn(text, " "), width = text_columns(text, len);

		if (at + blanks + width > columns && (!fresh || at > indent)) {
			buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
			blanks = 0;
		}
		buf_printf(out, "%*s", (int)blanks, "");
		buf_add(out, text, len);
		at += blanks + width;
		text += len;
		blanks = strspn(text, " ");
		text += blanks;
	}
	buf_puts(out, "\n");
}

void text_say(struct buf *out, const struct text_style *style, unsigned indent, const char *fmt,
	      ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	buf_printf(out, "%*s", (int)indent, "");
	text_wrap(out, style, indent, indent + 2, buf_str(&text));
	buf_keep(out, buf_error(&text));
}

static size_t width_of(const char *text)
{
	return text ? text_columns(text, strlen(text)) : 0;
}

static void natural(const struct table *t, size_t *widths)
{
	for (size_t k = 0; k < t->n_columns; k++) {
		size_t most = 0, w;

		if (!t->no_headings)
			most = width_of(t->columns[k].heading);
		w = width_of(t->columns[k].unit);
		most = !t->no_headings && w > most ? w : most;
		for (size_t i = 0; i < t->n_lines; i++) {
			w = t->lines[i].cells ? width_of(t->lines[i].cells[k].text) : 0;
			most = w > most ? w : most;
		}
		widths[k] = most;
	}
}

/* The names' widths shrink, always the widest by one, until all fit. */
static void fit(const struct table *t, size_t room, size_t *widths)
{
	size_t total = GAP * (t->n_columns - 1);

	for (size_t k = 0; k < t->n_columns; k++)
		total += widths[k];
	for (; total > room; total--) {
		size_t widest = t->n_columns;

		for (size_t k = 0; k < t->n_columns; k++) {
			if (t->columns[k].format == TABLE_NAME && widths[k] > NAME_MIN &&
			    (widest == t->n_columns || widths[k] > widths[widest]))
				widest = k;
		}
		if (widest == t->n_columns)
			return;
		widths[widest]--;
	}
}

/* @pending: blanks that are owed, so that no line ends with one. */
static void put_cell(const struct table *t, const struct text_style *style, size_t k, size_t width,
		     const char *text, enum tone tone, size_t *pending, struct buf *out)
{
	_cleanup_buf_ struct buf shown = { 0 };
	size_t has;

	if (!text || !*text) {
		*pending += width;
		return;
	}
	if (t->columns[k].format == TABLE_NAME)
		text_elide(&shown, text, width);
	else
		buf_puts(&shown, text);
	has = width_of(buf_str(&shown));
	has = has < width ? has : width;
	if (t->columns[k].format == TABLE_NUMBER)
		*pending += width - has;
	buf_printf(out, "%*s", (int)*pending, "");
	tone_put(out, style, tone, buf_str(&shown));
	buf_keep(out, buf_error(&shown));
	*pending = t->columns[k].format == TABLE_NUMBER ? 0 : width - has;
}

enum which { HEADINGS, UNITS, CELLS };

static void put_line(const struct table *t, const struct text_style *style, unsigned indent,
		     const size_t *widths, enum which which, const struct table_cell *cells,
		     struct buf *out)
{
	size_t pending = indent;

	for (size_t k = 0; k < t->n_columns; k++) {
		const char *text = which == CELLS      ? cells[k].text
				   : which == HEADINGS ? t->columns[k].heading
						       : t->columns[k].unit;
		enum tone tone = which == CELLS ? cells[k].tone : TONE_HEADING;

		pending += k ? GAP : 0;
		put_cell(t, style, k, widths[k], text, tone, &pending, out);
	}
	buf_puts(out, "\n");
}

static void put_note(const struct table_line *line, const struct text_style *style, unsigned indent,
		     struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	const size_t at = indent + NOTE_INDENT;

	text_wrap(&text, style, at, at, line->note);
	if (text.len)
		text.data[--text.len] = '\0';
	buf_printf(out, "%*s", (int)at, "");
	tone_put(out, style, line->tone, buf_str(&text));
	buf_puts(out, "\n");
	buf_keep(out, buf_error(&text));
}

static bool has_units(const struct table *t)
{
	for (size_t k = 0; k < t->n_columns; k++) {
		if (t->columns[k].unit)
			return true;
	}
	return false;
}

void table_text(const struct table *t, const struct text_style *style, unsigned indent,
		struct buf *out)
{
	_cleanup_free_ size_t *widths = calloc(t->n_columns + 1, sizeof(*widths));
	const size_t columns = style_columns(style);

	buf_keep(out, t->error ? t->error : widths ? 0 : -ENOMEM);
	if (buf_error(out) || !t->n_columns)
		return;
	natural(t, widths);
	if (!style->wide)
		fit(t, columns > indent ? columns - indent : 0, widths);
	if (!t->no_headings) {
		put_line(t, style, indent, widths, HEADINGS, NULL, out);
		if (has_units(t))
			put_line(t, style, indent, widths, UNITS, NULL, out);
	}
	for (size_t i = 0; i < t->n_lines; i++) {
		const struct table_line *line = &t->lines[i];

		if (line->cells)
			put_line(t, style, indent, widths, CELLS, line->cells, out);
		else
			put_note(line, style, indent, out);
	}
}
