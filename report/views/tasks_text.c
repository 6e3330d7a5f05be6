// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/tasks.h"
#include "report/views/tasks.h"
#include "report/words/number.h"
#include "report/words/table.h"

#include <math.h>
#include <stdio.h>

#define LISTED_MIN 1	  /* instructions per item that a function changes by */
#define FUNCTIONS_SHOWN 8 /* of one task, however many are asked for of the measured one */

static void put_numbers(struct table *t, double old_value, double new_value)
{
	table_number(t, old_value);
	table_number(t, new_value);
	table_change(t, new_value - old_value);
}

static void put_task(const struct task_delta *d, unsigned top, struct table *t, bool *negative)
{
	const bool below_0 = number_is_negative(d->old_insns) || number_is_negative(d->new_insns);

	*negative = *negative || below_0;
	table_row(t);
	table_put(t, below_0 ? "%s *" : "%s", task_said(d));
	put_numbers(t, d->old_insns, d->new_insns);
	for (size_t i = 0, shown = 0; i < d->n_functions && shown < top; i++) {
		const struct function_delta *f = &d->functions[i];
		const struct number_text o = number_calls(f->old_calls),
					 n = number_calls(f->new_calls);

		if (fabs(f->new_insns - f->old_insns) < LISTED_MIN)
			break;
		shown++;
		*negative = *negative || function_has_negative(f);
		table_row(t);
		table_put(t, function_has_negative(f) ? "  %s *" : "  %s", f->name);
		put_numbers(t, f->old_insns, f->new_insns);
		table_put(t, "%s -> %s", o.text, n.text);
	}
}

void tasks_text(const struct comparison *c, const char *item, unsigned top,
		const struct text_style *style, struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };
	bool negative = false;
	char head[64];

	snprintf(head, sizeof(head), "other tasks, per %s", item);
	table_column(&t, head, NULL, TABLE_NAME);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "delta", NULL, TABLE_NUMBER);
	table_column(&t, "calls", NULL, TABLE_WORD);
	for (size_t i = 0; i < c->n_tasks; i++) {
		const struct task_delta *d = &c->tasks[i];

		if (fmax(fabs(d->old_insns), fabs(d->new_insns)) >= LISTED_MIN)
			put_task(d, top < FUNCTIONS_SHOWN ? top : FUNCTIONS_SHOWN, &t, &negative);
	}
	if (!t.n_lines)
		return;
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	if (negative)
		text_say(b, style, 2, "* %s", number_negative_note);
}
