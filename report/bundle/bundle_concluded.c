// SPDX-License-Identifier: GPL-2.0-or-later
/* The concluded files of a bundle (bundle.h). */
#include "lab/exact.h"
#include "report/reproducer/reproducer.h"
#include "report/bundle/bundle.h"
#include "report/bundle/bundle_columns.h"
#include "report/views/compare.h"
#include "report/evidence/evidence.h"
#include "report/views/judge.h"
#include "report/words/kernels.h"
#include "report/page/markdown.h"
#include "report/words/plain.h"
#include "report/page/plots.h"
#include "report/bundle/rows_csv.h"
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <string.h>

static json_t *kernels_json(const struct evidence *x)
{
	const struct record *r = x->record;
	_cleanup_kernel_runs_ struct kernel_runs kernels = { 0 };
	json_t *list =
		kernel_runs_make(r, x->study.kind != NULL, &kernels) == 0 ? json_object() : NULL;

	for (size_t i = 0; i < kernels.count; i++) {
		const struct record_run *run = kernels.items[i];
		_cleanup_buf_ struct buf name = { 0 };
		bool has_config = false;

		plain_line(&name, evidence_kernel_name(x, run), 200);
		if (buf_error(&name) || json_object_get(list, buf_str(&name)))
			continue;
		for (size_t k = 0; k < r->n_configs; k++)
			has_config =
				has_config || (run->config_sha256 &&
					       !strcmp(r->configs[k].name, run->config_sha256));
		json_object_set_new(list, buf_str(&name),
				    json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b}", "spec",
					      plain_json(run->kernel_spec), "title",
					      plain_json(evidence_title(run).text), "release",
					      plain_json(run->kernel_release), "version",
					      plain_json(run->kernel_version), "compiler",
					      plain_json(run->compiler), "vmlinux_sha256",
					      plain_json(run->vmlinux_sha256), "image_sha256",
					      plain_json(run->image_sha256), "config_sha256",
					      plain_json(run->config_sha256), "config_here",
					      has_config));
	}
	return list;
}

/* As "compare --json" has it, less what was not measured but spent. */
static json_t *case_json(const struct evidence *x, const struct evidence_case *c)
{
	const struct compare_view view = { .id = x->record->id,
					   .scenario = c->scenario,
					   .old_kernel = &c->old_kernel,
					   .new_kernel = &c->new_kernel,
					   .comparison = &c->comparison,
					   .audit = &c->audit,
					   .confirmation =
						   c->confirmation.count ? &c->confirmation : NULL,
					   .qemu_version = c->old_run->qemu_version,
					   .cpu_model = c->cpu_model };
	json_t *doc = compare_json(&view);

	if (!doc)
		return NULL;
	json_object_del(doc, "seconds");
	json_object_set_new(doc, "verdict", json_string(verdict_name(c->verdict)));
	json_object_set_new(doc, "reason", plain_json(c->reason));
	json_object_set_new(doc, "mode", json_string(c->mode));
	json_object_set_new(doc, "part", c->part ? json_string("exact") : json_null());
	json_object_set_new(doc, "block", json_integer(c->old_run->block));
	if (c->time)
		json_object_set(doc, "time", c->time->document);
	if (c->no_time)
		json_object_set_new(doc, "time",
				    json_pack("{s:s,s:o}", "kind", "replayed", "why_not",
					      plain_json(c->no_time)));
	if (c->judged)
		json_object_set_new(doc, "judged",
				    judge_row_json(&x->rows, c->judged, RULES_BLOCKS));
	if (!c->comparison.n_metrics) {
		json_object_del(doc, "metrics");
		json_object_del(doc, "attribution");
		json_object_del(doc, "clock");
	}
	return doc;
}

static int put_cases(const struct evidence *x, struct bundle *out)
{
	int r = 0;

	for (size_t i = 0; i < x->n_cases; i++) {
		char path[48];

		snprintf(path, sizeof(path), "results/%02zu.json", i + 1);
		if (x->cases[i].old_run)
			r |= bundle_add_json(out, path, case_json(x, &x->cases[i]));
		for (int kind = 0; kind < PLOT_KINDS; kind++) {
			struct buf *file = plot_possible(x, i, kind)
						   ? bundle_add(out, "%s", plot_path(i, kind).text)
						   : NULL;

			if (file)
				plot_draw(x, i, kind, file);
			if (plot_possible(x, i, kind))
				r |= file ? buf_error(file) : -ENOMEM;
		}
	}
	return r;
}

static int put_reproducers(const struct evidence *x, struct bundle *out, struct err *e)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		struct buf *file;

		if (!evidence_first_of_scenario(x, i) || !evidence_has_reproducer(&x->cases[i]))
			continue;
		file = bundle_add(out, "reproducer/%s",
				  evidence_reproducer_name(&x->cases[i]).text);
		if (!file || evidence_reproducer(x, &x->cases[i], file, e) < 0)
			return err_oom(e);
	}
	return 0;
}

/* What it says as a whole, if the rows say it, and its pictures. */
static int put_study(const struct evidence *x, struct bundle *out)
{
	int r = 0;

	if (x->study.kind->kept && !x->unjudged)
		r = bundle_add_json(out, "results/study.json", json_incref(x->study.document));
	for (enum study_plot kind = 0; kind < STUDY_PLOTS; kind++) {
		struct buf *file;

		if (!study_plot_possible(x, kind))
			continue;
		file = bundle_add(out, "%s", study_plot_paths[kind]);
		if (file)
			study_plot_draw(x, kind, file);
		r |= file ? buf_error(file) : -ENOMEM;
	}
	return r;
}

/* Instructions that were counted, less what the emulator's clock showed. */
static int put_clock(const struct record *r, struct bundle *out)
{
	struct buf *csv = bundle_add(out, BUNDLE_CLOCK_PATH);
	int rc = csv ? buf_puts(csv, "run,phase,difference\n") : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];

		if (run->counts < 0 || record_run_probed(run))
			continue;
		for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
			if (phase == MARKER_PHASE_EMPTY || !run->measured.phases[phase].windows)
				continue;
			rc |= buf_printf(csv, "%lld,%u,%lld\n", (long long)run->id, phase,
					 (long long)exact_clock_difference(&run->measured, phase));
		}
	}
	return rc;
}

static bool has_clock(const struct record *r)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (r->runs[i].counts >= 0 && !record_run_probed(&r->runs[i]))
			return true;
	}
	return false;
}

static int put_judgement(const struct evidence *x, struct bundle *out)
{
	struct buf *file;
	int r = bundle_add_json(out, "judgement.json",
				judge_json(&x->rows, &x->judgement, RULES_BLOCKS));

	file = bundle_add(out, "summary.csv");
	if (file)
		judge_csv(&x->rows, &x->judgement, RULES_BLOCKS, file);
	r |= file ? buf_error(file) : -ENOMEM;
	file = bundle_add(out, "summary-mean-cv.csv");
	if (file)
		judge_csv(&x->rows, &x->judgement, RULES_MEAN_CV, file);
	return r | (file ? buf_error(file) : -ENOMEM);
}

int bundle_put_concluded(const struct evidence *x, struct bundle *out, struct err *e)
{
	const struct record *r = x->record;
	const char *profile = json_string_value(json_object_get(r->command, "profile"));
	struct buf *file = bundle_add(out, "rows.csv");
	int rc = file ? rows_csv(r, file, e) : err_oom(e);

	if (rc < 0)
		return rc;
	rc |= bundle_add_json(out, "kernels.json", kernels_json(x));
	rc |= bundle_add_json(out, "order.json", r->effect ? json_incref(r->effect) : json_null());
	if (profile) {
		file = bundle_add(out, "profile.yaml");
		rc |= file ? buf_puts(file, profile) : -ENOMEM;
	}
	if (x->judgement.count)
		rc |= put_judgement(x, out);
	if (x->study.kind)
		rc |= put_study(x, out);
	if (has_clock(r))
		rc |= put_clock(r, out);
	rc |= put_cases(x, out);
	rc |= x->attached ? 0 : put_reproducers(x, out, e);
	file = bundle_add(out, "README.md");
	if (file)
		evidence_markdown(x, !x->attached, file);
	rc |= file ? buf_error(file) : -ENOMEM;
	return rc ? err_oom(e) : 0;
}
