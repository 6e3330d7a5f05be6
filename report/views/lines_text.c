// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/lines.h"

#include "report/words/number.h"
#include "report/words/plain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAME_COLUMNS 46
#define NAME_BYTES_MAX 60
#define CHAIN_BYTES_MAX 160
/* Of each function that is listed. */
#define LINES_SHOWN 4

static int numbers(struct buf *b, double o, double n)
{
	return buf_printf(b, " %12s %12s %12s", number_of(o).text, number_of(n).text,
			  number_change(n - o).text);
}

static int name(struct buf *b, int indent, const char *text)
{
	_cleanup_buf_ struct buf plain = { 0 };

	return plain_line(&plain, text, NAME_BYTES_MAX) |
	       buf_printf(b, "%*s%-*s", indent, "", NAME_COLUMNS - indent, buf_str(&plain));
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

static int function_row(const struct line_function *f, struct buf *b)
{
	double o = f->rows[0].old_side.costs[COST_INSNS], n = f->rows[0].new_side.costs[COST_INSNS];
	const char *was = how(f->inlined[0], o), *is = how(f->inlined[1], n);
	int r = name(b, 2, f->name) | numbers(b, o, n);

	return r |
	       (was == is ? buf_printf(b, "  %s\n", was) : buf_printf(b, "  %s -> %s\n", was, is));
}

static int place(const struct line_delta *l, struct buf *out)
{
	if (!*l->file)
		return buf_puts(out, "(no line)");
	if (l->line[0] && l->line[1] && l->line[0] != l->line[1])
		return buf_printf(out, "%s:%u -> :%u", l->file, l->line[0], l->line[1]);
	return buf_printf(out, "%s:%u", l->file, l->line[0] ? l->line[0] : l->line[1]);
}

/* Of more than three functions the two innermost and the outermost. */
static int chain(const char *into, struct buf *b)
{
	const char *next = strstr(into, " < "), *third = next ? strstr(next + 3, " < ") : NULL;
	const char *last = third;
	_cleanup_buf_ struct buf cut = { 0 };

	for (const char *p = third; p; p = strstr(p + 3, " < "))
		last = p;
	if (last == third)
		return plain_line(b, into, CHAIN_BYTES_MAX);
	return buf_add(&cut, into, (size_t)(third - into)) | buf_printf(&cut, " < ...%s", last) |
	       plain_line(b, buf_str(&cut), CHAIN_BYTES_MAX);
}

static int line_row(const struct line_delta *l, struct buf *b)
{
	_cleanup_buf_ struct buf where = { 0 };
	int r = place(l, &where);

	r |= name(b, 4, buf_str(&where));
	r |= numbers(b, l->costs.old_side.costs[COST_INSNS], l->costs.new_side.costs[COST_INSNS]);
	if (*l->parts[0].into) {
		r |= buf_puts(b, "  in ") | chain(l->parts[0].into, b);
		if (l->n_parts > 1)
			r |= buf_printf(b, " and %zu more", l->n_parts - 1);
	}
	return r | buf_puts(b, "\n");
}

static int function_and_lines(const struct line_function *f, struct buf *b)
{
	int r = function_row(f, b);

	for (size_t i = 0; i < f->n_lines && i < LINES_SHOWN; i++) {
		if (delta(&f->lines[i].costs) != 0)
			r |= line_row(&f->lines[i], b);
	}
	return r;
}

static int changed(const struct line_deltas *d, unsigned top, struct buf *b)
{
	unsigned shown = 0, left = 0;
	int r = 0;

	for (size_t i = 0; i < d->n_functions; i++) {
		if (delta(&d->functions[i].rows[0]) == 0)
			continue;
		if (shown == top) {
			left++;
			continue;
		}
		shown++;
		r |= function_and_lines(&d->functions[i], b);
	}
	if (left)
		r |= buf_printf(b, "  (%u more that changed; --top %u)\n", left, shown + left);
	return r;
}

static int by_moved(const void *a, const void *b)
{
	double x = moved(*(const struct line_function *const *)a);
	double y = moved(*(const struct line_function *const *)b);

	return x > y ? -1 : x < y;
}

/* Whatever a table of symbols would show twice, as less here and more there. */
static int inlined_otherwise(const struct line_deltas *d, unsigned top, struct buf *b)
{
	_cleanup_free_ const struct line_function **list =
		calloc(d->n_functions + 1, sizeof(struct line_function *));
	size_t count = 0;
	int r = 0;

	if (!list)
		return -1;
	for (size_t i = 0; i < d->n_functions; i++) {
		if (moved(&d->functions[i]) != 0)
			list[count++] = &d->functions[i];
	}
	qsort(list, count, sizeof(*list), by_moved);
	if (count)
		r |= buf_puts(b, "\n  inlined on one side more than on the other\n");
	for (size_t i = 0; i < count && i < top; i++)
		r |= function_row(list[i], b);
	if (count > top)
		r |= buf_printf(b, "  (%zu more; --top %zu)\n", count - top, count);
	return r;
}

int lines_text(const struct lines_view *v, unsigned top, struct buf *b)
{
	static const char *const sides[] = { "OLD", "NEW" };
	const struct line_deltas *d = v->deltas;
	int r = 0;

	for (unsigned i = 0; i < 2; i++) {
		if (v->missing[i])
			r |= buf_printf(b, "\n  no lines: %s has none: ", sides[i]) |
			     plain_line(b, v->missing[i], 400) | buf_puts(b, "\n");
	}
	if (!d)
		return r;
	r |= buf_printf(b, "\n  %-*s %12s %12s %12s\n", NAME_COLUMNS - 2,
			"as written: insns, inlined or not", "old", "new", "delta");
	r |= changed(d, top, b);
	if (d->without_line[0] != 0 || d->without_line[1] != 0)
		r |= name(b, 2, "(of all, without a line)") |
		     numbers(b, d->without_line[0], d->without_line[1]) | buf_puts(b, "\n");
	return r | inlined_otherwise(d, top, b);
}
