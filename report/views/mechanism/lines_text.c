// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/lines.h"

#include "report/words/plain.h"
#include "report/words/table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_BYTES_MAX 160
/* Of each function that is listed. */
#define LINES_SHOWN 4

static void numbers(struct table *t, double o, double n)
{
	table_number(t, o);
	table_number(t, n);
	table_change(t, n - o);
}

static const char *how(double inlined, double all)
{
	return all == 0 ? "-" : inlined == 0 ? "out of line" : inlined >= all ? "inlined" : "both";
}

static double delta(const struct cost_pair *p)
{
	return p->new_side.costs[COST_INSNS] - p->old_side.costs[COST_INSNS];
}

/* How much of it changed sides between inlined and not. */
static double moved(const struct line_function *f)
{
	double o = f->rows[0].old_side.costs[COST_INSNS], n = f->rows[0].new_side.costs[COST_INSNS];
	double inlined = fabs(f->inlined[1] - f->inlined[0]);
	double outside = fabs((n - f->inlined[1]) - (o - f->inlined[0]));

	return fmin(inlined, outside);
}

static void function_row(const struct line_function *f, struct table *t)
{
	double o = f->rows[0].old_side.costs[COST_INSNS], n = f->rows[0].new_side.costs[COST_INSNS];
	const char *was = how(f->inlined[0], o), *is = how(f->inlined[1], n);

	table_row(t);
	table_put(t, "%s", f->name);
	numbers(t, o, n);
	table_put(t, was == is ? "%s" : "%s -> %s", was, is);
}

static void place(const struct line_delta *l, struct buf *out)
{
	if (!*l->file)
		buf_puts(out, "(no line)");
	else if (l->line[0] && l->line[1] && l->line[0] != l->line[1])
		buf_printf(out, "%s:%u -> :%u", l->file, l->line[0], l->line[1]);
	else
		buf_printf(out, "%s:%u", l->file, l->line[0] ? l->line[0] : l->line[1]);
}

/* Of more than three functions the two innermost and the outermost. */
static void chain(const char *into, struct buf *b)
{
	const char *next = strstr(into, " < "), *third = next ? strstr(next + 3, " < ") : NULL;
	const char *last = third;
	_cleanup_buf_ struct buf cut = { 0 };

	for (const char *p = third; p; p = strstr(p + 3, " < "))
		last = p;
	if (last == third) {
		plain_line(b, into, CHAIN_BYTES_MAX);
		return;
	}
	buf_add(&cut, into, (size_t)(third - into));
	buf_printf(&cut, " < ...%s", last);
	plain_line(b, buf_str(&cut), CHAIN_BYTES_MAX);
	buf_keep(b, buf_error(&cut));
}

static void line_row(const struct line_delta *l, struct table *t)
{
	_cleanup_buf_ struct buf where = { 0 }, into = { 0 };

	place(l, &where);
	table_row(t);
	table_put(t, "  %s", buf_str(&where));
	numbers(t, l->costs.old_side.costs[COST_INSNS], l->costs.new_side.costs[COST_INSNS]);
	table_keep(t, buf_error(&where));
	if (!*l->parts[0].into)
		return;
	chain(l->parts[0].into, &into);
	if (l->n_parts > 1)
		buf_printf(&into, " and %zu more", l->n_parts - 1);
	table_put(t, "in %s", buf_str(&into));
	table_keep(t, buf_error(&into));
}

static void function_and_lines(const struct line_function *f, struct table *t)
{
	function_row(f, t);
	for (size_t i = 0; i < f->n_lines && i < LINES_SHOWN; i++) {
		if (delta(&f->lines[i].costs) != 0)
			line_row(&f->lines[i], t);
	}
}

static void columns(struct table *t, const char *first)
{
	table_column(t, first, NULL, TABLE_NAME);
	table_column(t, "old", NULL, TABLE_NUMBER);
	table_column(t, "new", NULL, TABLE_NUMBER);
	table_column(t, "delta", NULL, TABLE_NUMBER);
	table_column(t, "", NULL, TABLE_NAME);
}

static void changed(const struct line_deltas *d, unsigned top, const struct text_style *style,
		    struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };
	unsigned shown = 0, left = 0;

	columns(&t, "as written: insns, inlined or not");
	for (size_t i = 0; i < d->n_functions; i++) {
		if (delta(&d->functions[i].rows[0]) == 0)
			continue;
		if (shown == top) {
			left++;
			continue;
		}
		shown++;
		function_and_lines(&d->functions[i], &t);
	}
	if (d->without_line[0] != 0 || d->without_line[1] != 0) {
		table_row(&t);
		table_put(&t, "(of all, without a line)");
		numbers(&t, d->without_line[0], d->without_line[1]);
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	if (left)
		buf_printf(b, "  (%u more that changed; --top %u)\n", left, shown + left);
}

static int by_moved(const void *a, const void *b)
{
	double x = moved(*(const struct line_function *const *)a);
	double y = moved(*(const struct line_function *const *)b);

	return x > y ? -1 : x < y;
}

/* Whatever a table of symbols would show twice, as less here and more there. */
static void inlined_otherwise(const struct line_deltas *d, unsigned top,
			      const struct text_style *style, struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };
	_cleanup_free_ const struct line_function **list =
		calloc(d->n_functions + 1, sizeof(struct line_function *));
	size_t count = 0;

	if (!list) {
		buf_keep(b, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < d->n_functions; i++) {
		if (moved(&d->functions[i]) != 0)
			list[count++] = &d->functions[i];
	}
	qsort(list, count, sizeof(*list), by_moved);
	columns(&t, "inlined more on one side");
	for (size_t i = 0; i < count && i < top; i++)
		function_row(list[i], &t);
	if (count) {
		buf_puts(b, "\n");
		table_text(&t, style, 2, b);
	}
	if (count > top)
		buf_printf(b, "  (%zu more; --top %zu)\n", count - top, count);
}

void lines_text(const struct lines_view *v, unsigned top, const struct text_style *style,
		struct buf *b)
{
	static const char *const sides[] = { "OLD", "NEW" };

	for (unsigned i = 0; i < 2; i++) {
		_cleanup_buf_ struct buf why = { 0 };

		if (!v->missing[i])
			continue;
		buf_puts(b, "\n");
		plain_line(&why, v->missing[i], 400);
		text_say(b, style, 2, "no lines: %s has none: %s", sides[i], buf_str(&why));
		buf_keep(b, buf_error(&why));
	}
	if (!v->deltas)
		return;
	changed(v->deltas, top, style, b);
	inlined_otherwise(v->deltas, top, style, b);
}
