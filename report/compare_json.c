// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/compare.h"

#include "judge/outcomes.h"
#include "judge/state.h"

#include <math.h>
#include <string.h>

const char *compare_mode(const struct comparison *c)
{
	return c->exact ? "exact" : "near-exact";
}

static json_t *number(double value)
{
	if (!isfinite(value))
		return json_null();
	return json_real(value == 0 ? 0 : value); /* no -0 */
}

static json_t *count(uint64_t value)
{
	return value == REPORT_UNKNOWN ? json_null() : json_integer((json_int_t)value);
}

/* A path may hold any byte, JSON only UTF-8: one odd name must not lose the document. */
static json_t *text(const char *value)
{
	json_t *json = value ? json_string(value) : json_null();
	_cleanup_free_ char *copy = NULL;

	if (json || !value)
		return json;
	copy = strdup(value);
	if (!copy)
		return NULL;
	for (char *p = copy; *p; p++)
		*p = (unsigned char)*p < 0x80 ? *p : '?';
	return json_string(copy);
}

static json_t *kernel_json(const struct kernel *k)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "spec", text(k->spec), "release",
			 text(k->release), "version", text(k->version), "compiler",
			 text(k->compiler), "config_sha256", text(k->config_sha256), "image_sha256",
			 text(k->image_sha256));
}

static json_t *metrics_json(const struct comparison *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_metrics; i++) {
		const struct metric *m = &c->metrics[i];

		json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "name", m->name, "unit",
				  "insns", "old", number(m->old_value), "new", number(m->new_value),
				  "delta", number(metric_delta(m)), "ratio",
				  number(metric_ratio(m)), "spread_old", number(m->spread_old),
				  "spread_new", number(m->spread_new)));
	}
	return list;
}

static json_t *functions_json(const struct comparison *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];

		json_array_append_new(
			list, json_pack("{s:s,s:o,s:o,s:o,s:o,s:o}", "name", f->name, "old",
					number(f->old_insns), "new", number(f->new_insns), "delta",
					number(f->new_insns - f->old_insns), "calls_old",
					number(f->old_calls), "calls_new", number(f->new_calls)));
	}
	return list;
}

static json_t *outside_json(const struct comparison *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < OUTSIDE_COUNT; i++) {
		const struct outside_delta *o = &c->outside[i];

		json_array_append_new(list,
				      json_pack("{s:s,s:o,s:o,s:o}", "name", outside_name(i), "old",
						number(o->old_insns), "new", number(o->new_insns),
						"delta", number(o->new_insns - o->old_insns)));
	}
	return list;
}

static json_t *attribution_json(const struct compare_view *v)
{
	const struct comparison *c = v->comparison;
	char unit[32];

	snprintf(unit, sizeof(unit), "insns_per_%s", scenario_item_name(v->scenario));
	return json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "unit", unit, "metric",
			 c->metrics[0].name, "functions", functions_json(c), "unattributed",
			 number(c->unattributed_new - c->unattributed_old), "unattributed_old",
			 number(c->unattributed_old), "unattributed_new",
			 number(c->unattributed_new), "outside", outside_json(c));
}

/* Found after a window or during it: a difference is a finding, not another state. */
static json_t *outcomes_json(const struct comparison *c)
{
	static const char *const results[] = {
		[CHECK_PASS] = "same", [CHECK_FAIL] = "differs", [CHECK_UNKNOWN] = "unknown"
	};
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_outcomes; i++) {
		const struct work_outcome *o = &c->outcomes[i];

		json_array_append_new(list,
				      json_pack("{s:s,s:o,s:o,s:o,s:s}", "name", o->name,
						"expected", number(o->expected), "old",
						number(o->old_value), "new", number(o->new_value),
						"result", results[outcome_result(o)]));
	}
	return list;
}

static json_t *state_json(const struct comparison *c)
{
	json_t *checks = json_array();
	bool same = true;

	for (size_t i = 0; i < c->n_checks; i++) {
		const struct state_check *k = &c->checks[i];

		same = same && k->result != CHECK_FAIL;
		json_array_append_new(checks,
				      json_pack("{s:s,s:o,s:o,s:o,s:s}", "name", k->name,
						"expected", count(k->expected), "old",
						count(k->old_value), "new", count(k->new_value),
						"result", check_result_name(k->result)));
	}
	return json_pack("{s:b,s:o,s:o}", "same", same, "checks", checks, "outcomes",
			 outcomes_json(c));
}

static json_t *audit_json(const struct audit *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->count; i++)
		json_array_append_new(
			list, json_pack("{s:s,s:s,s:s,s:b}", "name", a->entries[i].name, "old",
					a->entries[i].old_value, "new", a->entries[i].new_value,
					"same", a->entries[i].same));
	return list;
}

static json_t *confirmation_json(const struct confirmation *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->count; i++)
		json_array_append_new(list,
				      json_pack("{s:s,s:o,s:b}", "perturbation", f->rows[i].what,
						"delta", number(f->rows[i].delta), "same_state",
						!f->rows[i].different_state));
	return json_pack("{s:b,s:o,s:o,s:o}", "confirmed", f->confirmed, "median_delta",
			 number(f->median_delta), "mad", number(f->mad), "runs", list);
}

/* A scenario that could not be measured, among others that could. */
static json_t *failure_json(const struct compare_view *v)
{
	return json_pack("{s:s,s:s,s:s,s:n,s:o,s:o,s:o}", "schema", "slowpath/compare/1", "id",
			 v->id, "scenario", v->scenario->name, "verdict", "reason",
			 text(v->failure), "old", kernel_json(v->old_kernel), "new",
			 kernel_json(v->new_kernel));
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
			kernel_json(v->old_kernel), "new", kernel_json(v->new_kernel));
	if (!doc)
		return NULL;
	json_object_set_new(doc, "cpus", json_integer(c->cpus));
	json_object_set_new(doc, "pages", json_integer((json_int_t)scenario_pages(v->scenario)));
	json_object_set_new(doc, "iterations", json_integer(v->scenario->iterations));
	json_object_set_new(doc, "metrics", metrics_json(c));
	json_object_set_new(doc, "attribution", attribution_json(v));
	json_object_set_new(doc, "state", state_json(c));
	json_object_set_new(doc, "audit", audit_json(v->audit));
	json_object_set_new(doc, "clock",
			    json_pack("{s:I,s:I}", "difference_old", (json_int_t)c->clock_old,
				      "difference_new", (json_int_t)c->clock_new));
	json_object_set_new(doc, "qemu", text(v->qemu_version));
	json_object_set_new(doc, "cpu_model", json_string(ARGV_CPU_MODEL));
	if (v->confirmation)
		json_object_set_new(doc, "confirmation", confirmation_json(v->confirmation));
	json_object_set_new(doc, "seconds",
			    json_pack("{s:f,s:f,s:f}", "total", v->total_seconds, "boot",
				      v->boot_seconds, "measure", v->measure_seconds));
	return doc;
}
