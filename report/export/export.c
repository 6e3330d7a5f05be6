// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/export/export.h"

#include "base/json.h"
#include "report/words/plain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const export_status_names[] = { "FAIL", "ERROR", "MISS", "PASS", "DONE" };

enum export_status export_status_of(const char *verdict)
{
	static const struct {
		const char *verdict;
		enum export_status status;
	} all[] = {
		{ "regression", EXPORT_FAIL },	    { "inconclusive", EXPORT_ERROR },
		{ "different-state", EXPORT_MISS }, { "equivalent", EXPORT_PASS },
		{ "trivial", EXPORT_PASS },	    { "improvement", EXPORT_PASS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!strcmp(all[i].verdict, verdict))
			return all[i].status;
	}
	return EXPORT_DONE;
}

int export_add_kernel(struct export *x, const struct record_run *run, size_t *at, struct err *e)
{
	struct export_kernel *grown;

	for (*at = 0; *at < x->n_kernels; (*at)++) {
		if (!strcmp(x->kernels[*at].image_sha256, run->image_sha256) &&
		    !strcmp(x->kernels[*at].spec, run->kernel_spec) &&
		    !strcmp(x->kernels[*at].side, run->side))
			return 0;
	}
	grown = realloc(x->kernels, (x->n_kernels + 1) * sizeof(*grown));
	if (!grown)
		return err_oom(e);
	x->kernels = grown;
	grown[x->n_kernels++] = (struct export_kernel){ .spec = run->kernel_spec,
							.side = run->side,
							.cmdline = run->guest_cmdline,
							.release = run->kernel_release,
							.version = run->kernel_version,
							.compiler = run->compiler,
							.config_sha256 = run->config_sha256,
							.image_sha256 = run->image_sha256,
							.arch = run->arch,
							.title = evidence_title(run) };
	return 0;
}

int export_add_result(struct export *x, const struct export_result *result, struct err *e)
{
	struct export_result *grown = realloc(x->results, (x->n_results + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	x->results = grown;
	grown[x->n_results++] = *result;
	return 0;
}

/* What a case's sides are called. */
static const char *side_of(const struct evidence *x, const struct evidence_case *c, bool old_side)
{
	if (!c->judged)
		return old_side ? "old" : "new";
	if (!old_side)
		return rows_word(&x->rows, c->judged->kernel);
	for (size_t i = 0; i < x->judgement.count; i++) {
		if (x->judgement.rows[i].is_baseline)
			return rows_word(&x->rows, x->judgement.rows[i].kernel);
	}
	return x->options.baseline;
}

/*
 * The last run of a side, good ones first: where no pair could be measured, the kernels are known
 * all the same. NULL: there is none.
 */
static const struct record_run *last_run(const struct evidence *x, const struct evidence_case *c,
					 bool old_side)
{
	const char *side = side_of(x, c, old_side);
	const struct record_run *found = NULL;

	for (size_t i = 0; side && i < x->record->n_runs; i++) {
		const struct record_run *run = &x->record->runs[i];

		if (run->cpus == c->cpus && !strcmp(run->side, side) &&
		    !strcmp(run->scenario, c->scenario->name) &&
		    (!found || record_run_ok(run) || !record_run_ok(found)))
			found = run;
	}
	return found;
}

static int add_case(const struct evidence *x, const struct evidence_case *c, struct export *out,
		    struct err *e)
{
	const struct record_run *old_run = c->old_run ? c->old_run : last_run(x, c, true);
	const struct record_run *new_run = c->new_run ? c->new_run : last_run(x, c, false);
	const char *verdict = verdict_name(c->verdict);
	struct export_result result = { .scenario = c->scenario->name,
					.metric = c->metric,
					.unit = c->unit ? c->unit : "",
					.item = c->item ? c->item : "",
					.mode = c->mode ? c->mode : "",
					.verdict = verdict,
					.reason = c->reason,
					.cpus = c->cpus,
					.value = c->new_value,
					.old_value = c->old_value,
					.ratio = c->ratio,
					.seconds = NAN,
					.status = export_status_of(verdict) };
	int r;

	/* Never begun: there is no kernel to tell of. */
	if (!old_run || !new_run)
		return 0;
	if (!record_run_ok(old_run))
		result.old_value = result.ratio = NAN;
	if (!record_run_ok(new_run))
		result.value = result.ratio = NAN;
	else
		result.seconds = new_run->measure_seconds;
	result.started = new_run->started;
	r = export_add_kernel(out, old_run, &result.against, e);
	if (r == 0)
		r = export_add_kernel(out, new_run, &result.kernel, e);
	return r < 0 ? r : export_add_result(out, &result, e);
}

static void begin(const struct record *r, struct export *out)
{
	const char *command = json_string_value(json_object_get(r->command, "command"));

	*out = (struct export){ .id = r->id,
				.command = command ? command : "run",
				.slowpath = r->slowpath_version,
				.started = r->started };
}

int export_evidence(const struct evidence *x, struct export *out, struct err *e)
{
	int r = 0;

	begin(x->record, out);
	for (size_t i = 0; r == 0 && i < x->n_cases; i++)
		r = add_case(x, &x->cases[i], out, e);
	if (r == 0 && !out->n_results)
		r = err_set(e, EINVAL,
			    "experiment '%s' has no two kernels that were compared: there is "
			    "nothing to export",
			    x->record->id);
	return r;
}

/* The last run of a side in a scenario; NULL: there is none. */
static const struct record_run *find_run(const struct record *r, const char *scenario,
					 const char *side)
{
	const struct record_run *found = NULL;

	for (size_t i = 0; i < r->n_runs; i++) {
		if (!strcmp(r->runs[i].scenario, scenario) && !strcmp(r->runs[i].side, side))
			found = &r->runs[i];
	}
	return found;
}

/* The step that ends at this kernel. */
static const json_t *find_step(const json_t *row, const char *kernel)
{
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(row, "steps"), i, step)
	{
		const char *at = json_text_at(step, "first_bad", NULL);

		if (at && !strcmp(at, kernel) && !json_is_true(json_object_get(step, "gradual")))
			return step;
	}
	return NULL;
}

/* What this kernel was compared with, in a row whose kernels are not held against the one before.
 */
static const json_t *find_pair(const json_t *row, const char *kernel)
{
	const json_t *pair;
	size_t i;

	json_array_foreach(json_object_get(row, "pairs"), i, pair)
	{
		const char *at = json_text_at(pair, "first_bad", NULL);

		if (at && kernel && !strcmp(at, kernel))
			return pair;
	}
	return NULL;
}

static void fill_paired(const struct export *x, const json_t *row, const json_t *cell,
			struct export_result *out)
{
	const json_t *pair = find_pair(row, json_text_at(cell, "kernel", NULL));
	const char *other = json_text_at(pair, "last_good", NULL);

	out->untold = true;
	out->reason = "the kernel that it is held against could not be measured";
	for (size_t i = 0; other && i < x->n_kernels; i++) {
		if (strcmp(x->kernels[i].side, other) != 0)
			continue;
		out->untold = false;
		out->against = i;
		out->old_value = json_number_at(pair, "old");
		out->ratio = out->old_value ? out->value / out->old_value : NAN;
		out->verdict = json_text_at(pair, "verdict", "");
		out->reason = json_text_at(pair, "reason", NULL);
		out->status = export_status_of(out->verdict);
		return;
	}
}

/* Against the kernel before; without a step between them the two are alike by the row's rules. */
static void fill_verdict(const struct record *r, const json_t *row, const json_t *cell,
			 const json_t *before, struct export_result *out)
{
	const json_t *step = find_step(row, json_text_at(cell, "kernel", NULL));
	const bool undecided = json_integer_value(json_object_get(row, "undecided")) > 0;
	const char *verdict = step ? json_text_at(step, "verdict", NULL) : NULL;

	if (!before)
		return;
	/* The kernel before in the row is not that of the commit before. */
	if (json_is_true(json_object_get(r->command, "turns_back"))) {
		out->untold = true;
		out->reason = "a commit brings back an earlier kernel: the series tells what each "
			      "costs";
		return;
	}
	out->old_value = json_number_at(before, "value");
	out->ratio = out->old_value ? out->value / out->old_value : NAN;
	if (verdict)
		out->verdict = verdict;
	else
		/* Which neighbours cannot be told is not said of a row. */
		out->verdict = undecided ? "" : "equivalent";
	out->untold = !*out->verdict;
	out->reason = step	    ? json_text_at(step, "reason", NULL)
		      : out->untold ? "it cannot be told"
				    : NULL;
	out->status = out->untold ? EXPORT_DONE : export_status_of(out->verdict);
}

static int add_cell(const struct record *r, const json_t *row, const json_t *cell,
		    const json_t **before, size_t *against, struct export *out, struct err *e)
{
	const char *scenario = json_text_at(row, "scenario", NULL),
		   *kernel = json_text_at(cell, "kernel", NULL);
	const struct record_run *run = scenario && kernel ? find_run(r, scenario, kernel) : NULL;
	const char *failed = json_text_at(cell, "failed", NULL),
		   *metric = json_text_at(row, "metric", NULL);
	struct export_result result = {
		.scenario = scenario,
		.metric = metric ? metric : "iteration",
		.unit = json_text_at(row, "unit", NULL),
		.item = json_text_at(row, "item", NULL),
		.mode = json_is_true(json_object_get(cell, "exact")) ? "exact" : "near-exact",
		.verdict = "",
		.reason = failed,
		.against = *against,
		.cpus = (unsigned)json_integer_value(json_object_get(row, "cpus")),
		.value = json_number_at(cell, "value"),
		.old_value = NAN,
		.ratio = NAN,
		.seconds = run ? run->measure_seconds : NAN,
		.started = run ? run->started : NULL,
		.status = failed ? EXPORT_ERROR : EXPORT_DONE
	};
	int rc;

	/* One that could not even be had has no build to tell of. */
	if (!run || !result.unit || !result.item)
		return 0;
	/* The first is what others are held against, whether it could be measured or not. */
	if (!failed && json_object_get(row, "pairs") &&
	    cell != json_array_get(json_object_get(row, "series"), 0))
		fill_paired(out, row, cell, &result);
	else if (!failed)
		fill_verdict(r, row, cell, *before, &result);
	rc = export_add_kernel(out, run, &result.kernel, e);
	if (rc == 0 && !failed) {
		*before = cell;
		*against = result.kernel;
	}
	return rc < 0 ? rc : export_add_result(out, &result, e);
}

/* Cells, runs and steps are found by what kernels are called. */
static int check_names(const json_t *series, struct err *e)
{
	for (size_t i = 0; i < json_array_size(series); i++) {
		const char *name = json_text_at(json_array_get(series, i), "kernel", NULL);

		for (size_t k = 0; name && k < i; k++) {
			const char *other = json_text_at(json_array_get(series, k), "kernel", NULL);

			if (other && !strcmp(name, other))
				return err_set(e, EINVAL,
					       "two kernels are '%s' without their paths: "
					       "--keep-host tells them apart",
					       name);
		}
	}
	return 0;
}

static int add_row(const struct record *r, const json_t *row, struct export *out, struct err *e)
{
	const json_t *cell, *before = NULL;
	size_t i, against = 0;
	int rc = check_names(json_object_get(row, "series"), e);

	if (rc < 0)
		return rc;

	json_array_foreach(json_object_get(row, "series"), i, cell)
	{
		rc = add_cell(r, row, cell, &before, &against, out, e);
		if (rc < 0)
			break;
	}
	return rc;
}

int export_survey(const struct record *r, struct export *out, struct err *e)
{
	int rc = 0;

	begin(r, out);
	out->document = json_array();
	for (size_t i = 0; rc == 0 && i < r->n_results; i++) {
		json_t *row = json_loads(r->results[i].document, 0, NULL);

		if (!row)
			return err_set(e, EIO, "the row of %s cannot be read",
				       r->results[i].scenario);
		if (json_array_append_new(out->document, row) < 0)
			return err_oom(e);
		rc = add_row(r, row, out, e);
	}
	if (rc == 0 && !out->n_results)
		rc = err_set(e, EINVAL, "survey '%s' has no row yet", r->id);
	return rc;
}

void export_say(const struct export *x, const struct export_result *result, struct buf *out)
{
	if (*result->verdict)
		buf_printf(out, "%s", result->verdict);
	if (isfinite(result->ratio)) {
		buf_printf(out, "%s%.4fx of ", *result->verdict ? ", " : "", result->ratio);
		plain_line(out, x->kernels[result->against].title.text, 200);
	}
	if (result->reason && *result->reason) {
		buf_puts(out, out->len ? ": " : "");
		plain_line(out, result->reason, 400);
	}
}

void export_free(struct export *x)
{
	free(x->kernels);
	free(x->results);
	json_decref(x->document);
	*x = (struct export){ 0 };
}
