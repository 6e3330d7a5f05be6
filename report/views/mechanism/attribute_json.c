// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/mechanism/attribute.h"

#include "report/views/compare.h"
#include "report/views/mechanism/cost_json.h"
#include "report/views/parts.h"

static json_t *functions_json(const struct attribution *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->n_functions; i++) {
		const struct attribution_function *f = &a->functions[i];
		json_t *o = json_pack("{s:o}", "name", part_text(f->name));

		cost_json_calls(o, &f->rows[0]);
		cost_json_pair(o, &f->rows[0], COST_OF_FUNCTIONS);
		json_object_set_new(o, "segments",
				    cost_json_rows(a, f->rows, 1, COST_OF_FUNCTIONS, true));
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

	cost_json_pair(unattributed, &a->unattributed[0], COST_OF_FUNCTIONS);
	r |= json_object_set_new(doc, "mode", json_string(compare_mode(v->comparison)));
	r |= json_object_set_new(doc, "unit",
				 json_sprintf("per_%s", scenario_item_name(v->scenario)));
	r |= json_object_set_new(doc, "classes", classes_json());
	r |= json_object_set_new(doc, "segments",
				 cost_json_rows(a, a->totals, 0, COST_COUNT, false));
	r |= json_object_set_new(doc, "functions", functions_json(a));
	r |= json_object_set_new(doc, "unattributed", unattributed);
	r |= json_object_set_new(doc, "state", part_state(v->comparison));
	return r ? err_oom(e) : 0;
}
