// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/events.h"

#include "report/words/number.h"

#include <math.h>
#include <stdio.h>

#define OUTSIDE_MIN 0.25 /* of what was executed, before it is worth a line */

static void row(struct table *t, const char *name, double old_value, double new_value, double ratio)
{
	table_row(t);
	table_put(t, "%s", name);
	table_number(t, old_value);
	table_number(t, new_value);
	table_change(t, new_value - old_value);
	table_ratio(t, ratio);
}

void events_metrics(const struct events *x, struct table *t)
{
	const struct string_work *w = &x->strings;

	if (!x->known)
		return;
	row(t, "    without string functions", w->old_without, w->new_without, w->ratio_without);
	row(t, "    with string bytes, 32 as one", w->old_by_steps, w->new_by_steps,
	    w->ratio_by_steps);
}

void events_outside(const struct events *x, const struct text_style *style, struct buf *b)
{
	const struct string_work *w = &x->strings;

	if (!x->known || fmax(w->old_outside, w->new_outside) < OUTSIDE_MIN)
		return;
	text_say(b, style, 2,
		 "REP strings move %.0f -> %.0f bytes, which the metric leaves out: at %d bytes "
		 "an instruction, %.0f %% -> %.0f %% of what is executed",
		 w->old_bytes, w->new_bytes, STRING_STEP_BYTES, 100 * w->old_outside,
		 100 * w->new_outside);
}

void events_text(const struct events *x, const char *item, const struct text_style *style,
		 struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };
	bool negative = false;
	char head[64];

	snprintf(head, sizeof(head), "else executed per %s", item);
	table_column(&t, head, NULL, TABLE_NAME);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "delta", NULL, TABLE_NUMBER);
	for (enum event i = 0; i < EVENT_COUNT; i++) {
		const struct event_delta *d = &x->at[i];
		bool one;

		if (!d->differs)
			continue;
		table_row(&t);
		one = number_is_negative(d->old_value) || number_is_negative(d->new_value);
		negative = negative || one;
		table_put(&t, one ? "%s *" : "%s", event_name(i));
		table_number(&t, d->old_value);
		table_number(&t, d->new_value);
		table_change(&t, d->new_value - d->old_value);
	}
	if (!t.n_lines)
		return;
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
	if (negative)
		text_say(b, style, 2, "* %s", number_negative_note);
}
