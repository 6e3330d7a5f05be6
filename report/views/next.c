// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/next.h"

#include "arch/arch.h"

#include "report/words/table.h"

#include <math.h>
#include <string.h>

#define INDENT 8

void next_word(struct buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-+=:,./@%";

	if (*word && !word[strspn(word, plain)]) {
		buf_puts(out, word);
		return;
	}
	buf_puts(out, "'");
	for (; *word; word++)
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_add(out, word, 1);
	buf_puts(out, "'");
}

void next_text(const char *first, const char *const *words, const char *redirection,
	       const struct text_style *style, struct buf *out)
{
	const size_t columns = style->columns ? style->columns : TEXT_COLUMNS;
	size_t at = INDENT + strlen("slowpath");

	buf_printf(out, "%-*sslowpath", INDENT, first);
	for (; *words; words++) {
		_cleanup_buf_ struct buf word = { 0 };
		size_t width;

		next_word(&word, *words);
		width = text_columns(buf_str(&word), word.len);
		if (at + 1 + width + strlen(" \\") > columns) {
			buf_printf(out, " \\\n%*s", INDENT + 3, "");
			at = INDENT + 3;
		}
		buf_printf(out, " %s", buf_str(&word));
		at += 1 + width;
		buf_keep(out, buf_error(&word));
	}
	buf_printf(out, "%s\n", redirection);
}

void ending_id_text(const struct ending *x, const struct text_style *style, struct buf *out)
{
	const char *id = *style->id ? style->id : x->id;
	_cleanup_buf_ struct buf how = { 0 };

	buf_puts(out, "  ");
	tone_put(out, style, TONE_HEADING, id);
	if (isfinite(x->seconds))
		buf_printf(&how, "%.1f s", x->seconds);
	if (x->arch && strcmp(x->arch, arch_default()->name) != 0)
		buf_printf(&how, "%s%s", how.len ? ", " : "", x->arch);
	if (x->qemu_version)
		buf_printf(&how, "%sQEMU %s", how.len ? ", " : "", x->qemu_version);
	if (x->cpu)
		buf_printf(&how, ", -cpu %s", x->cpu);
	buf_puts(out, how.len ? "  " : "");
	text_wrap(out, style, 2 + strlen(id) + 2, 4, buf_str(&how));
	buf_keep(out, buf_error(&how));
}

void ending_text(const struct ending *x, const struct text_style *style, struct buf *out)
{
	const char *id = *style->id ? style->id : x->id;
	const char *const page[] = { "report", id, "--format", "html", NULL };
	const char *const bundle[] = { "bundle", id, "-o", "evidence", NULL };

	buf_puts(out, "\n");
	ending_id_text(x, style, out);
	if (x->caveat)
		text_say(out, style, 2, "%s", x->caveat);
	next_text("  next: ", page, " > page.html", style, out);
	next_text("", x->second ? x->second : bundle, "", style, out);
}
