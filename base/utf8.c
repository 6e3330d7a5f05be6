// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>

#define SHOWN_MAX 160

size_t utf8_sequence(const char *text, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	if (!n || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if ((n == 3 && c < 0x800) || (n == 4 && c < 0x10000) || c > 0x10ffff ||
	    (c >= 0xd800 && c < 0xe000))
		return 0;
	if (code)
		*code = c;
	return n;
}

size_t utf8_printable(const char *text)
{
	uint32_t code = 0;
	size_t n = utf8_sequence(text, &code);

	/* C0 and C1 controls, and what turns the direction of text. */
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
	    (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
	    code == 0xfeff)
		return 0;
	return n;
}

bool utf8_valid(const char *text)
{
	size_t n = 1;

	while (*text && (n = utf8_sequence(text, NULL)) > 0)
		text += n;
	return n > 0;
}

int utf8_check(const char *what, const char *text, struct err *e)
{
	char shown[SHOWN_MAX + 8];
	size_t len = 0;

	if (!text || utf8_valid(text))
		return 0;
	while (*text && len < SHOWN_MAX) {
		size_t n = utf8_sequence(text, NULL);

		if (!n)
			len += (size_t)snprintf(shown + len, sizeof(shown) - len, "\\x%02x",
						(unsigned char)*text++);
		for (; n; n--)
			shown[len++] = *text++;
	}
	shown[len] = '\0';
	return err_set(e, EILSEQ,
		       "%s '%s%s' is not UTF-8, which everything that is kept and told has to be",
		       what, shown, *text ? "..." : "");
}
