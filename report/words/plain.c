// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/plain.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* @special: may add what stands for a character instead, and says that it did. */
static void walk(struct buf *out, const char *text, bool lines, size_t max,
		 const char *(*special)(char c))
{
	const char *p = text;
	size_t start = out->len;

	while (*p) {
		size_t n = utf8_printable(p);
		const char *instead = special && n == 1 ? special(*p) : NULL;

		if (out->len - start + (n ? n : 1) > max)
			break;
		if (instead)
			buf_puts(out, instead);
		else if (n)
			buf_add(out, p, n);
		else
			buf_puts(out, *p == '\n' && lines	 ? "\n"
				      : *p == '\n' || *p == '\t' ? " "
								 : "?");
		p += n ? n : 1;
	}
	if (*p)
		buf_puts(out, "...");
}

void plain_line(struct buf *out, const char *text, size_t max)
{
	walk(out, text, false, max, NULL);
}

void plain_lines(struct buf *out, const char *text)
{
	walk(out, text, true, SIZE_MAX, NULL);
}

json_t *plain_json(const char *text)
{
	json_t *json = text ? json_string(text) : json_null();
	_cleanup_buf_ struct buf b = { 0 };

	if (json)
		return json;
	plain_lines(&b, text);
	return buf_error(&b) ? NULL : json_string(buf_str(&b));
}

static const char *html(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void plain_html(struct buf *out, const char *text)
{
	walk(out, text, true, SIZE_MAX, html);
}

static const char *markdown(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\\':
		return "\\\\";
	case '`':
		return "\\`";
	case '*':
		return "\\*";
	case '_':
		return "\\_";
	case '[':
		return "\\[";
	case ']':
		return "\\]";
	case '|':
		return "\\|";
	case '#':
		return "\\#";
	case '!':
		return "\\!";
	case '~':
		return "\\~";
	default:
		return NULL;
	}
}

void plain_markdown(struct buf *out, const char *text)
{
	walk(out, text, false, SIZE_MAX, markdown);
}
