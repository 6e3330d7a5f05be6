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

int text_elide(struct buf *out, const char *text, size_t columns)
{
	size_t has = text_columns(text, strlen(text)), head, tail;

	if (has <= columns)
		return buf_puts(out, text);
	if (!columns)
		return 0;
	/* The beginning of a name says more than its end does. */
	tail = (columns - 1) / 3;
	head = columns - 1 - tail;
	return buf_add(out, text, bytes_of(text, head)) | buf_puts(out, ELLIPSIS) |
	       buf_puts(out, text + bytes_of(text, has - tail));
}

static size_t style_columns(const struct text_style *style)
{
	return style->columns ? style->columns : TEXT_COLUMNS;
}

int text_wrap(struct buf *out, const struct text_style *style, size_t at, size_t indent,
	      const char *text)
{
	const size_t columns = style_columns(style);
	size_t blanks = 0; /* before the next word, unless it begins a line */
	int r = 0;

	text += strspn(text, " ");
	for (bool fresh = true; *text && r == 0; fresh = false) {
		size_t len = strcspn(text, " "), width = text_columns(text, len);

		if (at + blanks + width > columns && (!fresh || at > indent)) {
			r |= buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
			blanks = 0;
		}
		r |= buf_printf(out, "%*s", (int)blanks, "") | buf_add(out, text, len);
		at += blanks + width;
		text += len;
		blanks = strspn(text, " ");
		text += blanks;
	}
	return r | buf_puts(out, "\n");
}

int text_say(struct buf *out, const struct text_style *style, unsigned indent, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return text = NULL, -ENOMEM;
	return buf_printf(out, "%*s", (int)indent, "") |
	       text_wrap(out, style, indent, indent + 2, text);
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
static int put_cell(const struct table *t, const struct text_style *style, size_t k, size_t width,
		    const char *text, enum tone tone, size_t *pending, struct buf *out)
{
	_cleanup_buf_ struct buf shown = { 0 };
	size_t has;
	int r;

	if (!text || !*text) {
		*pending += width;
		return 0;
	}
	r = t->columns[k].format == TABLE_NAME ? text_elide(&shown, text, width)
					       : buf_puts(&shown, text);
	has = width_of(buf_str(&shown));
	has = has < width ? has : width;
	if (t->columns[k].format == TABLE_NUMBER)
		*pending += width - has;
	r |= buf_printf(out, "%*s", (int)*pending, "") |
	     tone_put(out, style, tone, buf_str(&shown));
	*pending = t->columns[k].format == TABLE_NUMBER ? 0 : width - has;
	return r;
}

enum which { HEADINGS, UNITS, CELLS };

static int put_line(const struct table *t, const struct text_style *style, unsigned indent,
		    const size_t *widths, enum which which, const struct table_cell *cells,
		    struct buf *out)
{
	size_t pending = indent;
	int r = 0;

	for (size_t k = 0; k < t->n_columns; k++) {
		const char *text = which == CELLS      ? cells[k].text
				   : which == HEADINGS ? t->columns[k].heading
						       : t->columns[k].unit;
		enum tone tone = which == CELLS ? cells[k].tone : TONE_HEADING;

		pending += k ? GAP : 0;
		r |= put_cell(t, style, k, widths[k], text, tone, &pending, out);
	}
	return r | buf_puts(out, "\n");
}

static int put_note(const struct table_line *line, const struct text_style *style, unsigned indent,
		    struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	const size_t at = indent + NOTE_INDENT;
	int r = text_wrap(&text, style, at, at, line->note);

	if (text.len)
		text.data[--text.len] = '\0';
	return r | buf_printf(out, "%*s", (int)at, "") |
	       tone_put(out, style, line->tone, buf_str(&text)) | buf_puts(out, "\n");
}

static bool has_units(const struct table *t)
{
	for (size_t k = 0; k < t->n_columns; k++) {
		if (t->columns[k].unit)
			return true;
	}
	return false;
}

int table_text(const struct table *t, const struct text_style *style, unsigned indent,
	       struct buf *out)
{
	_cleanup_free_ size_t *widths = calloc(t->n_columns + 1, sizeof(*widths));
	const size_t columns = style_columns(style);
	int r = 0;

	if (t->error || !widths)
		return -ENOMEM;
	if (!t->n_columns)
		return 0;
	natural(t, widths);
	if (!style->wide)
		fit(t, columns > indent ? columns - indent : 0, widths);
	if (!t->no_headings) {
		r |= put_line(t, style, indent, widths, HEADINGS, NULL, out);
		r |= has_units(t) ? put_line(t, style, indent, widths, UNITS, NULL, out) : 0;
	}
	for (size_t i = 0; i < t->n_lines && r == 0; i++) {
		const struct table_line *line = &t->lines[i];

		r |= line->cells ? put_line(t, style, indent, widths, CELLS, line->cells, out)
				 : put_note(line, style, indent, out);
	}
	return r ? -ENOMEM : 0;
}
