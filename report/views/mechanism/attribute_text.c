// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/attribute.h"

#include "kernel/store/title.h"
#include "report/views/compare.h"
#include "report/words/number.h"
#include "report/words/table.h"

#include <math.h>
#include <string.h>

#define COSTS_SHOWN 5	  /* columns that fit a line beside a name and the calls */
#define LITTLE_MAX 0.005  /* what two decimals do not show */
#define UNSEEN_MAX 0.0005 /* what three do not */

static bool is_little(double delta)
{
	return fabs(delta) < LITTLE_MAX;
}

static void head(const struct attribute_view *v, const struct text_style *style, struct buf *b)
{
	_cleanup_table_ struct table t = { .no_headings = true };

	buf_printf(b, "WHY  %s, per %s (%s)\n", v->scenario->name, scenario_item_name(v->scenario),
		   compare_mode(v->comparison));
	table_column(&t, "", NULL, TABLE_WORD);
	table_column(&t, "kernel", NULL, TABLE_NAME);
	table_column(&t, "compiler", NULL, TABLE_NAME);
	for (unsigned i = 0; i < 2; i++) {
		table_row(&t);
		table_put(&t, "%s", i ? "NEW" : "OLD");
		table_put(&t, "%s", kernel_title(v->kernels[i]).text);
		table_put(&t, "%s", v->kernels[i]->compiler);
	}
	table_text(&t, style, 2, b);
}

/* The costs of one segment that changed; those that did not are counted. */
static void total(const struct attribution *a, size_t at, const struct text_style *style,
		  unsigned *left, bool *negative, struct buf *b)
{
	const struct cost_side *o = &a->totals[at].old_side, *n = &a->totals[at].new_side;
	_cleanup_table_ struct table t = { 0 };

	table_column(&t, a->names[at], NULL, TABLE_NAME);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "delta", NULL, TABLE_NUMBER);
	for (enum cost c = 0; c < COST_COUNT; c++) {
		const double was = number_rest(o->costs[c]), is = number_rest(n->costs[c]);

		if (fabs(is - was) < UNSEEN_MAX) {
			*left += was != 0 || is != 0;
			continue;
		}
		*negative = *negative || number_is_negative(was) || number_is_negative(is);
		table_row(&t);
		table_put(&t, "  %s", cost_name(c));
		table_number(&t, was);
		table_number(&t, is);
		table_change(&t, is - was);
	}
	if (t.n_lines) {
		buf_puts(b, "\n");
		table_text(&t, style, 2, b);
	}
}

void attribute_totals(const struct attribute_view *v, const struct text_style *style,
		      struct buf *out)
{
	const struct attribution *a = v->attribution;
	bool negative = false;
	unsigned left = 0;

	for (size_t i = 0; i < a->n_rows; i++)
		total(a, i, style, &left, &negative, out);
	if (left) {
		buf_puts(out, "\n");
		text_say(out, style, 2,
			 "%u cost%s of a segment that changed by less than 0.0005, or not at "
			 "all: left out",
			 left, left == 1 ? "" : "s");
	}
	if (negative)
		text_say(out, style, 2, "%s", number_negative_note);
}

static double delta(const struct attribution_function *f, enum cost c)
{
	return f->rows[0].new_side.costs[c] - f->rows[0].old_side.costs[c];
}

enum change { UNCHANGED, LITTLE, CHANGED };

/* Whether any of its numbers is worth a line. */
static enum change changed(const struct attribution_function *f)
{
	const double calls = f->rows[0].new_side.calls - f->rows[0].old_side.calls;
	enum change all = calls == 0			     ? UNCHANGED
			  : isnan(calls) || is_little(calls) ? LITTLE
							     : CHANGED;

	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		const double d = delta(f, c);

		if (!is_little(d))
			return CHANGED;
		all = d != 0 && all == UNCHANGED ? LITTLE : all;
	}
	return all;
}

/* In narrow columns: two decimals, but where they would not show it. */
static struct number_text change(double delta)
{
	struct number_text t;

	if (fabs(delta) < 0.01)
		return number_change(delta);
	snprintf(t.text, sizeof(t.text), "%+.2f", delta);
	return t;
}

/*
 * The costs that get a column: those that changed anywhere, and of these not more than fit a line;
 * what changed most goes first. @left: how many found no room.
 */
static void choose(const struct attribution *a, bool wide, bool chosen[COST_OF_FUNCTIONS],
		   unsigned *left)
{
	double sums[COST_OF_FUNCTIONS] = { 0 };

	*left = 0;
	for (size_t i = 0; i < a->n_functions; i++) {
		for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++)
			sums[c] += is_little(delta(&a->functions[i], c))
					   ? 0
					   : fabs(delta(&a->functions[i], c));
	}
	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		unsigned before = 0;

		for (enum cost d = 0; d < COST_OF_FUNCTIONS; d++)
			before += sums[d] > sums[c] || (sums[d] == sums[c] && d < c);
		chosen[c] = sums[c] > 0 && (wide || before < COSTS_SHOWN);
		*left += sums[c] > 0 && !chosen[c];
	}
}

static void put_function(const struct attribution_function *f, const bool chosen[COST_OF_FUNCTIONS],
			 struct table *t)
{
	const struct number_text was = number_calls(f->rows[0].old_side.calls);
	const struct number_text is = number_calls(f->rows[0].new_side.calls);

	table_row(t);
	table_put(t, "%s", f->name);
	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		if (!chosen[c])
			continue;
		table_put(t, "%s", is_little(delta(f, c)) ? "-" : change(delta(f, c)).text);
	}
	if (!strcmp(was.text, is.text))
		table_put(t, "%s", was.text);
	else
		table_put(t, "%s -> %s", was.text, is.text);
}

static void functions(const struct attribution *a, unsigned top, const struct text_style *style,
		      struct buf *b)
{
	static const char *const heads[COST_OF_FUNCTIONS] = { "insns",	 "loads",    "stores",
							      "atomics", "branches", "calls",
							      "TLB",	 "REP" };
	_cleanup_table_ struct table t = { 0 };
	unsigned shown = 0, left = 0, little = 0, columns;
	bool chosen[COST_OF_FUNCTIONS];

	choose(a, style->wide, chosen, &columns);
	table_column(&t, "delta in", NULL, TABLE_NAME);
	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		if (chosen[c])
			table_column(&t, heads[c], NULL, TABLE_NUMBER);
	}
	table_column(&t, "called", NULL, TABLE_WORD);
	for (size_t i = 0; i < a->n_functions; i++) {
		const enum change how = changed(&a->functions[i]);

		little += how == LITTLE;
		left += how == CHANGED && shown == top;
		if (how == CHANGED && shown < top) {
			shown++;
			put_function(&a->functions[i], chosen, &t);
		}
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	if (left)
		buf_printf(b, "  (%u more that changed; --top %u)\n", left, shown + left);
	if (little)
		buf_printf(b, "  (%u that changed by less than 0.005: left out)\n", little);
	if (columns)
		buf_printf(b, "  (%u more cost%s: --wide)\n", columns, columns == 1 ? "" : "s");
}

static void state(const struct attribute_view *v, const struct text_style *style, struct buf *b)
{
	const struct comparison *c = v->comparison;
	size_t failed = 0, unknown = 0;

	for (size_t i = 0; i < c->n_checks; i++) {
		failed += c->checks[i].result == CHECK_FAIL;
		unknown += c->checks[i].result == CHECK_UNKNOWN;
	}
	buf_puts(b, "\n  same state: ");
	tone_put(b, style, failed ? TONE_UNSURE : TONE_PLAIN,
		 failed	   ? "NO: the two kernels did not do the same work"
		 : unknown ? "not fully known"
			   : "yes");
	buf_puts(b, "\n");
}

int attribute_text(const struct attribute_view *v, unsigned top, const struct text_style *style,
		   struct buf *out, struct err *e)
{
	head(v, style, out);
	functions(v->attribution, top, style, out);
	state(v, style, out);
	return buf_error(out) ? err_oom(e) : 0;
}
