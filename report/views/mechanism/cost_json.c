// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/cost_json.h"

#include "report/views/parts.h"

static json_t *side_json(const struct cost_side *s, enum cost n)
{
	json_t *o = json_object();

	for (enum cost c = 0; c < n; c++)
		json_object_set_new(o, cost_name(c), part_number(s->costs[c]));
	return o;
}

void cost_json_pair(json_t *o, const struct cost_pair *p, enum cost n)
{
	struct cost_side delta;

	for (enum cost c = 0; c < COST_COUNT; c++)
		delta.costs[c] = p->new_side.costs[c] - p->old_side.costs[c];
	json_object_set_new(o, "old", side_json(&p->old_side, n));
	json_object_set_new(o, "new", side_json(&p->new_side, n));
	json_object_set_new(o, "delta", side_json(&delta, n));
}

void cost_json_calls(json_t *o, const struct cost_pair *p)
{
	json_object_set_new(o, "calls_old", part_number(p->old_side.calls));
	json_object_set_new(o, "calls_new", part_number(p->new_side.calls));
}

json_t *cost_json_rows(const struct attribution *a, const struct cost_pair *rows, size_t from,
		       enum cost n, bool with_calls)
{
	json_t *list = json_array();

	for (size_t i = from; i < a->n_rows; i++) {
		json_t *o = json_pack("{s:s}", "name", a->names[i]);

		if (with_calls)
			cost_json_calls(o, &rows[i]);
		cost_json_pair(o, &rows[i], n);
		json_array_append_new(list, o);
	}
	return list;
}
