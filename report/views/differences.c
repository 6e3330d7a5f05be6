// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/differences.h"

#include "base/cleanup.h"
#include "report/words/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How often a word of @len bytes stands in @text. */
static size_t times(const char *text, const char *word, size_t len)
{
	size_t n = 0;

	for (text += strspn(text, " "); *text;) {
		size_t this = strcspn(text, " ");

		n += this == len && !strncmp(text, word, len);
		text += this + strspn(text + this, " ");
	}
	return n;
}

/* Words of @text that @other has not, or not as often; all that are on both sides are counted. */
static void only(const char *text, const char *other, size_t *shared, struct buf *out)
{
	const char *begin = text + strspn(text, " ");
	const size_t start = out->len;

	for (const char *p = begin; *p;) {
		size_t len = strcspn(p, " ");
		_cleanup_free_ char *before = strndup(begin, (size_t)(p - begin));

		if (!before) {
			buf_keep(out, -ENOMEM);
			return;
		}
		if (times(before, p, len) < times(other, p, len)) {
			++*shared;
		} else {
			buf_puts(out, out->len > start ? " " : "");
			buf_add(out, p, len);
		}
		p += len + strspn(p + len, " ");
	}
	if (out->len == start)
		buf_puts(out, "(nothing)");
}

static void cmdline(const struct audit_entry *x, struct buf *out)
{
	_cleanup_buf_ struct buf words = { 0 };
	size_t shared = 0, again = 0;

	only(x->old_value, x->new_value, &shared, &words);
	buf_puts(&words, " / ");
	only(x->new_value, x->old_value, &again, &words);
	/* The same words in another order, or others on both sides. */
	if (!shared || !strcmp(buf_str(&words), "(nothing) / (nothing)"))
		buf_printf(out, "%s: %s / %s", x->name, x->old_value, x->new_value);
	else
		buf_printf(out, "%s: %s (%zu more word%s on both sides)", x->name, buf_str(&words),
			   shared, shared == 1 ? "" : "s");
	buf_keep(out, buf_error(&words));
}

void difference_text(const struct audit_entry *x, long config_differences, struct buf *out)
{
	if (!strcmp(x->name, "config") && config_differences >= 0)
		buf_printf(out, "config, in %ld option%s", config_differences,
			   config_differences == 1 ? "" : "s");
	else if (!strcmp(x->name, "cmdline"))
		cmdline(x, out);
	else
		buf_printf(out, "%s: %s / %s", x->name, x->old_value, x->new_value);
}

void differences_text(const struct audit *a, const struct text_style *style, unsigned indent,
		      const char *before, struct buf *out)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct audit_entry *x = &a->entries[i];
		_cleanup_buf_ struct buf text = { 0 };

		if (x->same || !strcmp(x->old_value, x->new_value))
			continue;
		difference_text(x, a->config_differences, &text);
		text_say(out, style, indent, "%s: %s", before, buf_str(&text));
		buf_keep(out, buf_error(&text));
	}
}

bool audit_is_same(const struct audit *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++) {
		if (!strcmp(a->entries[i].name, name))
			return a->entries[i].same;
	}
	return false;
}
