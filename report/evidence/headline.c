// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/headline.h"

#include "report/evidence/evidence_program.h"
#include "report/evidence/phrases.h"
#include "report/evidence/study_kind.h"
#include "report/words/plain.h"

#include <math.h>
#include <string.h>

#define NAME_MAX_BYTES 120

static size_t scenarios_of(const struct evidence *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n_cases; i++)
		n += evidence_first_of_scenario(x, i);
	return n;
}

static void put_scenarios(const struct evidence *x, struct buf *out)
{
	size_t n = scenarios_of(x);

	if (n > 1) {
		buf_printf(out, "%zu scenarios: ", n);
		return;
	}
	if (n || x->study.scenario) {
		plain_line(out, n ? x->cases[0].scenario->name : x->study.scenario->name,
			   NAME_MAX_BYTES);
		buf_puts(out, ": ");
		return;
	}
}

/*
 * A heading has no room to say that a ratio is of a whole of which nothing is claimed. What
 * explains has no verdict, and gives what it counted.
 */
static bool claims_ratio(const struct evidence *x, const struct evidence_case *c)
{
	if (!isfinite(c->ratio) || x->study.document)
		return isfinite(c->ratio);
	return !c->part && c->verdict != VERDICT_INCONCLUSIVE && c->verdict != VERDICT_UNSTABLE &&
	       c->verdict != VERDICT_DIFFERENT_STATE;
}

/* Of all cases that claim one; false: none does. */
static bool ratio_range(const struct evidence *x, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < x->n_cases; i++) {
		if (!claims_ratio(x, &x->cases[i]))
			continue;
		*low = fmin(*low, x->cases[i].ratio);
		*high = fmax(*high, x->cases[i].ratio);
	}
	return *low <= *high;
}

/* Kernels that are NEW in a case. */
static size_t news_of(const struct evidence *x, const struct record_run **first)
{
	size_t n = 0;

	*first = NULL;
	for (size_t i = 0; i < x->n_cases; i++) {
		bool seen = !x->cases[i].new_run;

		for (size_t k = 0; k < i && !seen; k++)
			seen = x->cases[k].new_run &&
			       !strcmp(x->cases[k].new_run->side, x->cases[i].new_run->side);
		n += !seen;
		if (!seen && !*first)
			*first = x->cases[i].new_run;
	}
	return n;
}

static void put_pair(const struct evidence *x, struct buf *out)
{
	const struct record_run *new_run, *old_run = NULL;
	size_t n = news_of(x, &new_run);

	for (size_t i = 0; i < x->n_cases && !old_run; i++)
		old_run = x->cases[i].old_run;
	if (!old_run || !new_run) {
		buf_puts(out, "a side could not be measured");
		return;
	}
	phrase_release(old_run, out);
	buf_puts(out, " -> ");
	if (n > 1)
		buf_printf(out, "%zu kernels", n);
	else
		phrase_release(new_run, out);
}

static void put_ratios(const struct evidence *x, struct buf *out)
{
	double low, high;

	if (!ratio_range(x, &low, &high)) {
		if (x->n_cases == 1) {
			buf_puts(out, ", ");
			phrase_verdict(&x->cases[0], out);
		}
		return;
	}
	if (x->n_cases > 1)
		buf_printf(out, ", %.2fx to %.2fx", low, high);
	else
		buf_printf(out, ", %.2fx", high);
}

/* Its largest step, by how far the ratio is from 1. */
static void put_series(const struct evidence *x, struct buf *out)
{
	const struct evidence_case *largest = NULL;
	const json_t *series = json_object_get(x->study.document, "series");
	const json_t *first = json_array_get(series, 0);
	const json_t *last = json_array_get(series, json_array_size(series) - 1);
	const struct record_run *ends[] = {
		study_kernel_run(x->record, study_text(first, "kernel")),
		study_kernel_run(x->record, study_text(last, "kernel"))
	};

	phrase_release(ends[0], out);
	buf_puts(out, " to ");
	phrase_release(ends[1], out);
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		if (isfinite(c->ratio) && c->ratio > 0 && !c->part &&
		    (!largest || fabs(log(c->ratio)) > fabs(log(largest->ratio))))
			largest = c;
	}
	if (!largest) {
		buf_puts(out, x->n_cases ? ", a step of the exact part" : ", no step");
		return;
	}
	buf_printf(out, ", %zu step%s, %.2fx at ", x->n_cases, x->n_cases == 1 ? "" : "s",
		   largest->ratio);
	phrase_release(largest->new_run, out);
}

static void put_commit(const struct evidence *x, struct buf *out)
{
	const json_t *culprit = json_array_get(json_object_get(x->study.document, "culprits"), 0);
	size_t n = json_array_size(json_object_get(x->study.document, "culprits"));

	if (!culprit) {
		buf_puts(out, "bisection, ");
		plain_line(out, study_text(x->study.document, "status"), 60);
		return;
	}
	buf_printf(out, "%.2fx since %.12s, ", study_number(culprit, "ratio"),
		   study_text(culprit, "commit"));
	plain_line(out, study_text(culprit, "status"), 60);
	if (n > 1)
		buf_printf(out, ", and %zu more", n - 1);
}

static void put_sides(const struct evidence *x, struct buf *out)
{
	phrase_release(study_run(x->record, "old"), out);
	buf_puts(out, " -> ");
	phrase_release(study_run(x->record, "new"), out);
}

static void put_gap(const struct evidence *x, struct buf *out)
{
	bool part;
	double closed = study_number(study_gap_row(x->study.document, &part), "closed");

	phrase_release(study_run(x->record, "candidate"), out);
	if (isfinite(closed)) {
		buf_printf(out, " closes %.1f %% of %s", closed, part ? "what is exact of " : "");
	} else {
		buf_puts(out, ", ");
		plain_line(out, study_text(x->study.document, "status"), 60);
		buf_puts(out, ": ");
	}
	put_sides(x, out);
}

void headline_put(const struct evidence *x, struct buf *out)
{
	put_scenarios(x, out);
	if (!x->unjudged && x->study.kind == &study_narrow) {
		put_series(x, out);
		return;
	}
	if (!x->unjudged && x->study.kind == &study_bisect) {
		put_commit(x, out);
		return;
	}
	if (!x->unjudged && x->study.kind == &study_fixed) {
		put_gap(x, out);
		return;
	}
	if (!x->n_cases) {
		if (study_run(x->record, "old") && study_run(x->record, "new"))
			put_sides(x, out);
		else
			phrase_release(&x->record->runs[0], out);
		buf_puts(out, ", ");
		plain_line(out, x->study.kind ? study_name(x) : "not judged", 60);
		return;
	}
	put_pair(x, out);
	put_ratios(x, out);
	if (x->study.kind)
		buf_printf(out, " (%s)", study_name(x));
}

void headline_counts(const struct evidence *x, struct buf *out)
{
	static const struct {
		enum verdict verdict;
		const char *one, *many;
	} words[] = {
		{ VERDICT_REGRESSION, "regression", "regressions" },
		{ VERDICT_SUSPECT, "suspect", "suspect" },
		{ VERDICT_DIFFERENT_STATE, "of different state", "of different state" },
		{ VERDICT_UNSTABLE, "unstable", "unstable" },
		{ VERDICT_INCONCLUSIVE, "inconclusive", "inconclusive" },
		{ VERDICT_IMPROVEMENT, "improvement", "improvements" },
		{ VERDICT_TRIVIAL, "trivial", "trivial" },
		{ VERDICT_EQUIVALENT, "equivalent", "equivalent" },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = 0;

		for (size_t k = 0; k < x->n_cases; k++)
			n += x->cases[k].verdict == words[i].verdict;
		if (!n)
			continue;
		buf_printf(out, "%s%zu %s", any ? ", " : "", n,
			   n == 1 ? words[i].one : words[i].many);
		any = true;
	}
}

static void put_scenario_word(const struct scenario *s, struct buf *out)
{
	if (s->program) {
		buf_puts(out, " -- PROGRAM");
		return;
	}
	buf_puts(out, " -s '");
	plain_line(out, s->name, 200);
	buf_puts(out, "'");
}

void headline_repeat(const struct evidence *x, const struct scenario *only, struct buf *out)
{
	const json_t *command = x->record->command;
	const char *old_spec = json_string_value(json_object_get(command, "old"));
	const char *new_spec = json_string_value(json_object_get(command, "new"));

	buf_puts(out, "    ");
	if (x->study.kind) {
		study_command_line(x, out);
		buf_puts(out, "\n");
		return;
	}
	if (!x->is_compare) {
		buf_puts(out, "slowpath run profile.yaml\n");
		return;
	}
	buf_puts(out, "slowpath compare '");
	plain_line(out, old_spec ? old_spec : "OLD", 200);
	buf_puts(out, "' '");
	plain_line(out, new_spec ? new_spec : "NEW", 200);
	buf_puts(out, json_object_get(command, "time") ? "' --time" : "'");
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct scenario *s = x->cases[i].scenario;

		if (evidence_first_of_scenario(x, i) && (!only || s == only))
			put_scenario_word(s, out);
	}
	buf_puts(out, "\n");
}
