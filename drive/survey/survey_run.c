// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/survey/surveying.h"

#include "base/cleanup.h"
#include "drive/begin/begin.h"
#include "drive/begin/cpu_model.h"
#include "drive/begin/keep_files.h"
#include "drive/begin/metric.h"
#include "drive/begin/resume.h"
#include "drive/narrow/narrowing.h"
#include "report/survey/survey_row.h"
#include "store/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static json_t *names_of(const struct surveying *x, bool scenarios)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < (scenarios ? x->n_scenarios : x->n_kernels); i++)
		json_array_append_new(
			list, json_string(scenarios ? x->scenarios[i]->name : x->kernels[i]->spec));
	return list;
}

/* What was asked for, with what was added. */
static json_t *command_json(const struct surveying *x)
{
	const struct measuring *m = x->m;
	json_t *out = json_pack(
		"{s:s,s:s,s:o,s:o,s:s,s:f,s:o,s:i,s:i,s:i,s:s?,s:s,s:s*,s:s,s:O*}", "command",
		x->command, "baseline", x->kernels[0]->spec, "kernels", names_of(x, false),
		"scenarios", names_of(x, true), "mode", "exact", "threshold", m->threshold, "cpus",
		m->cpus == CPUS_AS_NEEDED ? json_null() : json_integer(m->cpus), "memory_mib",
		(int)m->memory_mib, "iterations", (int)m->iterations, "budget", (int)m->budget_s,
		"cmdline", x->cmdline, "metric", m->metric ? m->metric : METRIC_DEFAULT, "cpu",
		m->cpu_model, "arch", x->s->arch->name, "left_out", x->left_out);

	if (out && x->asked && json_object_update(out, (json_t *)(uintptr_t)x->asked) < 0) {
		json_decref(out);
		return NULL;
	}
	return out;
}

static int begin(struct surveying *x, struct err *e)
{
	const struct beginning b = { .name = x->command,
				     .command = command_json(x),
				     .mode = "exact",
				     .accel = ACCEL_ICOUNT };

	return experiment_begin(x->s, &b, x->id, e);
}

/*
 * What is going to be measured has to go with all that was, of whatever scenario; each row sees to
 * its scenario's text and disk.
 */
static int check_goes_with(const struct surveying *x, struct err *e)
{
	struct record was = x->journal;

	if (x->grows)
		was.finished = NULL;
	return resume_check(x->s, &was, NULL, 0, "show", e);
}

/* What came of a scenario before. */
static const struct record_result *kept_row(const struct surveying *x, const char *scenario)
{
	for (size_t i = 0; i < x->journal.n_results; i++) {
		if (!strcmp(x->journal.results[i].scenario, scenario))
			return &x->journal.results[i];
	}
	return NULL;
}

/* Whether a row is of all the kernels, in their order. */
static bool is_whole(const struct surveying *x, const struct scenario *s)
{
	const struct record_result *kept = kept_row(x, s->name);
	json_t *row = kept ? json_loads(kept->document, 0, NULL) : NULL;
	const json_t *series = json_object_get(row, "series");
	bool whole = row && json_array_size(series) == x->n_kernels;

	for (size_t i = 0; whole && i < x->n_kernels; i++) {
		const char *name =
			json_string_value(json_object_get(json_array_get(series, i), "kernel"));

		whole = name && !strcmp(name, x->kernels[i]->spec);
	}
	json_decref(row);
	return whole;
}

/*
 * Rows that are going to be measured further have to be of the text that they are of: found out
 * before anything is written, so that what has ended stays as it is.
 */
static int check_texts(const struct surveying *x, const struct scenario *s, struct err *e)
{
	if (is_whole(x, s))
		return 0;
	for (size_t i = 0; i < x->journal.n_runs; i++) {
		const struct record_run *run = &x->journal.runs[i];

		if (!strcmp(run->scenario, s->name) &&
		    strcmp(run->scenario_sha256, s->sha256.text) != 0)
			return err_set(e, ESTALE,
				       "%s '%s' cannot grow: the scenario %s has changed since",
				       x->command, x->id, s->name);
	}
	return 0;
}

/* Nothing is written of what has ended if nothing was added. */
static int extend(struct surveying *x, struct err *e)
{
	json_t *command = command_json(x);
	int r = command ? 0 : err_oom(e);

	x->grows = r == 0 && !json_equal(command, x->journal.command);
	if (r == 0)
		r = check_goes_with(x, e);
	for (size_t i = 0; r == 0 && x->grows && i < x->n_scenarios; i++)
		r = check_texts(x, x->scenarios[i], e);
	if (r == 0 && x->grows)
		r = store_extend_experiment(x->s->store, x->id, command, e);
	json_decref(command);
	return r;
}

/* The store calls a build by the spec that meant it last, which may be another commit's. */
static int find_again(const struct surveying *x, const struct kernel *k, struct kernel **out,
		      struct err *e)
{
	_cleanup_free_ char *spec = strdup(k->spec);
	_cleanup_free_ char *subject = k->subject ? strdup(k->subject) : NULL;
	int r = spec && (subject || !k->subject) ? 0 : err_oom(e);

	if (r == 0)
		r = kernel_find(x->s->kernels, k->id, out, e);
	if (r < 0)
		return r;
	free((*out)->spec);
	free((*out)->subject);
	(*out)->spec = steal(&spec);
	(*out)->subject = steal(&subject);
	return 0;
}

/* The same kernels once more: a series owns its own. */
static int fill_series(const struct surveying *x, struct narrowing *w, struct err *e)
{
	_cleanup_free_ char **specs = calloc(x->n_kernels + 1, sizeof(*specs));
	int r = specs ? 0 : err_oom(e);

	for (size_t i = 0; r == 0 && i < x->n_kernels; i++) {
		specs[i] = strdup(x->kernels[i]->spec);
		r = specs[i] ? 0 : err_oom(e);
	}
	if (r == 0)
		r = narrow_init(&w->narrow, specs, x->n_kernels, e);
	for (size_t i = 0; specs && i < x->n_kernels; i++)
		free(specs[i]);
	w->from_range = calloc(x->n_kernels, sizeof(*w->from_range));
	if (r == 0 && !w->from_range)
		r = err_oom(e);
	for (size_t i = 0; r == 0 && i < x->n_kernels; i++)
		r = find_again(x, x->kernels[i], &w->narrow.items[i].kernel, e);
	return r;
}

static int load_kept(const struct surveying *x, struct narrowing *w, struct err *e)
{
	int r = store_load_scenario(x->s->store, x->id, w->scenario->name, LOAD_ALL, &w->journal,
				    e);

	if (r == 0)
		r = narrow_check_taken_up(w, e);
	if (r == 0)
		r = store_next_block(x->s->store, x->id, &w->block, e);
	return r;
}

static int add_pair(const struct narrow_view *v, const struct survey_pair *p, json_t *list,
		    struct err *e)
{
	const struct search_step at = { .last_good = p->older, .first_bad = p->newer };
	struct narrow_step step;
	int r;

	if (v->narrow->items[p->older].state != ITEM_MEASURED ||
	    v->narrow->items[p->newer].state != ITEM_MEASURED)
		return 0;
	r = narrow_compare(v->narrow, &at, v->scenario, v->cpus, v->threshold, &step, e);
	if (r == 0 && json_array_append_new(list, survey_row_step(v, &step)) < 0)
		r = err_oom(e);
	narrow_step_free(&step);
	return r;
}

static int add_pairs(const struct surveying *x, const struct narrow_view *v, json_t *row,
		     struct err *e)
{
	json_t *list = x->n_pairs ? json_array() : NULL;
	int r = 0;

	if (!x->n_pairs)
		return 0;
	if (!list || json_object_set_new(row, "pairs", list) < 0)
		return err_oom(e);
	for (size_t i = 0; r == 0 && i < x->n_pairs; i++)
		r = add_pair(v, &x->pairs[i], list, e);
	return r;
}

static int keep_row(const struct surveying *x, const struct narrowing *w, struct err *e)
{
	const struct narrow_view v = { .id = x->id,
				       .mode = reading_exactness(w->narrow.exact),
				       .scenario = w->scenario,
				       .narrow = &w->narrow,
				       .qemu_version = x->s->qemu.version,
				       .cpu_model = cpu_model_of(x->s),
				       .threshold = x->m->threshold,
				       .cpus = measuring_cpus(x->m, w->scenario) };
	json_t *row = survey_row_json(&v);
	int r = row ? add_pairs(x, &v, row, e) : err_oom(e);

	if (r == 0)
		r = store_add_result(x->s->store, x->id, w->scenario->name,
				     verdict_name(w->narrow.verdict), row, e);
	json_decref(row);
	return r;
}

static int measure_row(const struct surveying *x, size_t at, struct err *e)
{
	const struct scenario *s = x->scenarios[at];
	struct narrowing w = { .s = x->s,
			       .m = x->m,
			       .cmdline = x->cmdline,
			       .scenario = s,
			       .all = true,
			       .row = at + 1,
			       .rows = x->n_scenarios,
			       .accel = ACCEL_ICOUNT };
	int r = fill_series(x, &w, e);

	snprintf(w.id, sizeof(w.id), "%s", x->id);
	if (r == 0)
		r = narrow_settle_disk(&w, e);
	if (r == 0)
		r = load_kept(x, &w, e);
	if (r == 0)
		r = keep_scenario_file(x->s, x->id, s, e);
	if (r == 0)
		r = narrow_search_exact(&w, e);
	if (r == 0)
		r = keep_row(x, &w, e);
	narrow_free(&w.narrow);
	record_free(&w.journal);
	free(w.from_range);
	return r < 0 ? err_wrap(e, "%s", s->name) : 0;
}

static int measure_rows(struct surveying *x, struct err *e)
{
	for (size_t i = 0; i < x->n_scenarios; i++) {
		if (!is_whole(x, x->scenarios[i]) && measure_row(x, i, e) < 0)
			return e->code;
	}
	return 0;
}

int survey_measure(struct surveying *x, struct err *e)
{
	const bool fresh = !x->journal.id;
	int r = fresh ? begin(x, e) : extend(x, e);

	if (r < 0)
		return r;
	r = measure_rows(x, e);
	if (r == 0 && x->journal.finished && !x->grows)
		return 0;
	if (r == 0)
		return store_finish_experiment(x->s->store, x->id, NULL, e);
	if (fresh && r != -ECANCELED && drop_unmeasured(x->s, x->id))
		return r;
	return err_wrap(e, "'slowpath %s --resume %s' goes on", x->command, x->id);
}
