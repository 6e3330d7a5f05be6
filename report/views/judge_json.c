// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/judge.h"

#include "report/views/deciding.h"
#include "report/views/parts.h"
#include "report/words/plain.h"

#include <math.h>

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *yes(bool value)
{
	return json_string(value ? "yes" : "no");
}

static json_t *identity(const struct rows *t, const struct judged_row *r)
{
	json_t *o = json_pack("{s:o,s:o,s:o}", "kernel", plain_json(rows_word(t, r->kernel)),
			      "scenario", plain_json(rows_word(t, r->scenario)), "metric",
			      plain_json(rows_word(t, r->metric)));

	if (o && r->cpus)
		json_object_set_new(o, "cpus", json_integer(r->cpus));
	return o;
}

static bool seen_before(const struct judged_row *r, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (r->raw[i].reason == r->raw[at].reason)
			return true;
	}
	return false;
}

/* Each reason once, in the order of the runs, as the published summary joins its lists. */
static json_t *failure_reasons(const struct rows *t, const struct judged_row *r)
{
	_cleanup_buf_ struct buf text = { 0 };

	/* Few runs fail: none of them is looked for twice. */
	for (size_t i = 0; r->mean_cv.failed_runs && i < r->mean_cv.run_count; i++) {
		const char *reason = rows_word(t, r->raw[i].reason);

		if (*reason && !seen_before(r, i))
			buf_printf(&text, "%s%s", text.len ? ";" : "", reason);
	}
	return buf_error(&text) ? NULL : json_string(buf_str(&text));
}

/* What only the published layout has. */
static void published_members(json_t *o, const struct rows *t, const struct judged_row *r)
{
	const struct row *raw = r->raw;
	const struct row_origin *origin = &t->origins[raw->origin];

	json_object_set_new(o, "profile", plain_json(rows_word(t, raw->experiment)));
	json_object_set_new(o, "source_file", plain_json(rows_word(t, origin->source_file)));
	json_object_set_new(o, "entry_profile", plain_json(rows_word(t, origin->entry_profile)));
	json_object_set_new(o, "test_kind", plain_json(rows_word(t, origin->test_kind)));
	json_object_set_new(o, "version_family", plain_json(rows_word(t, r->kernel)));
	json_object_set_new(o, "exact_version", plain_json(rows_word(t, raw->release)));
	json_object_set_new(o, "case", plain_json(rows_word(t, origin->case_name)));
}

/* Field names of the published summary. */
static json_t *mean_cv_row(const struct rows *t, const struct judged_row *r)
{
	const struct mean_cv *m = &r->mean_cv;
	json_t *o = identity(t, r);

	if (!o)
		return NULL;
	if (t->published)
		published_members(o, t, r);
	json_object_set_new(o, "value", number(m->value));
	json_object_set_new(o, "median_value", number(m->median_value));
	json_object_set_new(o, "stdev_value", number(m->stdev_value));
	json_object_set_new(o, "cv", number(m->cv));
	json_object_set_new(o, "mad_value", number(m->mad_value));
	json_object_set_new(o, "mad_ratio", number(m->mad_ratio));
	json_object_set_new(o, "min_value", number(m->min_value));
	json_object_set_new(o, "max_value", number(m->max_value));
	json_object_set_new(o, "baseline_value", number(m->baseline_value));
	json_object_set_new(o, "delta_vs_baseline", number(m->delta_vs_baseline));
	json_object_set_new(o, "baseline_median_value", number(m->baseline_median_value));
	json_object_set_new(o, "delta_vs_baseline_median", number(m->delta_vs_baseline_median));
	json_object_set_new(o, "classification", json_string(m->classification));
	json_object_set_new(o, "status", json_string(m->status));
	json_object_set_new(o, "stable", yes(m->stable));
	json_object_set_new(o, "robust_stable", yes(m->robust_stable));
	json_object_set_new(o, "comparison_reliable", yes(m->comparison_reliable));
	json_object_set_new(o, "comparison_robust_reliable", yes(m->comparison_robust_reliable));
	json_object_set_new(o, "run_count", json_integer((json_int_t)m->run_count));
	json_object_set_new(o, "ok_runs", json_integer((json_int_t)m->ok_runs));
	json_object_set_new(o, "failed_runs", json_integer((json_int_t)m->failed_runs));
	json_object_set_new(o, "failure_reasons", failure_reasons(t, r));
	json_object_set_new(o, "label", json_string(mean_cv_label(m)));
	return o;
}

/* What every row says that is held against the baseline. */
static json_t *verdict_row(const struct rows *t, const struct judged_row *r)
{
	json_t *o = identity(t, r);

	if (!o)
		return NULL;
	json_object_set_new(
		o, "mode",
		json_string(r->counted ? reading_exactness(r->exact.exact) : row_modes[r->mode]));
	json_object_set_new(o, "primary", json_boolean(r->primary));
	json_object_set_new(o, "control", json_boolean(r->is_control));
	json_object_set_new(o, "verdict", json_string(verdict_name(r->verdict)));
	json_object_set_new(o, "reason", plain_json(r->reason));
	return o;
}

static void exact_members(json_t *o, const struct judged_row *r)
{
	const struct exact_cell *x = &r->exact;

	json_object_set_new(o, "old", number(x->old_side.value));
	json_object_set_new(o, "new", number(x->new_side.value));
	json_object_set_new(o, "delta", number(x->change.delta));
	json_object_set_new(o, "ratio", number(x->ratio));
	json_object_set_new(o, "spread_old", number(x->old_side.spread));
	json_object_set_new(o, "spread_new", number(x->new_side.spread));
	json_object_set_new(o, "noise", number(x->noise));
	json_object_set_new(o, "floor", number(x->change.floor));
	json_object_set_new(o, "exact", json_boolean(x->exact));
	json_object_set_new(o, "why_not", x->exact ? json_null() : json_string(x->why_not));
	json_object_set_new(o, "old_reading", part_reading(&x->old_side));
	json_object_set_new(o, "new_reading", part_reading(&x->new_side));
	json_object_set_new(o, "blocks", json_integer((json_int_t)x->n_new));
	deciding_change_json(&x->change, o);
}

static void timed_members(json_t *o, const struct judged_row *r)
{
	const struct timed *x = &r->timed;

	json_object_set_new(o, "ratio", number(x->ratio));
	json_object_set_new(o, "low", number(x->low));
	json_object_set_new(o, "high", number(x->high));
	json_object_set_new(o, "alpha", number(x->alpha));
	json_object_set_new(o, "p", number(x->p));
	json_object_set_new(o, "p_holm", number(r->p_holm));
	json_object_set_new(o, "smallest_effect", number(x->claim_min));
	json_object_set_new(o, "equal_within", number(x->equal_max));
	json_object_set_new(o, "detectable", number(x->detectable));
	json_object_set_new(o, "look", json_integer(x->look));
	json_object_set_new(o, "blocks", json_integer((json_int_t)x->n));
	json_object_set_new(o, "paired", json_boolean(x->paired));
	json_object_set_new(o, "exact_test", json_boolean(x->exact));
}

static json_t *blocks_row(const struct rows *t, const struct judged_row *r)
{
	json_t *o = verdict_row(t, r);

	if (!o)
		return NULL;
	if (r->counted)
		exact_members(o, r);
	else
		timed_members(o, r);
	json_object_set_new(o, "failed_runs", json_integer((json_int_t)r->mean_cv.failed_runs));
	return o;
}

static json_t *warnings(const struct rows *t, const struct judgement *j)
{
	json_t *list = json_array();

	for (size_t i = 0; i < j->n_warnings; i++) {
		const struct judge_warning *w = &j->warnings[i];
		json_t *o = json_pack("{s:s,s:o}", "kind", w->kind, "metric",
				      plain_json(w->where ? rows_word(t, w->where->metric) : NULL));

		if (w->where)
			json_object_set_new(o, "scenario",
					    plain_json(rows_word(t, w->where->scenario)));
		if (w->where && w->where->cpus)
			json_object_set_new(o, "cpus", json_integer(w->where->cpus));
		json_object_set_new(o, "text", plain_json(w->text));
		json_array_append_new(list, o);
	}
	return list;
}

json_t *judge_row_json(const struct rows *t, const struct judged_row *r, enum judge_rules rules)
{
	if (rules == RULES_MEAN_CV)
		return mean_cv_row(t, r);
	return r->is_baseline ? NULL : blocks_row(t, r);
}

json_t *judge_json(const struct rows *t, const struct judgement *j, enum judge_rules rules)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < j->count; i++) {
		if (rules == RULES_MEAN_CV || !j->rows[i].is_baseline)
			json_array_append_new(rows, judge_row_json(t, &j->rows[i], rules));
	}
	return json_pack("{s:s,s:s,s:s,s:o,s:o}", "schema", "slowpath/judge/1", "rules",
			 rules == RULES_MEAN_CV		  ? "mean-cv"
			 : j->count && j->rows[0].counted ? "exact"
							  : "blocks",
			 "baseline", rows_word(t, j->baseline), "rows", rows, "warnings",
			 warnings(t, j));
}
