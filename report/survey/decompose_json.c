// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/decompose.h"

#include "base/json.h"
#include "report/survey/decompose_parts.h"
#include "report/views/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const json_t *cell_of(const json_t *row, const char *kernel)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(row, "series"), i, cell)
	{
		if (kernel && !strcmp(json_text_at(cell, "kernel", ""), kernel))
			return cell;
	}
	return NULL;
}

static const json_t *pair_of(const json_t *row, const char *older, const char *newer)
{
	const json_t *pair;
	size_t i;

	json_array_foreach(json_object_get(row, "pairs"), i, pair)
	{
		if (!strcmp(json_text_at(pair, "last_good", ""), older) &&
		    !strcmp(json_text_at(pair, "first_bad", ""), newer))
			return pair;
	}
	return NULL;
}

/* One scenario, as its numbers. */
struct scene {
	const struct decompose_view *v;
	const json_t *row;
	const char *old_name, *new_name;
	struct decompose_values x;
};

static const json_t *set_at(const struct scene *s, unsigned set)
{
	return json_array_get(json_object_get(s->v->asked, "sets"), set);
}

static struct decompose_value value_of(const json_t *cell)
{
	return (struct decompose_value){ .cost = json_number_at(cell, "value"),
					 .spread = json_number_at(cell, "spread"),
					 .exact = json_is_true(json_object_get(cell, "exact")) };
}

static struct scene scene_of(const struct decompose_view *v, const json_t *row)
{
	struct scene s = { .v = v,
			   .row = row,
			   .old_name = json_text_at(v->asked, "old", ""),
			   .new_name = json_text_at(v->asked, "new", "") };

	s.x.n = (unsigned)json_array_size(json_object_get(v->asked, "candidates"));
	s.x.old_one = value_of(cell_of(row, s.old_name));
	for (unsigned i = 0; i < 1u << s.x.n; i++) {
		const json_t *set = set_at(&s, i);

		s.x.sets[i] = value_of(cell_of(row, json_text_at(set, "kernel", NULL)));
		s.x.applies[i] = json_text_at(set, "kernel", NULL) != NULL;
	}
	return s;
}

/* Why there is nothing of a kernel. */
static const char *why_not(const json_t *row, const json_t *set)
{
	const char *reason = json_text_at(set, "reason", NULL);
	const json_t *cell = cell_of(row, json_text_at(set, "kernel", NULL));

	return reason ? reason : json_text_at(cell, "failed", NULL);
}

static json_t *value_json(const struct decompose_value *v)
{
	return json_pack("{s:o,s:o,s:o}", "value", part_number(v->cost), "spread",
			 part_number(v->spread), "exact",
			 isfinite(v->cost) ? json_boolean(v->exact) : json_null());
}

static json_t *functions_of(const json_t *pair)
{
	const json_t *functions = json_object_get(pair, "functions");

	return functions ? json_deep_copy(functions) : json_array();
}

static json_t *gap_json(const struct scene *s)
{
	const json_t *pair = pair_of(s->row, s->old_name, s->new_name);
	const double old_cost = s->x.old_one.cost, new_cost = s->x.sets[0].cost;
	const char *reason = json_text_at(cell_of(s->row, s->old_name), "failed", NULL);

	if (!reason)
		reason = json_text_at(cell_of(s->row, s->new_name), "failed", NULL);
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "old", value_json(&s->x.old_one), "new",
			 value_json(&s->x.sets[0]), "delta", part_number(new_cost - old_cost),
			 "ratio", part_number(old_cost ? new_cost / old_cost : NAN), "verdict",
			 part_text(json_text_at(pair, "verdict", NULL)), "reason",
			 part_text(pair ? json_text_at(pair, "reason", NULL) : reason), "functions",
			 functions_of(pair));
}

static bool has_gap(const struct scene *s)
{
	const char *verdict =
		json_text_at(pair_of(s->row, s->old_name, s->new_name), "verdict", "");

	return !strcmp(verdict, "regression") || !strcmp(verdict, "improvement");
}

static json_t *members_json(unsigned set, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < n; i++) {
		if (set >> i & 1)
			json_array_append_new(list, json_integer(i));
	}
	return list;
}

/* A part's share is of the gap, where there is one. */
static json_t *part_json(const struct scene *s, const char *kind, unsigned candidate,
			 const struct decompose_part *p)
{
	const double gap = s->x.sets[0].cost - s->x.old_one.cost;
	const bool one = !strcmp(kind, "candidate");

	return json_pack(
		"{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "part", kind, "candidate",
		one ? json_integer(candidate) : json_null(), "delta", part_number(p->delta),
		"share", part_number(gap != 0 && has_gap(s) ? p->delta / gap : NAN), "spread",
		part_number(p->spread), "exact",
		isfinite(p->delta) ? json_boolean(p->exact) : json_null(), "after",
		one && p->known ? members_json(p->after, s->x.n) : json_null(), "low",
		part_number(p->low), "high", part_number(p->high), "mean", part_number(p->mean));
}

static json_t *parts_json(const struct scene *s, const struct decompose_parts *p)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < s->x.n; i++)
		json_array_append_new(list, part_json(s, "candidate", i, &p->own[i]));
	json_array_append_new(list, part_json(s, "interaction", 0, &p->interaction));
	json_array_append_new(list, part_json(s, "left", 0, &p->left));
	return list;
}

static json_t *set_json(const struct scene *s, unsigned i)
{
	const json_t *set = set_at(s, i);
	const char *name = json_text_at(set, "kernel", NULL);
	const json_t *pair = name ? pair_of(s->row, s->new_name, name) : NULL;
	const double new_cost = s->x.sets[0].cost, cost = s->x.sets[i].cost;
	/* Its kernel is NEW's: nothing that is loaded changes. */
	const bool same = name && !strcmp(name, s->new_name) && isfinite(cost);

	return json_pack(
		"{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "candidates", members_json(i, s->x.n),
		"value", part_number(cost), "spread", part_number(s->x.sets[i].spread), "exact",
		isfinite(cost) ? json_boolean(s->x.sets[i].exact) : json_null(), "delta",
		part_number(cost - new_cost), "ratio",
		part_number(new_cost ? cost / new_cost : NAN), "verdict",
		part_text(same ? "equivalent" : json_text_at(pair, "verdict", NULL)), "reason",
		part_text(pair ? json_text_at(pair, "reason", NULL) : why_not(s->row, set)),
		"functions", functions_of(pair));
}

static json_t *sets_json(const struct scene *s)
{
	json_t *list = json_array();

	for (unsigned i = 1; list && i < 1u << s->x.n; i++)
		json_array_append_new(list, set_json(s, i));
	return list;
}

static bool is_chosen(const struct decompose_view *v, const char *scenario)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(v->asked, "chosen"), i, name)
	{
		if (!strcmp(json_string_value(name) ? json_string_value(name) : "", scenario))
			return true;
	}
	return false;
}

static json_t *scenario_json(const struct decompose_view *v, const json_t *row)
{
	const struct scene s = scene_of(v, row);
	const bool chosen = is_chosen(v, json_text_at(row, "scenario", ""));
	const struct decompose_parts p = decompose_parts(&s.x);

	return json_pack("{s:s,s:b,s:o,s:s,s:s,s:o,s:o,s:I,s:I,s:o}", "scenario",
			 json_text_at(row, "scenario", ""), "chosen", chosen, "metric",
			 part_text(json_text_at(row, "metric", NULL)), "unit",
			 json_text_at(row, "unit", ""), "item", json_text_at(row, "item", ""),
			 "gap", gap_json(&s), "parts",
			 chosen && has_gap(&s) ? parts_json(&s, &p) : json_array(), "orders",
			 (json_int_t)p.orders, "orders_all", (json_int_t)p.orders_all, "sets",
			 sets_json(&s));
}

/* What the sets that could be had say of one scenario: 1 one is worse, 125 one cannot be told. */
static int gate(const json_t *document, const json_t *scenario)
{
	const json_t *set;
	int status = 0;
	size_t i;

	/* Where NEW itself cannot be measured there is nothing to hold against. */
	if (json_is_null(json_object_get(json_object_get(json_object_get(scenario, "gap"), "new"),
					 "value")))
		return json_is_true(json_object_get(scenario, "chosen")) ? 125 : 0;
	json_array_foreach(json_object_get(scenario, "sets"), i, set)
	{
		const char *verdict = json_text_at(set, "verdict", NULL);
		const json_t *had = json_array_get(json_object_get(document, "sets"), i + 1);

		if (verdict && !strcmp(verdict, "regression"))
			return 1;
		if (!json_is_string(json_object_get(had, "kernel")))
			continue;
		if (!verdict ||
		    (strcmp(verdict, "equivalent") != 0 && strcmp(verdict, "trivial") != 0 &&
		     strcmp(verdict, "improvement") != 0))
			status = 125;
	}
	return status;
}

/* Of a chosen one: whether there is a gap whose parts are all known. */
static bool is_decomposed(const json_t *scenario)
{
	const json_t *part, *parts = json_object_get(scenario, "parts");
	size_t i;

	json_array_foreach(parts, i, part)
	{
		if (!json_is_number(json_object_get(part, "delta")))
			return false;
	}
	return json_array_size(parts) > 0;
}

static const char *conclude(const json_t *document)
{
	const json_t *scenario;
	bool worse = false, untold = false, any = false;
	size_t i;

	json_array_foreach(json_object_get(document, "scenarios"), i, scenario)
	{
		const char *gap = json_text_at(json_object_get(scenario, "gap"), "verdict", "");
		const bool chosen = json_is_true(json_object_get(scenario, "chosen"));
		const int status = gate(document, scenario);

		worse = worse || status == 1;
		untold = untold || status == 125;
		if (!chosen)
			continue;
		any = any || is_decomposed(scenario);
		/* One that is alike on both sides is no gap; one that cannot be told may be one. */
		untold = untold || (strcmp(gap, "equivalent") != 0 && strcmp(gap, "trivial") != 0 &&
				    !is_decomposed(scenario));
	}
	return worse ? "regression" : untold || !any ? "inconclusive" : "equivalent";
}

static json_t *copy_of(const json_t *o, const char *name)
{
	const json_t *value = json_object_get(o, name);

	return value ? json_deep_copy(value) : json_null();
}

json_t *decompose_json(const struct decompose_view *v)
{
	json_t *scenarios = json_array(), *out;

	for (size_t i = 0; scenarios && i < v->n_rows; i++)
		json_array_append_new(scenarios, scenario_json(v, v->rows[i]));
	out = json_pack("{s:s,s:s,s:o,s:o,s:o,s:f,s:o,s:o,s:o}", "schema", "slowpath/decompose/1",
			"id", v->id, "tree", copy_of(v->asked, "tree"), "old",
			copy_of(v->asked, "old"), "new", copy_of(v->asked, "new"), "threshold",
			v->threshold, "candidates", copy_of(v->asked, "candidates"), "sets",
			copy_of(v->asked, "sets"), "scenarios", scenarios);
	if (out && json_object_set_new(out, "verdict", json_string(conclude(out))) < 0) {
		json_decref(out);
		return NULL;
	}
	return out;
}

int decompose_exit(const json_t *document)
{
	const char *verdict = json_text_at(document, "verdict", "");

	return !strcmp(verdict, "regression") ? 1 : !strcmp(verdict, "inconclusive") ? 125 : 0;
}
