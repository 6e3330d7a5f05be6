// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/attribute.h"

#include "report/compare.h"
#include "report/parts.h"

static json_t *side_json(const struct cost_side *s, enum cost n)
{
	json_t *o = json_object();

	for (enum cost c = 0; c < n; c++)
		json_object_set_new(o, cost_name(c), part_number(s->costs[c]));
	return o;
}

static void add_pair(json_t *o, const struct cost_pair *p, enum cost n)
{
	struct cost_side delta;

	for (enum cost c = 0; c < COST_COUNT; c++)
		delta.costs[c] = p->new_side.costs[c] - p->old_side.costs[c];
	json_object_set_new(o, "old", side_json(&p->old_side, n));
	json_object_set_new(o, "new", side_json(&p->new_side, n));
	json_object_set_new(o, "delta", side_json(&delta, n));
}

static void add_calls(json_t *o, const struct cost_pair *p)
{
	json_object_set_new(o, "calls_old", part_number(p->old_side.calls));
	json_object_set_new(o, "calls_new", part_number(p->new_side.calls));
}

static json_t *rows_json(const struct attribution *a, const struct cost_pair *rows, size_t from,
			 enum cost n, bool with_calls)
{
	json_t *list = json_array();

	for (size_t i = from; i < a->n_rows; i++) {
		json_t *o = json_pack("{s:s}", "name", a->names[i]);

		if (with_calls)
			add_calls(o, &rows[i]);
		add_pair(o, &rows[i], n);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *functions_json(const struct attribution *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->n_functions; i++) {
		const struct attribution_function *f = &a->functions[i];
		json_t *o = json_pack("{s:o}", "name", part_text(f->name));

		add_calls(o, &f->rows[0]);
		add_pair(o, &f->rows[0], COST_OF_FUNCTIONS);
		json_object_set_new(o, "segments",
				    rows_json(a, f->rows, 1, COST_OF_FUNCTIONS, true));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *classes_json(void)
{
	json_t *list = json_array();

	for (enum cost c = 0; c < COST_COUNT; c++)
		json_array_append_new(list, json_string(cost_name(c)));
	return list;
}

int attribute_json(const struct attribute_view *v, json_t *doc, struct err *e)
{
	const struct attribution *a = v->attribution;
	json_t *unattributed = json_object();
	int r = 0;

	add_pair(unattributed, &a->unattributed[0], COST_OF_FUNCTIONS);
	r |= json_object_set_new(doc, "mode", json_string(compare_mode(v->comparison)));
	r |= json_object_set_new(doc, "unit",
				 json_sprintf("per_%s", scenario_item_name(v->scenario)));
	r |= json_object_set_new(doc, "classes", classes_json());
	r |= json_object_set_new(doc, "segments", rows_json(a, a->totals, 0, COST_COUNT, false));
	r |= json_object_set_new(doc, "functions", functions_json(a));
	r |= json_object_set_new(doc, "unattributed", unattributed);
	r |= json_object_set_new(doc, "state", part_state(v->comparison));
	return r ? err_oom(e) : 0;
}
