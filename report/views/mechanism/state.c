// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/state.h"

#include "judge/counts/outcomes.h"
#include "judge/counts/state.h"
#include "report/views/parts.h"
#include "report/words/table.h"

#include <math.h>

/* Of one kernel: both values are the same. */
static void fold(json_t *list)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		json_object_set(entry, "value", json_object_get(entry, "old"));
		json_object_del(entry, "old");
		json_object_del(entry, "new");
	}
}

int state_json(const struct state_view *v, json_t *doc, struct err *e)
{
	json_t *state = part_state(v->comparison);
	int r = state ? json_object_update(doc, state) : -1;

	json_decref(state);
	if (r < 0)
		return err_oom(e);
	if (!v->titles[1]) {
		fold(json_object_get(doc, "checks"));
		fold(json_object_get(doc, "outcomes"));
	}
	return 0;
}

static void columns(const struct state_view *v, const char *what, struct table *t)
{
	table_column(t, what, NULL, TABLE_NAME);
	table_column(t, "expected", NULL, TABLE_NUMBER);
	table_column(t, v->titles[1] ? "old" : "value", NULL, TABLE_NUMBER);
	if (v->titles[1])
		table_column(t, "new", NULL, TABLE_NUMBER);
	table_column(t, "", NULL, TABLE_WORD);
}

static void put_count(struct table *t, uint64_t value, bool is_known, const char *unknown)
{
	if (is_known)
		table_put(t, "%llu", (unsigned long long)value);
	else
		table_put(t, "%s", unknown);
}

static void put_value(struct table *t, double value, const char *unknown)
{
	if (isnan(value))
		table_put(t, "%s", unknown);
	else
		table_put(t, "%.6g", value);
}

static void checks(const struct state_view *v, const struct text_style *style, struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };

	columns(v, "before the windows", &t);
	for (size_t i = 0; i < v->comparison->n_checks; i++) {
		const struct state_check *k = &v->comparison->checks[i];

		table_row(&t);
		table_put(&t, "%s", k->name);
		put_count(&t, k->expected,
			  k->expected != SCENARIO_ANY && k->expected != REPORT_UNKNOWN, "-");
		put_count(&t, k->old_value, k->old_value != REPORT_UNKNOWN, "unknown");
		if (v->titles[1])
			put_count(&t, k->new_value, k->new_value != REPORT_UNKNOWN, "unknown");
		table_put(&t, "%s", check_result_name(k->result));
		table_tone(&t, k->result == CHECK_PASS ? TONE_DIM : TONE_UNSURE);
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
}

static void outcomes(const struct state_view *v, const struct text_style *style, struct buf *b)
{
	_cleanup_table_ struct table t = { 0 };

	columns(v, "what came of it", &t);
	for (size_t i = 0; i < v->comparison->n_outcomes; i++) {
		const struct work_outcome *o = &v->comparison->outcomes[i];

		table_row(&t);
		table_put(&t, "%s", o->name);
		put_value(&t, o->expected, "-");
		put_value(&t, o->old_value, "unknown");
		if (v->titles[1])
			put_value(&t, o->new_value, "unknown");
		if (outcome_result(o) != CHECK_FAIL)
			continue;
		table_put(&t, "differs");
		table_tone(&t, TONE_UNSURE);
	}
	buf_puts(b, "\n");
	table_text(&t, style, 2, b);
}

/* "vmas, present": the checks that failed, or nothing. */
static void failed(const struct state_view *v, struct buf *b)
{
	for (size_t i = 0; i < v->comparison->n_checks; i++) {
		const struct state_check *k = &v->comparison->checks[i];

		if (k->result == CHECK_FAIL)
			buf_printf(b, "%s%s", b->len ? ", " : ": ", k->name);
	}
}

int state_text(const struct state_view *v, const struct text_style *style, struct buf *out,
	       struct err *e)
{
	const bool same = v->comparison->verdict != VERDICT_DIFFERENT_STATE;
	const char *const answer = v->titles[1] ? same ? "the two kernels start from the same state"
						       : "the two kernels start from a DIFFERENT "
							 "state"
				   : same	? "the state is as the scenario expects"
						: "the state is NOT as the scenario expects";
	_cleanup_buf_ struct buf which = { 0 };

	text_say(out, style, 0, "STATE  %s  %s%s%s", v->scenario, v->titles[0],
		 v->titles[1] ? " / " : "", v->titles[1] ? v->titles[1] : "");
	failed(v, &which);
	buf_puts(out, "  ");
	tone_put(out, style, same ? TONE_PLAIN : TONE_UNSURE, answer);
	buf_printf(out, "%s\n", buf_str(&which));
	checks(v, style, out);
	outcomes(v, style, out);
	buf_keep(out, buf_error(&which));
	return buf_error(out) ? err_oom(e) : 0;
}
