// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/cover.h"

#include <string.h>

#define NAME_COLUMNS 40

static int list(const struct coverage *c, struct buf *b)
{
	int r = buf_printf(b, "\n  %-*s %14s %12s\n", NAME_COLUMNS, "executed", "instructions",
			   "calls");

	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_function *f = &c->functions[i];

		if (!coverage_is_covered(f))
			continue;
		r |= buf_printf(b, "  %-*s %14llu %12llu", NAME_COLUMNS, f->name,
				(unsigned long long)f->insns, (unsigned long long)f->calls);
		if (f->runs < c->runs)
			r |= buf_printf(b, "  in %u of %u runs", f->runs, c->runs);
		r |= buf_puts(b, "\n");
	}
	return r;
}

enum kind { NOT_EXECUTED, NO_SYMBOL, AMBIGUOUS };

static enum kind kind_of(const struct coverage_function *f)
{
	return !f->symbol ? NO_SYMBOL : f->runs ? AMBIGUOUS : NOT_EXECUTED;
}

static int names(const struct coverage *c, enum kind kind, const char *what, struct buf *b)
{
	size_t column = 0;
	int r = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct coverage_function *f = &c->functions[i];
		size_t before;

		if (coverage_is_covered(f) || kind_of(f) != kind)
			continue;
		if (!column)
			r |= buf_printf(b, "\n  %s:", what);
		if (!column || column > 70) {
			r |= buf_puts(b, "\n   ");
			column = 1;
		}
		before = b->len;
		r |= buf_printf(b, " %s", f->name);
		column += b->len - before;
	}
	return column ? r | buf_puts(b, "\n") : r;
}

/* Both begin with the same two numbers. */
static bool same_series(const char *a, const char *b)
{
	size_t len = strcspn(a, ".");

	len += a[len] == '.';
	len += strspn(a + len, "0123456789");
	return strncmp(a, b, len) == 0 && !(b[len] >= '0' && b[len] <= '9');
}

int cover_text(const struct cover_view *v, struct buf *out, struct err *e)
{
	const struct coverage *c = v->coverage;
	int r = buf_printf(out, "COVER  %s  %s  %s\n", v->source, v->scenario, v->title);

	r |= buf_printf(out, "  source: %s", v->source_path);
	if (v->tree_version)
		r |= buf_printf(out, ", of a tree of %s%s", v->tree_version,
				same_series(v->tree_version, v->release)
					? ""
					: ": NOT of this kernel's version");
	r |= buf_printf(out,
			"\n  %zu functions in the source, %zu with a symbol; executed in any of %u "
			"run%s: %zu (%.1f %%), in all: %zu\n",
			c->count, c->with_symbol, c->runs, c->runs == 1 ? "" : "s", c->covered_any,
			100.0 * (double)c->covered_any / (double)c->with_symbol, c->covered_all);
	r |= list(c, out);
	r |= names(c, NOT_EXECUTED, "not executed", out);
	r |= names(c, AMBIGUOUS, "executed, but several functions have the name: not known", out);
	r |= names(c, NO_SYMBOL, "without a symbol (inlined or compiled out): not known", out);
	return r ? err_oom(e) : 0;
}
