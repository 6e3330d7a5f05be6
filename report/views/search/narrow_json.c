// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/search/narrow.h"

#include "kernel/store/title.h"
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

/* Of any that was measured; else nobody knows, and it is the iteration. */
static const char *series_metric(const struct narrow_view *v, char name[READING_NAME_BYTES])
{
	const struct narrow *n = v->narrow;

	snprintf(name, READING_NAME_BYTES, "iteration_%s_per_%.20s",
		 strstr(v->mode, "exact") ? "insns" : "ns", scenario_item_name(v->scenario));
	for (size_t i = 0; i < n->count; i++) {
		if (n->items[i].state == ITEM_MEASURED && n->items[i].reading.of.name[0])
			return n->items[i].reading.of.name;
	}
	return name;
}

static const char *name_of(const struct narrow_view *v, size_t item)
{
	const struct narrow_item *x = &v->narrow->items[item];

	return x->kernel ? x->kernel->spec : x->spec;
}

/* Of an item that was measured, as both ends of a step were. */
static struct kernel_title title_of(const struct narrow_view *v, size_t item)
{
	return kernel_title(v->narrow->items[item].kernel);
}

static json_t *measured(const struct narrow_view *v, size_t item)
{
	const struct narrow_item *x = &v->narrow->items[item];

	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:i}", "kernel",
			 part_text(name_of(v, item)), "title", part_text(title_of(v, item).text),
			 "release", part_text(x->kernel->release), "version",
			 part_text(x->kernel->version), "compiler", part_text(x->kernel->compiler),
			 "value", part_number(x->reading.value), "spread",
			 part_number(x->reading.spread), "reading", part_reading(&x->reading),
			 "runs", (int)x->runs);
}

static json_t *others(const struct narrow_view *v, enum search_item_state state)
{
	json_t *list = json_array();
	bool ok = list;

	for (size_t i = 0; ok && i < v->narrow->count; i++) {
		const struct narrow_item *x = &v->narrow->items[i];

		if (x->state == state)
			append(list,
			       state == ITEM_SKIPPED ? json_pack("{s:s,s:s}", "kernel",
								 name_of(v, i), "reason", x->reason)
						     : part_text(name_of(v, i)),
			       &ok);
	}
	if (ok)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *functions(const struct narrow_step *s)
{
	const struct comparison *c = &s->comparison;
	json_t *list = json_array();
	bool ok = list;

	for (size_t i = 0; ok && i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];

		append(list,
		       json_pack("{s:s,s:o,s:o,s:o}", "name", f->name, "old",
				 part_number(f->old_insns), "new", part_number(f->new_insns),
				 "delta", part_number(f->new_insns - f->old_insns)),
		       &ok);
	}
	if (ok)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *step(const struct narrow_view *v, const struct narrow_step *s)
{
	char name[READING_NAME_BYTES];
	json_t *o = json_pack(
		"{s:o,s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:s,s:s,s:b}", "last_good",
		part_text(name_of(v, s->last_good)), "first_bad",
		part_text(name_of(v, s->first_bad)), "before",
		part_text(title_of(v, s->last_good).text), "after",
		part_text(title_of(v, s->first_bad).text), "metric", series_metric(v, name), "old",
		part_number(s->old_value), "new", part_number(s->new_value), "delta",
		part_number(s->new_value - s->old_value), "ratio", part_number(narrow_ratio(s)),
		"verdict", verdict_name(s->verdict), "reason", s->reason, "gradual", s->gradual);
	bool ok = o;

	if (!o)
		return NULL;
	if (s->compared) {
		set(o, "functions", functions(s), &ok);
		set(o, "part", part_text(comparison_part(&s->comparison) ? "exact" : NULL), &ok);
	} else {
		set(o, "probability", part_number(s->probability), &ok);
	}
	set(o, "audit", part_audit(&s->audit), &ok);
	if (s->audit.config_differences >= 0)
		set(o, "config_differences", json_integer(s->audit.config_differences), &ok);
	if (ok)
		return o;
	json_decref(o);
	return NULL;
}

json_t *narrow_json(const struct narrow_view *v)
{
	const struct narrow *n = v->narrow;
	char name[READING_NAME_BYTES];
	json_t *series = json_array(), *steps = json_array(), *o;
	bool ok = series && steps;

	for (size_t i = 0; ok && i < n->count; i++) {
		if (n->items[i].state == ITEM_MEASURED)
			append(series, measured(v, i), &ok);
	}
	for (size_t i = 0; ok && i < n->n_steps; i++)
		append(steps, step(v, &n->steps[i]), &ok);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:f,s:f,s:I,s:i,s:o,s:o,s:o,s:o,s:s?,s:{s:f}}",
		      "schema", "slowpath/narrow/1", "id", v->id, "mode", v->mode, "scenario",
		      v->scenario->name, "metric", series_metric(v, name), "verdict",
		      verdict_name(n->verdict), "reason", n->reason, "threshold", v->threshold,
		      "rest", n->rest, "undecided", (json_int_t)n->undecided, "cpus", (int)v->cpus,
		      "series", series, "steps", steps, "skipped", others(v, ITEM_SKIPPED),
		      "untested", others(v, ITEM_UNTESTED), "qemu", v->qemu_version, "seconds",
		      "total", v->total_seconds);
	if (ok && o)
		return o;
	json_decref(o);
	return NULL;
}
