// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/next.h"

#include "report/words/table.h"

#include <math.h>
#include <string.h>

#define INDENT 8

/* As a POSIX shell takes it for one word. */
static int put_word(struct buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-+=:,./@%";
	int r;

	if (*word && !word[strspn(word, plain)])
		return buf_puts(out, word);
	r = buf_puts(out, "'");
	for (; *word; word++)
		r |= *word == '\'' ? buf_puts(out, "'\\''") : buf_add(out, word, 1);
	return r | buf_puts(out, "'");
}

static int put_command(struct buf *out, const struct text_style *style, const char *first,
		       const char *const *words, const char *redirection)
{
	const size_t columns = style->columns ? style->columns : TEXT_COLUMNS;
	size_t at = INDENT + strlen("slowpath");
	int r = buf_printf(out, "%-*sslowpath", INDENT, first);

	for (; *words; words++) {
		_cleanup_buf_ struct buf word = { 0 };
		size_t width;

		r |= put_word(&word, *words);
		width = text_columns(buf_str(&word), word.len);
		if (at + 1 + width + strlen(" \\") > columns) {
			r |= buf_printf(out, " \\\n%*s", INDENT + 3, "");
			at = INDENT + 3;
		}
		r |= buf_printf(out, " %s", buf_str(&word));
		at += 1 + width;
	}
	return r | buf_printf(out, "%s\n", redirection);
}

int ending_text(const struct ending *x, const struct text_style *style, struct buf *out)
{
	const char *id = *style->id ? style->id : x->id;
	const char *const page[] = { "report", id, "--format", "html", NULL };
	const char *const bundle[] = { "bundle", id, "-o", "evidence", NULL };
	_cleanup_buf_ struct buf how = { 0 };
	int r = buf_puts(out, "\n  ") | tone_put(out, style, TONE_HEADING, id);

	r |= isfinite(x->seconds) ? buf_printf(&how, "%.1f s", x->seconds) : 0;
	if (x->qemu_version)
		r |= buf_printf(&how, "%sQEMU %s", how.len ? ", " : "", x->qemu_version);
	r |= x->cpu ? buf_printf(&how, ", -cpu %s", x->cpu) : 0;
	r |= buf_puts(out, how.len ? "  " : "");
	r |= text_wrap(out, style, 2 + strlen(id) + 2, 4, buf_str(&how));
	if (x->caveat)
		r |= text_say(out, style, 2, "%s", x->caveat);
	r |= put_command(out, style, "  next: ", page, " > page.html");
	return r | put_command(out, style, "", x->second ? x->second : bundle, "");
}
