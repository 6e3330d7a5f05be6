// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/replay.h"
#include "report/views/compare.h"

#include "judge/why/device.h"

#include "report/views/deciding.h"
#include "report/views/events.h"
#include "report/views/parts.h"
#include "report/views/program.h"
#include "report/views/tasks.h"
#include "report/words/release.h"

#include <math.h>
#include <string.h>

const char *compare_mode(const struct comparison *c)
{
	return reading_exactness(c->exact);
}

static json_t *metrics_json(const struct comparison *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_metrics; i++) {
		const struct metric *m = &c->metrics[i];

		json_array_append_new(list,
				      json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "name",
						metric_name(m), "unit", m->old_one.of.unit, "old",
						part_number(m->old_one.value), "new",
						part_number(m->new_one.value), "delta",
						part_number(metric_delta(m)), "ratio",
						part_number(metric_ratio(m)), "spread_old",
						part_number(m->old_one.spread), "spread_new",
						part_number(m->new_one.spread), "old_reading",
						part_reading(&m->old_one), "new_reading",
						part_reading(&m->new_one)));
	}
	return list;
}

static json_t *taken_up_json(const struct function_delta *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n_taken_up; i++)
		json_array_append_new(list, part_text(f->taken_up[i]));
	return list;
}

static json_t *functions_json(const struct comparison *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];

		json_t *row = json_pack(
			"{s:o,s:o,s:o,s:o,s:o,s:o,s:b}", "name", part_text(f->name), "old",
			part_number(f->old_insns), "new", part_number(f->new_insns), "delta",
			part_number(f->new_insns - f->old_insns), "calls_old",
			part_number(f->old_calls), "calls_new", part_number(f->new_calls),
			"negative", function_has_negative(f));

		if (row && f->renamed_from) {
			json_object_set_new(row, "renamed_from", part_text(f->renamed_from));
			json_object_set_new(row, "sure", part_number(f->sure));
		}
		if (row && f->n_taken_up)
			json_object_set_new(row, "perhaps_inlined", taken_up_json(f));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *outside_json(const struct comparison *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < OUTSIDE_COUNT; i++) {
		const struct outside_delta *o = &c->outside[i];

		json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:o}", "name", outside_name(i),
						      "old", part_number(o->old_insns), "new",
						      part_number(o->new_insns), "delta",
						      part_number(o->new_insns - o->old_insns)));
	}
	return list;
}

static json_t *attribution_json(const struct compare_view *v)
{
	const struct comparison *c = v->comparison;
	char unit[32];

	snprintf(unit, sizeof(unit), "insns_per_%s", scenario_item_name(v->scenario));
	return json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "unit", unit, "metric",
			 metric_name(&c->metrics[0]), "functions", functions_json(c),
			 "unattributed", part_number(c->unattributed_new - c->unattributed_old),
			 "unattributed_old", part_number(c->unattributed_old), "unattributed_new",
			 part_number(c->unattributed_new), "outside", outside_json(c));
}

static json_t *releases_json(const struct compare_view *v)
{
	struct release o, n;
	unsigned count;

	if (!release_parse(v->old_kernel->release, &o) ||
	    !release_parse(v->new_kernel->release, &n) || !releases_between(&o, &n, &count))
		return json_null();
	return json_integer(count);
}

static json_t *groups_json(const struct comparison *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_groups; i++)
		json_array_append_new(list,
				      json_pack("{s:o,s:o}", "file", part_text(c->groups[i].file),
						"delta", part_number(c->groups[i].delta)));
	return list;
}

/* Of scenarios that ask for some. */
static void put_devices(const struct compare_view *v, json_t *doc)
{
	struct device_share shares[DEVICES_MAX];
	size_t n = device_shares(v->scenario, v->comparison, shares);
	json_t *list = n ? json_array() : NULL;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:b}", "name", shares[i].name,
						      "old", part_number(shares[i].old_insns),
						      "new", part_number(shares[i].new_insns),
						      "in_call", shares[i].in_call));
	if (list)
		json_object_set_new(doc, "devices", list);
}

static json_t *confirmation_json(const struct confirmation *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->count; i++)
		json_array_append_new(list,
				      json_pack("{s:s,s:o,s:b}", "perturbation", f->rows[i].what,
						"delta", part_number(f->rows[i].delta),
						"same_state", !f->rows[i].different_state));
	return json_pack("{s:b,s:o,s:o,s:o}", "confirmed", f->confirmed, "median_delta",
			 part_number(f->median_delta), "mad", part_number(f->mad), "runs", list);
}

/* A scenario that could not be measured, among others that could. */
static json_t *failure_json(const struct compare_view *v)
{
	return json_pack("{s:s,s:s,s:s,s:n,s:o,s:o,s:o,s:s}", "schema", "slowpath/compare/1", "id",
			 v->id, "scenario", v->scenario->name, "verdict", "reason",
			 part_text(v->failure), "old", part_kernel(v->old_kernel), "new",
			 part_kernel(v->new_kernel), "arch", kernel_arch(v->old_kernel)->name);
}

json_t *compare_json(const struct compare_view *v)
{
	const struct comparison *c = v->comparison;
	json_t *doc;

	if (v->failure)
		return failure_json(v);
	doc = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "schema", "slowpath/compare/1", "id",
			v->id, "mode", compare_mode(c), "scenario", v->scenario->name, "verdict",
			verdict_name(c->verdict), "reason", c->reason, "old",
			part_kernel(v->old_kernel), "new", part_kernel(v->new_kernel));
	if (!doc)
		return NULL;
	json_object_set_new(doc, "why_not", part_text(c->exact ? NULL : c->why_not));
	json_object_set_new(doc, "arch", json_string(kernel_arch(v->old_kernel)->name));
	json_object_set_new(doc, "cpus", json_integer(c->cpus));
	json_object_set_new(doc, "pages", json_integer((json_int_t)scenario_pages(v->scenario)));
	json_object_set_new(doc, "iterations", json_integer(c->iterations));
	json_object_set_new(doc, "pairs", json_integer(c->pairs));
	json_object_set_new(doc, "metrics", metrics_json(c));
	deciding_json(c, doc);
	json_object_set_new(doc, "notes",
			    json_pack("{s:o,s:o}", "old", part_text(c->notes[0]), "new",
				      part_text(c->notes[1])));
	json_object_set_new(doc, "attribution", attribution_json(v));
	json_object_set_new(doc, "groups", groups_json(c));
	put_devices(v, doc);
	json_object_set_new(doc, "source_changed",
			    c->source_change == SOURCE_UNKNOWN
				    ? json_null()
				    : json_boolean(c->source_change == SOURCE_CHANGED));
	json_object_set_new(doc, "releases_between", releases_json(v));
	events_json(doc, &c->events);
	tasks_json(doc, c);
	json_object_set_new(doc, "state", part_state(c));
	if (c->work.known)
		json_object_set_new(doc, "program", program_json(v));
	json_object_set_new(doc, "audit", part_audit(v->audit));
	json_object_set_new(doc, "clock",
			    json_pack("{s:I,s:I}", "difference_old", (json_int_t)c->clock_old,
				      "difference_new", (json_int_t)c->clock_new));
	json_object_set_new(doc, "qemu", part_text(v->qemu_version));
	if (v->time)
		json_object_set_new(doc, "time", replay_time_json(v->time));
	if (v->no_time)
		json_object_set_new(doc, "time",
				    json_pack("{s:s,s:o}", "kind", "replayed", "why_not",
					      part_text(v->no_time)));
	if (v->weight)
		json_object_set_new(doc, "weight",
				    json_pack("{s:o,s:o,s:I,s:I}", "file",
					      part_text(v->weight_file), "share",
					      part_number(v->weight->share), "changed",
					      (json_int_t)v->weight->changed, "found",
					      (json_int_t)v->weight->found));
	json_object_set_new(doc, "cpu_model", part_text(v->cpu_model));
	if (v->confirmation)
		json_object_set_new(doc, "confirmation", confirmation_json(v->confirmation));
	json_object_set_new(doc, "seconds",
			    json_pack("{s:f,s:f,s:f}", "total", v->total_seconds, "boot",
				      v->boot_seconds, "measure", v->measure_seconds));
	return doc;
}
