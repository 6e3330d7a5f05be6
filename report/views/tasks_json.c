// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/tasks.h"
#include "report/views/parts.h"
#include "report/views/tasks.h"

static json_t *functions_json(const struct task_delta *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->n_functions; i++) {
		const struct function_delta *f = &t->functions[i];

		json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "name",
						      part_text(f->name), "old",
						      part_number(f->old_insns), "new",
						      part_number(f->new_insns), "delta",
						      part_number(f->new_insns - f->old_insns),
						      "calls_old", part_number(f->old_calls),
						      "calls_new", part_number(f->new_calls)));
	}
	return list;
}

void tasks_json(json_t *doc, const struct comparison *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_tasks; i++) {
		const struct task_delta *t = &c->tasks[i];

		json_array_append_new(
			list,
			json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "task", part_text(t->name), "old",
				  part_number(t->old_insns), "new", part_number(t->new_insns),
				  "delta", part_number(t->new_insns - t->old_insns), "functions",
				  functions_json(t), "unattributed", part_number(t->unattributed)));
	}
	json_object_set_new(doc, "other_tasks", list);
}
