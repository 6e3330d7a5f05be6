// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey_row.h"

#include "lab/counts/page_state.h"
#include "report/views/parts.h"

#include <math.h>
#include <string.h>

/* Takes over @value; a NULL one is out of memory, and makes *ok false. */
static void set(json_t *object, const char *name, json_t *value, bool *ok)
{
	if (json_object_set_new(object, name, value) < 0)
		*ok = false;
}

static void append(json_t *array, json_t *value, bool *ok)
{
	if (json_array_append_new(array, value) < 0)
		*ok = false;
}

static json_t *whole(json_t *value, bool ok)
{
	if (ok && value)
		return value;
	json_decref(value);
	return NULL;
}

static const char *name_of(const struct narrow_view *v, size_t item)
{
	return v->narrow->items[item].spec;
}

static json_t *numbers(const struct report_state *s)
{
	size_t count;
	const struct state_number *all = state_numbers(&count);
	json_t *o = json_object();
	bool ok = o;

	for (size_t i = 0; ok && i < count; i++) {
		const uint64_t value = state_value(&all[i], s);

		if (value != REPORT_UNKNOWN && value)
			set(o, all[i].column, json_integer((json_int_t)value), &ok);
	}
	return whole(o, ok);
}

/* The index of a run's page state among those of the row, to which it is added if it is new. */
static json_t *state_index(json_t *states, const struct run *run)
{
	json_t *own = json_pack("{s:o,s:o}", "before", numbers(&run->before), "after",
				numbers(&run->after));
	const size_t n = json_array_size(states);

	for (size_t i = 0; own && i < n; i++) {
		if (json_equal(own, json_array_get(states, i))) {
			json_decref(own);
			return json_integer((json_int_t)i);
		}
	}
	return json_array_append_new(states, own) < 0 ? NULL : json_integer((json_int_t)n);
}

static json_t *own_events(const struct narrow_view *v, const struct run *run)
{
	struct events x = { 0 };
	json_t *o = json_object();
	bool ok = o;

	events_of(v->scenario, run, run, v->threshold, &x);
	for (enum event i = 0; ok && x.known && i < EVENT_COUNT; i++)
		set(o, event_name(i), part_number(x.at[i].old_value), &ok);
	return whole(o, ok);
}

static json_t *cell(const struct narrow_view *v, size_t item, json_t *states)
{
	const struct narrow_item *x = &v->narrow->items[item];
	const struct reading *r = &x->reading;

	if (x->state != ITEM_MEASURED)
		return json_pack("{s:o,s:o}", "kernel", part_text(name_of(v, item)), "failed",
				 part_text(x->reason ? x->reason : "it was not measured"));
	return json_pack("{s:o,s:o,s:o,s:b,s:o,s:o,s:o}", "kernel", part_text(name_of(v, item)),
			 "value", part_number(r->value), "spread", part_number(r->spread), "exact",
			 r->exact, "why_not", part_text(r->why_not[0] ? r->why_not : NULL), "state",
			 state_index(states, &x->run), "events", own_events(v, &x->run));
}

static json_t *changed_functions(const struct comparison *c)
{
	json_t *list = json_array();
	bool ok = list;

	for (size_t i = 0; ok && i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];

		if (f->new_insns != f->old_insns)
			append(list,
			       json_pack("{s:o,s:o,s:o,s:o}", "name", part_text(f->name), "old",
					 part_number(f->old_insns), "new",
					 part_number(f->new_insns), "delta",
					 part_number(f->new_insns - f->old_insns)),
			       &ok);
	}
	return whole(list, ok);
}

static json_t *changed_events(const struct events *x)
{
	json_t *list = json_array();
	bool ok = list;

	for (enum event i = 0; ok && x->known && i < EVENT_COUNT; i++) {
		const struct event_delta *d = &x->at[i];

		if (d->differs)
			append(list,
			       json_pack("{s:s,s:o,s:o,s:o}", "name", event_name(i), "old",
					 part_number(d->old_value), "new",
					 part_number(d->new_value), "delta",
					 part_number(d->new_value - d->old_value)),
			       &ok);
	}
	return whole(list, ok);
}

/* The config by its hash is no news beside the number of options. */
static json_t *changed_audit(const struct audit *a)
{
	json_t *list = json_array();
	bool ok = list;

	for (size_t i = 0; ok && i < a->count; i++) {
		const struct audit_entry *x = &a->entries[i];

		if (!x->same && strcmp(x->name, "config") != 0)
			append(list,
			       json_pack("{s:o,s:o,s:o}", "name", part_text(x->name), "old",
					 part_text(x->old_value), "new", part_text(x->new_value)),
			       &ok);
	}
	return whole(list, ok);
}

json_t *survey_row_step(const struct narrow_view *v, const struct narrow_step *s)
{
	const struct comparison *c = &s->comparison;
	const long options = s->audit.config_differences;
	json_t *o = json_pack(
		"{s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:s,s:o,s:b,s:o,s:o,s:o,s:o,s:o,s:o}", "last_good",
		part_text(name_of(v, s->last_good)), "first_bad",
		part_text(name_of(v, s->first_bad)), "old", part_number(s->old_value), "new",
		part_number(s->new_value), "delta", part_number(s->new_value - s->old_value),
		"ratio", part_number(narrow_ratio(s)), "verdict", verdict_name(s->verdict),
		"reason", s->reason, "part", part_text(comparison_part(c) ? "exact" : NULL),
		"gradual", s->gradual, "functions", changed_functions(c), "unattributed",
		part_number(c->unattributed_new - c->unattributed_old), "state", part_state(c),
		"events", changed_events(&c->events), "audit", changed_audit(&s->audit),
		"config_differences", options < 0 ? json_null() : json_integer(options));

	return o;
}

static const struct narrow_item *first_measured(const struct narrow *n)
{
	for (size_t i = 0; i < n->count; i++) {
		if (n->items[i].state == ITEM_MEASURED)
			return &n->items[i];
	}
	return NULL;
}

json_t *survey_row_json(const struct narrow_view *v)
{
	const struct narrow *n = v->narrow;
	const struct narrow_item *first = first_measured(n);
	json_t *series = json_array(), *states = json_array(), *steps = json_array();
	bool ok = series && states && steps;

	for (size_t i = 0; ok && i < n->count; i++)
		append(series, cell(v, i, states), &ok);
	for (size_t i = 0; ok && i < n->n_steps; i++)
		append(steps, survey_row_step(v, &n->steps[i]), &ok);
	return whole(
		json_pack(
			"{s:s,s:o,s:s,s:o,s:s,s:s,s:i,s:o,s:f,s:s,s:s,s:f,s:I,s:o,s:o,s:o}",
			"scenario", v->scenario->name, "help", part_text(v->scenario->help), "mode",
			v->mode, "metric", part_text(first ? first->reading.of.name : NULL), "unit",
			first && first->reading.of.unit ? first->reading.of.unit : "insns", "item",
			scenario_item_name(v->scenario), "cpus", (int)v->cpus, "iterations",
			first ? json_integer(run_iterations(&first->run)) : json_null(),
			"threshold", v->threshold, "verdict", verdict_name(n->verdict), "reason",
			n->reason, "rest", n->rest, "undecided", (json_int_t)n->undecided, "series",
			series, "states", states, "steps", steps),
		ok);
}
