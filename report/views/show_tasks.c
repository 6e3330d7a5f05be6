// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/show_tasks.h"

#include "proto/counts.h"
#include "reading/slope.h"
#include "report/words/number.h"
#include "report/words/plain.h"
#include "report/words/table.h"

#include <math.h>
#include <string.h>

#define LISTED_MIN 1 /* instructions per item that a task executes */

struct task_cost {
	const char *name; /* in the run; "": it had none */
	double insns, spread;
};

static const char *said(const struct task_cost *c)
{
	return *c->name ? c->name : "(no name)";
}

/* False: nothing was counted in it, or the task is the one that keeps the CPU from halting. */
static bool cost_of(const struct record_run *run, size_t task, struct task_cost *out)
{
	const struct run *m = &run->measured;
	const struct profile_task *t = &m->profile.tasks[task];
	const struct slope whole = { 0, run->n_segments, run_pairs(m),
				     (double)run_iterations(m) * (double)run->items };
	uint64_t insns[MARKER_SLOTS];

	if (!record_run_ok(run) || !record_run_counted(run) || !(whole.divisor > 0) ||
	    !whole.pairs || !strcmp(t->name, COUNTS_SPINNER_NAME))
		return false;
	profile_task_insns(t, insns);
	*out = (struct task_cost){ t->name, slope_mean(&whole, insns),
				   slope_spread(&whole, insns) };
	return true;
}

static void put_task(const struct record_run *run, const struct task_cost *c, struct table *t)
{
	table_row(t);
	table_put(t, number_is_negative(c->insns) ? "%s *" : "%s", said(c));
	table_put(t, "%lld", (long long)run->id);
	table_put(t, "%s", run->side);
	table_put(t, "%s", run->scenario);
	table_number(t, c->insns);
	table_number(t, c->spread);
	table_put(t, "%s", run->item);
}

void show_tasks_text(const struct record *r, const struct text_style *style, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };
	bool negative = false;

	table_column(&t, "other tasks", NULL, TABLE_NAME);
	table_column(&t, "run", NULL, TABLE_NUMBER);
	table_column(&t, "kernel", NULL, TABLE_NAME);
	table_column(&t, "scenario", NULL, TABLE_NAME);
	table_column(&t, "insns", NULL, TABLE_NUMBER);
	table_column(&t, "spread", NULL, TABLE_NUMBER);
	table_column(&t, "per", NULL, TABLE_WORD);
	for (size_t i = 0; i < r->n_runs; i++) {
		for (size_t k = 0; k < r->runs[i].measured.profile.n_tasks; k++) {
			struct task_cost c;

			if (!cost_of(&r->runs[i], k, &c) || fabs(c.insns) < LISTED_MIN)
				continue;
			put_task(&r->runs[i], &c, &t);
			negative = negative || number_is_negative(c.insns);
		}
	}
	if (!t.n_lines)
		return;
	buf_puts(out, "\n");
	table_text(&t, style, 0, out);
	if (negative)
		text_say(out, style, 0, "* %s", number_negative_note);
}

json_t *show_tasks_json(const struct record_run *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->measured.profile.n_tasks; i++) {
		struct task_cost c;

		if (cost_of(run, i, &c))
			json_array_append_new(list,
					      json_pack("{s:o,s:f,s:f}", "task", plain_json(c.name),
							"value", c.insns, "spread", c.spread));
	}
	return list;
}
