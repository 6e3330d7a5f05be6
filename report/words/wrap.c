// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/wrap.h"

#include "report/words/plain.h"

#include <stdbool.h>
#include <string.h>

/* Code points, near enough. */
static size_t columns(const char *text, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

static bool is_special(const char *word, size_t len)
{
	return *word == '#' || *word == '>' || (len == 4 && !strncmp(word, "From", 4)) ||
	       !strncmp(word, "--", 2);
}

void wrap_text(struct buf *out, const char *first, const char *text)
{
	_cleanup_buf_ struct buf plain = { 0 };
	size_t indent = columns(first, strlen(first)), at = indent;
	bool fresh = true;

	plain_line(&plain, text, 100000);
	buf_puts(out, first);
	for (const char *p = buf_str(&plain); *p;) {
		size_t len, width;

		p += strspn(p, " ");
		len = strcspn(p, " ");
		width = columns(p, len);
		if (!len)
			break;
		if (!fresh && at + 1 + width > WRAP_COLUMNS) {
			buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
			fresh = true;
		}
		if (!fresh || (at == 0 && is_special(p, len))) {
			buf_puts(out, " ");
			at++;
		}
		buf_add(out, p, len);
		at += width;
		p += len;
		fresh = false;
	}
	buf_puts(out, "\n");
	buf_keep(out, buf_error(&plain));
}
