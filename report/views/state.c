// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/state.h"

#include "judge/counts/outcomes.h"
#include "judge/counts/state.h"
#include "report/views/parts.h"

#include <math.h>

#define NAME_COLUMNS 34

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

static int number(struct buf *b, double value, bool is_known, const char *unknown)
{
	return is_known ? buf_printf(b, " %12.6g", value) : buf_printf(b, " %12s", unknown);
}

static int count(struct buf *b, uint64_t value, const char *unknown)
{
	return value == REPORT_UNKNOWN ? buf_printf(b, " %12s", unknown)
				       : buf_printf(b, " %12llu", (unsigned long long)value);
}

static int head(const struct state_view *v, const char *what, struct buf *b)
{
	int r = buf_printf(b, "\n  %-*s %12s", NAME_COLUMNS, what, "expected");

	return r | (v->titles[1] ? buf_printf(b, " %12s %12s\n", "old", "new")
				 : buf_printf(b, " %12s\n", "value"));
}

static int checks(const struct state_view *v, struct buf *b)
{
	int r = head(v, "before the windows", b);

	for (size_t i = 0; i < v->comparison->n_checks; i++) {
		const struct state_check *k = &v->comparison->checks[i];

		r |= buf_printf(b, "  %-*s", NAME_COLUMNS, k->name);
		r |= k->expected == SCENARIO_ANY ? buf_printf(b, " %12s", "-")
						 : count(b, k->expected, "-");
		r |= count(b, k->old_value, "unknown");
		if (v->titles[1])
			r |= count(b, k->new_value, "unknown");
		r |= buf_printf(b, "  %s\n", check_result_name(k->result));
	}
	return r;
}

static int outcomes(const struct state_view *v, struct buf *b)
{
	int r = head(v, "what came of it", b);

	for (size_t i = 0; i < v->comparison->n_outcomes; i++) {
		const struct work_outcome *o = &v->comparison->outcomes[i];

		r |= buf_printf(b, "  %-*s", NAME_COLUMNS, o->name);
		r |= number(b, o->expected, !isnan(o->expected), "-");
		r |= number(b, o->old_value, !isnan(o->old_value), "unknown");
		if (v->titles[1])
			r |= number(b, o->new_value, !isnan(o->new_value), "unknown");
		r |= buf_puts(b, outcome_result(o) == CHECK_FAIL ? "  differs\n" : "\n");
	}
	return r;
}

int state_text(const struct state_view *v, struct buf *out, struct err *e)
{
	bool same = v->comparison->verdict != VERDICT_DIFFERENT_STATE;
	int r = buf_printf(out, "STATE  %s  %s%s%s\n", v->scenario, v->titles[0],
			   v->titles[1] ? " / " : "", v->titles[1] ? v->titles[1] : "");

	if (v->titles[1])
		r |= buf_printf(out, "  the two kernels start from %s state\n",
				same ? "the same" : "a DIFFERENT");
	else
		r |= buf_printf(out, "  the state is %s\n",
				same ? "as the scenario expects" : "NOT as the scenario expects");
	r |= checks(v, out);
	r |= outcomes(v, out);
	return r ? err_oom(e) : 0;
}
