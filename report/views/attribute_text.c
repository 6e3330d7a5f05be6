// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/attribute.h"

#include "kernel/store/title.h"
#include "report/views/compare.h"
#include "report/words/number.h"

#include <math.h>

#define NAME_COLUMNS 34

static int head(const struct attribute_view *v, struct buf *b)
{
	int r = buf_printf(b, "WHY  %s, per %s (%s)\n", v->scenario->name,
			   scenario_item_name(v->scenario), compare_mode(v->comparison));

	r |= buf_printf(b, "  OLD  %s  %s\n", kernel_title(v->kernels[0]).text,
			v->kernels[0]->compiler);
	return r | buf_printf(b, "  NEW  %s  %s\n", kernel_title(v->kernels[1]).text,
			      v->kernels[1]->compiler);
}

static int totals(const struct attribution *a, struct buf *b)
{
	bool negative = false;
	int r = 0;

	for (size_t i = 0; i < a->n_rows; i++) {
		const struct cost_side *o = &a->totals[i].old_side, *n = &a->totals[i].new_side;

		r |= buf_printf(b, "\n  %-*s %12s %12s %12s\n", NAME_COLUMNS, a->names[i], "old",
				"new", "delta");
		for (enum cost c = 0; c < COST_COUNT; c++) {
			const double was = o->costs[c], is = n->costs[c];

			if (was == 0 && is == 0)
				continue;
			negative = negative || number_is_negative(was) || number_is_negative(is);
			r |= buf_printf(b, "    %-*s %12s %12s %12s\n", NAME_COLUMNS - 2,
					cost_name(c), number_of(was).text, number_of(is).text,
					number_change(is - was).text);
		}
	}
	return negative ? r | buf_printf(b, "\n  %s\n", number_negative_note) : r;
}

static double delta(const struct attribution_function *f, enum cost c)
{
	return f->rows[0].new_side.costs[c] - f->rows[0].old_side.costs[c];
}

static bool changed(const struct attribution_function *f)
{
	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
		if (delta(f, c) != 0)
			return true;
	}
	return f->rows[0].new_side.calls != f->rows[0].old_side.calls;
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

static int functions(const struct attribution *a, unsigned top, struct buf *b)
{
	static const char *const heads[COST_OF_FUNCTIONS] = { "insns",	 "loads",    "stores",
							      "atomics", "branches", "calls",
							      "TLB",	 "REP" };
	unsigned shown = 0, left = 0;
	int r = buf_printf(b, "\n  %-*s", NAME_COLUMNS, "delta in");

	for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++)
		r |= buf_printf(b, " %9s", heads[c]);
	r |= buf_puts(b, "  called\n");
	for (size_t i = 0; i < a->n_functions; i++) {
		const struct attribution_function *f = &a->functions[i];

		if (!changed(f))
			continue;
		if (shown == top) {
			left++;
			continue;
		}
		shown++;
		r |= buf_printf(b, "  %-*s", NAME_COLUMNS, f->name);
		for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++)
			r |= delta(f, c) == 0 ? buf_printf(b, " %9s", "-")
					      : buf_printf(b, " %9s", change(delta(f, c)).text);
		r |= buf_printf(b, "  %.4g -> %.4g\n", f->rows[0].old_side.calls,
				f->rows[0].new_side.calls);
	}
	if (left)
		r |= buf_printf(b, "  (%u more that changed; --top %u)\n", left, shown + left);
	return r;
}

static int state(const struct attribute_view *v, struct buf *b)
{
	const struct comparison *c = v->comparison;
	size_t failed = 0, unknown = 0;

	for (size_t i = 0; i < c->n_checks; i++) {
		failed += c->checks[i].result == CHECK_FAIL;
		unknown += c->checks[i].result == CHECK_UNKNOWN;
	}
	return buf_printf(b, "\n  same state: %s\n",
			  failed    ? "NO: the two kernels did not do the same work"
			  : unknown ? "not fully known"
				    : "yes");
}

int attribute_text(const struct attribute_view *v, unsigned top, struct buf *out, struct err *e)
{
	int r = head(v, out);

	r |= totals(v->attribution, out);
	r |= functions(v->attribution, top, out);
	r |= state(v, out);
	return r ? err_oom(e) : 0;
}
