// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/cover.h"

#include "report/words/table.h"

#include <string.h>

static void list(const struct coverage *c, const struct text_style *style, struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };

	table_column(&t, "executed", NULL, TABLE_NAME);
	table_column(&t, "instructions", NULL, TABLE_NUMBER);
	table_column(&t, "calls", NULL, TABLE_NUMBER);
	table_column(&t, "", NULL, TABLE_WORD);
	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_function *f = &c->functions[i];

		if (!coverage_is_covered(f))
			continue;
		table_row(&t);
		table_put(&t, "%s", f->name);
		table_put(&t, "%llu", (unsigned long long)f->insns);
		table_put(&t, "%llu", (unsigned long long)f->calls);
		if (f->runs < c->runs)
			table_put(&t, "in %u of %u runs", f->runs, c->runs);
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
}

enum kind { NOT_EXECUTED, NO_SYMBOL, AMBIGUOUS };

static enum kind kind_of(const struct coverage_function *f)
{
	return !f->symbol ? NO_SYMBOL : f->runs ? AMBIGUOUS : NOT_EXECUTED;
}

static void names(const struct coverage *c, enum kind kind, const char *what,
		  const struct text_style *style, struct buf *b)
{
	_cleanup_buf_ struct buf list_ = { 0 };

	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_function *f = &c->functions[i];

		if (!coverage_is_covered(f) && kind_of(f) == kind)
			buf_printf(&list_, " %s", f->name);
	}
	buf_keep(b, buf_error(&list_));
	if (!list_.len)
		return;
	buf_printf(b, "\n  %s:\n    ", what);
	text_wrap(b, style, 4, 4, buf_str(&list_));
}

/* Both begin with the same two numbers. */
static bool same_series(const char *a, const char *b)
{
	size_t len = strcspn(a, ".");

	len += a[len] == '.';
	len += strspn(a + len, "0123456789");
	return strncmp(a, b, len) == 0 && !(b[len] >= '0' && b[len] <= '9');
}

int cover_text(const struct cover_view *v, const struct text_style *style, struct buf *out,
	       struct err *e)
{
	const struct coverage *c = v->coverage;
	const bool of_it = !v->tree_version || same_series(v->tree_version, v->release);

	text_say(out, style, 0, "COVER  %s  %s  %s", v->source, v->scenario, v->title);
	text_say(out, style, 2,
		 "%zu functions in the source, %zu with a symbol; executed in any of %u "
		 "run%s: %zu (%.1f %%), in all: %zu",
		 c->count, c->with_symbol, c->runs, c->runs == 1 ? "" : "s", c->covered_any,
		 100.0 * (double)c->covered_any / (double)c->with_symbol, c->covered_all);
	text_say(out, style, 2, "source: %s%s%s%s", v->source_path,
		 v->tree_version ? ", of a tree of " : "", v->tree_version ? v->tree_version : "",
		 of_it ? "" : ": NOT of this kernel's version");
	list(c, style, out);
	names(c, NOT_EXECUTED, "not executed", style, out);
	names(c, AMBIGUOUS, "executed, but several functions have the name: not known", style, out);
	names(c, NO_SYMBOL, "without a symbol (inlined or compiled out): not known", style, out);
	return buf_error(out) ? err_oom(e) : 0;
}
