// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/series.h"

#include "base/json.h"
#include "report/views/parts.h"

#include <math.h>
#include <string.h>

static const char *status_of(const struct series_view *v, size_t at)
{
	const struct series_commit *c = &v->commits[at];

	return c->reason ? "failed" : c->same_as == at ? "measured" : "same";
}

static json_t *commits_json(const struct series_view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < v->count; i++) {
		const struct series_commit *c = &v->commits[i];
		const bool same = !c->reason && c->same_as != i;

		json_array_append_new(
			list, json_pack("{s:s,s:o,s:s,s:o,s:o}", "commit", c->id, "subject",
					part_text(c->subject), "status", status_of(v, i), "same_as",
					part_text(same ? v->commits[c->same_as].id : NULL),
					"reason", part_text(c->reason)));
	}
	return list;
}

/* What was measured of a commit's kernel; NULL: nothing. */
static const json_t *cell_of(const struct series_view *v, const json_t *row, size_t at)
{
	const struct series_commit *c = &v->commits[at];
	const char *spec = c->reason ? NULL : v->commits[c->same_as].spec;
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(row, "series"), i, cell)
	{
		if (spec && !strcmp(json_text_at(cell, "kernel", ""), spec))
			return cell;
	}
	return NULL;
}

static const json_t *find_step(const json_t *row, const char *before, const char *after)
{
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(row, "steps"), i, step)
	{
		if (!json_is_true(json_object_get(step, "gradual")) &&
		    !strcmp(json_text_at(step, "last_good", ""), before) &&
		    !strcmp(json_text_at(step, "first_bad", ""), after))
			return step;
	}
	return NULL;
}

/* Whether they stand one behind the other in the row, but for what could not be measured. */
static bool neighbours(const json_t *row, const json_t *a, const json_t *b)
{
	const json_t *cell;
	bool seen = false;
	size_t i;

	json_array_foreach(json_object_get(row, "series"), i, cell)
	{
		if (cell == b)
			return seen;
		if (seen && !json_object_get(cell, "failed"))
			return false;
		seen = seen || cell == a;
	}
	return false;
}

/* Two values that are exact decide by themselves, wherever they stand in the row. */
static const char *by_values(const struct series_view *v, const json_t *a, const json_t *b)
{
	const double old_value = json_number_at(a, "value"),
		     change = json_number_at(b, "value") - old_value;

	if (!json_is_true(json_object_get(a, "exact")) ||
	    !json_is_true(json_object_get(b, "exact")))
		return NULL;
	if (change == 0 || fabs(change) < v->threshold * fabs(old_value))
		return "equivalent";
	return change > 0 ? "regression" : "improvement";
}

/* NULL: it cannot be told. */
static const char *verdict_of(const struct series_view *v, const json_t *row, const json_t *a,
			      const json_t *b)
{
	const json_t *step =
		find_step(row, json_text_at(a, "kernel", ""), json_text_at(b, "kernel", ""));

	if (a == b)
		return "equivalent";
	if (step)
		return json_text_at(step, "verdict", "");
	if (!neighbours(row, a, b))
		return by_values(v, a, b);
	return json_integer_value(json_object_get(row, "undecided")) ? by_values(v, a, b)
								     : "equivalent";
}

static json_t *change_json(const struct series_view *v, const json_t *row, size_t since, size_t at)
{
	const json_t *a = cell_of(v, row, since), *b = cell_of(v, row, at);
	const double old_value = json_number_at(a, "value"), new_value = json_number_at(b, "value");
	const json_t *step =
		find_step(row, json_text_at(a, "kernel", ""), json_text_at(b, "kernel", ""));
	const json_t *functions = json_object_get(step, "functions");

	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:s,s:o,s:o}", "commit", v->commits[at].id, "value",
			 part_number(new_value), "delta", part_number(new_value - old_value),
			 "ratio", part_number(old_value ? new_value / old_value : NAN), "verdict",
			 part_text(verdict_of(v, row, a, b)), "since", v->commits[since].id,
			 "reason", part_text(step ? json_text_at(step, "reason", "") : NULL),
			 "functions", functions ? json_deep_copy(functions) : json_array());
}

static json_t *lone_json(const struct series_view *v, const json_t *row, size_t at)
{
	const json_t *cell = cell_of(v, row, at);
	const char *why = v->commits[at].reason;

	if (!why)
		why = json_string_value(json_object_get(cell, "failed"));
	return json_pack("{s:s,s:o,s:n,s:n,s:n,s:n,s:o,s:[]}", "commit", v->commits[at].id, "value",
			 part_number(json_number_at(cell, "value")), "delta", "ratio", "verdict",
			 "since", "reason", part_text(why), "functions");
}

static bool has_value(const struct series_view *v, const json_t *row, size_t at)
{
	return isfinite(json_number_at(cell_of(v, row, at), "value"));
}

static json_t *cells_json(const struct series_view *v, const json_t *row)
{
	json_t *list = json_array();
	size_t since = 0;
	bool any = false;

	for (size_t i = 0; list && i < v->count; i++) {
		const bool measured = has_value(v, row, i);

		json_array_append_new(list, measured && any ? change_json(v, row, since, i)
							    : lone_json(v, row, i));
		since = measured ? i : since;
		any = any || measured;
	}
	return list;
}

static json_t *total_json(const struct series_view *v, const json_t *row)
{
	const double a = json_number_at(cell_of(v, row, 0), "value");
	const double b = json_number_at(cell_of(v, row, v->count - 1), "value");

	return json_pack("{s:o,s:o,s:o,s:o}", "old", part_number(a), "new", part_number(b), "delta",
			 part_number(b - a), "ratio", part_number(a ? b / a : NAN));
}

static json_t *scenario_json(const struct series_view *v, const json_t *row)
{
	return json_pack("{s:s,s:o,s:s,s:s,s:o,s:o}", "scenario", json_text_at(row, "scenario", ""),
			 "metric", part_text(json_text_at(row, "metric", "")), "unit",
			 json_text_at(row, "unit", ""), "item", json_text_at(row, "item", ""),
			 "cells", cells_json(v, row), "total", total_json(v, row));
}

/* Of one cell: 1 it costs, 125 nobody can tell, 0 neither. */
static int cell_exit(const json_t *cell, size_t at)
{
	const char *verdict = json_text_at(cell, "verdict", "");

	if (!strcmp(verdict, "regression"))
		return 1;
	if (!strcmp(verdict, "improvement") || !strcmp(verdict, "equivalent") ||
	    !strcmp(verdict, "trivial"))
		return 0;
	/* BASE is held against nothing. */
	return at == 0 && json_is_number(json_object_get(cell, "value")) ? 0 : 125;
}

static int exit_of(const json_t *scenarios)
{
	const json_t *row, *cell;
	int status = 0;
	size_t i, k;

	json_array_foreach(scenarios, i, row)
	{
		json_array_foreach(json_object_get(row, "cells"), k, cell)
		{
			const int one = cell_exit(cell, k);

			status = one == 1 || status == 1 ? 1 : one > status ? one : status;
		}
	}
	return status;
}

static bool any_failed(const struct series_view *v)
{
	for (size_t i = 0; i < v->count; i++) {
		if (v->commits[i].reason)
			return true;
	}
	return false;
}

json_t *series_json(const struct series_view *v)
{
	json_t *scenarios = json_array();
	int status;

	for (size_t i = 0; scenarios && i < v->n_rows; i++)
		json_array_append_new(scenarios, scenario_json(v, v->rows[i]));
	status = exit_of(scenarios);
	if (status == 0 && any_failed(v))
		status = 125;
	return json_pack("{s:s,s:o,s:o,s:s,s:s,s:f,s:s,s:o,s:o}", "schema", "slowpath/series/1",
			 "id", part_text(v->id), "tree", part_text(v->tree), "base",
			 v->commits[0].id, "tip", v->commits[v->count - 1].id, "threshold",
			 v->threshold, "verdict",
			 status == 1	 ? "regression"
			 : status == 125 ? "inconclusive"
					 : "equivalent",
			 "commits", commits_json(v), "scenarios", scenarios);
}

int series_exit(const json_t *document)
{
	const char *verdict = json_text_at(document, "verdict", "");

	return !strcmp(verdict, "regression") ? 1 : !strcmp(verdict, "inconclusive") ? 125 : 0;
}
