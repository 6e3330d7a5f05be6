// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/execute/execution.h"

#include "drive/execute/stored_rows.h"
#include "judge/judgement/overall.h"
#include "report/views/judge.h"

struct judge_options execution_judge_options(const struct execution *w)
{
	struct judge_options o = judge_options_default();

	judge_options_profile(w->filled, &o);
	return o;
}

/* Of one scenario: what the judgement says of it. */
static json_t *scenario_rows(const struct rows *t, const struct judgement *j, uint32_t scenario)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < j->count; i++) {
		if (j->rows[i].scenario == scenario && !j->rows[i].is_baseline)
			json_array_append_new(list, judge_row_json(t, &j->rows[i], RULES_BLOCKS));
	}
	return list;
}

/* One result a scenario: its part of the judgement. */
static int keep_results(const struct execution *w, const struct rows *t, const struct judgement *j,
			struct err *e)
{
	for (unsigned i = 0; i < w->x->n_scenarios; i++) {
		const char *name = w->x->scenarios[i].scenario->name;
		uint32_t word = intern_find(&t->words, name);
		enum verdict verdict;
		json_t *rows;
		int r;

		if (word == INTERN_NONE || !judgement_overall(j, word, &verdict))
			continue;
		rows = scenario_rows(t, j, word);
		r = rows ? store_add_result(w->s->store, w->id, name, verdict_name(verdict), rows,
					    e)
			 : err_oom(e);
		json_decref(rows);
		if (r < 0)
			return r;
	}
	return 0;
}

int execution_conclude(const struct execution *w, struct rows *t, struct judgement *j,
		       struct err *e)
{
	const struct judge_options o = execution_judge_options(w);
	int r = stored_rows_read(w->s->store, w->id, NULL, t, e);

	if (r == 0)
		r = judge_table(t, &o, j, e);
	return r == 0 ? keep_results(w, t, j, e) : r;
}
