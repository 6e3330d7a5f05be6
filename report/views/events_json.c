// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/events.h"

#include "report/views/parts.h"

static json_t *list_json(const struct events *x)
{
	json_t *list = json_array();

	for (enum event i = 0; i < EVENT_COUNT; i++) {
		const struct event_delta *d = &x->at[i];

		json_array_append_new(
			list, json_pack("{s:s,s:o,s:o,s:o,s:o,s:b}", "name", event_name(i), "old",
					part_number(d->old_value), "new", part_number(d->new_value),
					"delta", part_number(d->new_value - d->old_value), "spread",
					part_number(d->spread), "differs", d->differs));
	}
	return list;
}

static json_t *pair_json(double old_value, double new_value, double ratio)
{
	return json_pack("{s:o,s:o,s:o}", "old", part_number(old_value), "new",
			 part_number(new_value), "ratio", part_number(ratio));
}

static json_t *strings_json(const struct string_work *w)
{
	static const char *const shifts[] = { NULL, "to-loops", "to-rep" };

	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:i,s:o,s:o,s:o,s:o}", "functions_old",
			 part_number(w->old_insns), "functions_new", part_number(w->new_insns),
			 "bytes_old", part_number(w->old_bytes), "bytes_new",
			 part_number(w->new_bytes), "without_functions",
			 pair_json(w->old_without, w->new_without, w->ratio_without), "step_bytes",
			 STRING_STEP_BYTES, "by_steps",
			 pair_json(w->old_by_steps, w->new_by_steps, w->ratio_by_steps),
			 "outside_old", part_number(w->old_outside), "outside_new",
			 part_number(w->new_outside), "shift", part_text(shifts[w->shift]));
}

void events_json(json_t *doc, const struct events *x)
{
	json_object_set_new(doc, "events", x->known ? list_json(x) : json_null());
	json_object_set_new(doc, "string_work", x->known ? strings_json(&x->strings) : json_null());
}
