// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing/label.h"

#include "base/utf8.h"
#include "report/words/plain.h"

#include <string.h>

#define LETTER 0.62 /* of the size: that of the widest monospace font in use */

/* Bytes of the character at @p, and the columns that it may take. */
static size_t character(const char *p, unsigned *columns)
{
	size_t len = utf8_printable(p);

	*columns = len > 1 ? 2 : 1;
	return len ? len : 1;
}

static unsigned columns_of(const char *text)
{
	unsigned sum = 0, one;

	while (*text) {
		text += character(text, &one);
		sum += one;
	}
	return sum;
}

double label_width(const char *text, double size)
{
	return columns_of(text) * size * LETTER;
}

/* The byte behind as much of @text as @columns hold. */
static size_t head_of(const char *text, unsigned columns)
{
	size_t at = 0;
	unsigned used = 0, one;

	while (text[at]) {
		size_t len = character(text + at, &one);

		if (used + one > columns)
			break;
		used += one;
		at += len;
	}
	return at;
}

/* The byte at which what @columns hold of the end begins. */
static size_t tail_of(const char *text, unsigned columns)
{
	unsigned left = columns_of(text), one;
	size_t at = 0;

	while (text[at] && left > columns) {
		at += character(text + at, &one);
		left -= one;
	}
	return at;
}

void label_fit(const char *text, double size, double room, struct buf *out)
{
	double letters = room / (size * LETTER);
	unsigned columns = letters > 0 ? (unsigned)(letters + 1e-6) : 0, rest;

	if (columns_of(text) <= columns) {
		buf_puts(out, text);
		return;
	}
	if (columns < 3)
		return;
	rest = columns - 2; /* "…" may be wide too */
	buf_add(out, text, head_of(text, rest - rest / 2));
	buf_puts(out, "\xe2\x80\xa6");
	buf_puts(out, text + tail_of(text, rest / 2));
}

void label_put(const struct label *l, const char *text, struct buf *out)
{
	double size = l->size > 0 ? l->size : LABEL_SIZE;
	_cleanup_buf_ struct buf fit = { 0 };

	label_fit(text, size, l->room, &fit);
	buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\"", l->x, l->y);
	if (l->anchor && strcmp(l->anchor, "start") != 0)
		buf_printf(out, " text-anchor=\"%s\"", l->anchor);
	if (l->size > 0)
		buf_printf(out, " font-size=\"%g\"", l->size);
	if (l->more)
		buf_printf(out, " %s", l->more);
	buf_puts(out, ">");
	if (strcmp(buf_str(&fit), text) != 0) {
		buf_puts(out, "<title>");
		plain_html(out, text);
		buf_puts(out, "</title>");
	}
	plain_html(out, buf_str(&fit));
	buf_puts(out, "</text>\n");
	buf_keep(out, buf_error(&fit));
}
