// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer.h"
#include "report/page/markdown.h"

#include "report/evidence/hash_only.h"
#include "report/evidence/headline.h"
#include "report/evidence/evidence_program.h"
#include "report/evidence/evidence_set.h"
#include "report/words/number.h"
#include "report/evidence/phrases.h"
#include "report/words/plain.h"
#include "report/page/plots.h"
#include "report/page/table_html.h"
#include "report/reproducer/steps.h"
#include "report/evidence/study.h"
#include "report/evidence/study_kind.h"
#include "report/evidence/tables.h"

#include <math.h>
#include <string.h>

#define FUNCTIONS_MAX 20

static int list_item(void *arg, const char *text)
{
	struct buf *out = arg;

	buf_puts(out, "- ");
	plain_markdown(out, text);
	buf_puts(out, "\n");
	return buf_error(out);
}

static void cell(struct buf *out, const char *text)
{
	buf_puts(out, " ");
	plain_markdown(out, text ? text : "-");
	buf_puts(out, " |");
}

static void number(struct buf *out, void (*phrase)(double, struct buf *), double value)
{
	buf_puts(out, " ");
	phrase(value, out);
	buf_puts(out, " |");
}

/* Of a pair that was compared. */
static void put_claim(const struct evidence_case *c, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	phrase_claim(c, &text);
	buf_puts(out, "**");
	phrase_verdict(c, out);
	buf_puts(out, "**: ");
	plain_markdown(out, buf_str(&text));
	buf_puts(out, "\n\n");
	buf_keep(out, buf_error(&text));
}

static void put_claims(const struct evidence *x, struct buf *out)
{
	const char *headline = study_headline(x);
	_cleanup_buf_ struct buf title = { 0 };

	headline_put(x, &title);
	buf_puts(out, "# ");
	plain_markdown(out, buf_str(&title));
	buf_puts(out, "\n\n");
	/* A search measures pairs on its way; what it says is another thing. */
	if (headline) {
		buf_puts(out, "**");
		plain_markdown(out, headline);
		buf_puts(out, "**\n\n");
		buf_keep(out, study_each_line(x, list_item, out));
		buf_puts(out, "\n");
	}
	for (size_t i = 0; i < x->n_cases && !headline; i++)
		put_claim(&x->cases[i], out);
	if (!x->concluded && !headline)
		buf_puts(out, "**No verdict.** Silence is not \"no regression\".\n\n");
	buf_keep(out, phrase_each_mark(x, list_item, out));
	buf_puts(out, "\n");
	buf_keep(out, buf_error(&title));
}

/* Indented within its fence, so that no line can end it. */
static int put_steps(void *arg, const struct scenario *s)
{
	struct buf *out = arg;

	buf_puts(out, "\n```\n");
	steps_text(s, "    ", out);
	buf_puts(out, "```\n");
	return buf_error(out);
}

static void put_scope(const struct evidence *x, struct buf *out)
{
	buf_puts(out, "## Scope\n\n");
	buf_keep(out, phrase_each_scenario(x, list_item, out));
	buf_keep(out, phrase_each_plan(x, put_steps, out));
	buf_puts(out, "\nNot claimed:\n\n");
	buf_keep(out, phrase_each_limit(x, list_item, out));
	buf_keep(out, study_each_limit(x, list_item, out));
	buf_puts(out, "\n");
}

/* Nothing of a table that has no rows. */
static void put_table(const struct study_table *t, struct buf *out)
{
	if (!t->table.n_lines)
		return;
	buf_printf(out, "### %s\n\n", t->title);
	table_markdown(&t->table, out);
	if (t->negative)
		buf_printf(out, "\n%s\n", number_negative_note);
	buf_puts(out, "\n");
}

/* What a command that explains or searches says. */
static void put_study(const struct evidence *x, const char *folder, struct buf *out)
{
	_cleanup_study_tables_ struct study_tables tables = { 0 };

	buf_keep(out, study_tables(x, &tables));
	/* The lines of a search stand on top, but for those of an attached one. */
	if (!study_headline(x) || x->attached) {
		buf_keep(out, study_each_line(x, list_item, out));
		buf_puts(out, "\n");
	}

	for (enum study_plot kind = 0; kind < STUDY_PLOTS; kind++) {
		if (study_plot_possible(x, kind))
			buf_printf(out, "![%s](%s%s)\n\n", study_plot_titles[kind], folder,
				   study_plot_paths[kind]);
	}
	for (size_t i = 0; i < tables.count; i++)
		put_table(&tables.at[i], out);
}

/* Other experiments of the same kernels. */
static void put_attached(const struct evidence *x, struct buf *out)
{
	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence *w = &x->with[i];
		const struct evidence_folder folder = evidence_folder(w, i + 1);

		buf_printf(out, "## Measured apart: %s\n\n", study_name(w));
		buf_puts(out, "Experiment ");
		plain_markdown(out, w->record->id);
		buf_printf(out,
			   ", of the same scenario and kernels, for the purpose '%s'; its "
			   "values are not mixed with those above. Its files: %s\n\n",
			   w->record->purpose, folder.text);
		put_study(w, folder.text, out);
	}
}

static void kernel_cell(struct buf *out, const struct record_run *run)
{
	_cleanup_buf_ struct buf name = { 0 };

	phrase_kernel(run, false, &name);
	cell(out, buf_str(&name));
	buf_keep(out, buf_error(&name));
}

/* Values, ratio and verdict: what all pairs have. */
static void put_values(const struct evidence_case *c, struct buf *out)
{
	cell(out, c->metric);
	number(out, phrase_value, c->old_value);
	number(out, phrase_value, c->new_value);
	number(out, phrase_ratio, c->ratio);
	buf_puts(out, " ");
	phrase_interval(c, out);
	buf_printf(out, " | %zu |", c->blocks);
	cell(out, evidence_mode_words(c));
	buf_puts(out, " ");
	phrase_verdict(c, out);
	buf_puts(out, " |\n");
}

/* The pairs of a search are not OLD and NEW: each says which two it is of. */
static void put_pairs(const struct evidence *x, struct buf *out)
{
	buf_puts(out, "## Pairs that were compared\n\n| which | first | second | metric | "
		      "first value | second value | ratio | interval | n | mode | verdict "
		      "|\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- "
		      "|\n");
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		buf_puts(out, "|");
		cell(out, c->what);
		kernel_cell(out, c->old_run);
		kernel_cell(out, c->new_run);
		put_values(c, out);
	}
	buf_puts(out, "\nA ratio is the second value over the first; above 1 is slower. "
		      "In tables below, OLD is the first and NEW the second.\n");
}

static void put_compared(const struct evidence *x, struct buf *out)
{
	buf_puts(out, "## Result\n\n| scenario | CPUs | NEW | metric | OLD value | NEW "
		      "value | ratio | interval | n | mode | verdict |\n"
		      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- "
		      "|\n");
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		buf_puts(out, "|");
		cell(out, c->scenario->name);
		buf_printf(out, " %u |", c->cpus);
		kernel_cell(out, c->new_run);
		put_values(c, out);
	}
	buf_puts(out, "\nA ratio is NEW / OLD; above 1 is slower. n is the number of "
		      "blocks, one boot of every kernel each.\n");
}

static void put_results(const struct evidence *x, struct buf *out)
{
	if (study_searches(x))
		put_pairs(x, out);
	else
		put_compared(x, out);
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];
		_cleanup_buf_ struct buf name = { 0 };

		phrase_case(c, &name);
		buf_puts(out, "\n- ");
		plain_markdown(out, buf_str(&name));
		buf_printf(out, ", %s: ", evidence_cpus(c->cpus).text);
		plain_markdown(out, c->reason);
		buf_puts(out, "\n");
		buf_keep(out, buf_error(&name));
	}
	buf_puts(out, "\n");
}

static void put_plots(const struct evidence *x, size_t at, struct buf *out)
{
	for (int kind = 0; kind < PLOT_KINDS; kind++) {
		if (plot_possible(x, at, kind)) {
			buf_puts(out, "![");
			plain_markdown(out, plot_titles[kind]);
			buf_printf(out, "](%s)\n\n", plot_path(at, kind).text);
		}
	}
}

static void put_functions(const struct evidence_case *c, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };
	size_t n = phrase_functions(c, FUNCTIONS_MAX);

	buf_printf(out, "Instructions per %s in block %lld; the rest is in results/.\n\n", c->item,
		   (long long)c->old_run->block + 1);
	tables_functions(c, 0, n, &t);
	table_markdown(&t, out);
	if (phrase_has_negative(c, n)) {
		buf_puts(out, "\n");
		buf_puts(out, number_negative_note);
		buf_puts(out, "\n");
	}
	buf_puts(out, "\n");
}

static void put_mechanism(const struct evidence *x, struct buf *out)
{
	buf_puts(out, "## Mechanism\n\n");
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		_cleanup_buf_ struct buf name = { 0 };

		phrase_case(c, &name);
		buf_puts(out, "### ");
		plain_markdown(out, buf_str(&name));
		buf_printf(out, ", %s\n\n", evidence_cpus(c->cpus).text);
		put_plots(x, i, out);
		if (evidence_has_functions(c))
			put_functions(c, out);
		else
			buf_puts(out, "No counts of functions were taken here.\n\n");
		buf_keep(out, buf_error(&name));
	}
}

static void put_state(const struct evidence *x, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };

	buf_puts(out, "## State audit\n\nPage state before the window; unknown is not "
		      "pass.\n\n");
	tables_state_columns(true, &t);
	for (size_t i = 0; i < x->n_cases; i++)
		tables_state(&x->cases[i], true, &t);
	table_markdown(&t, out);
	buf_puts(out, "\n");
}

static void put_difference(const struct evidence_case *c, const struct audit_entry *a,
			   struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	phrase_case(c, &text);
	buf_puts(&text, ": ");
	buf_puts(&text, a->name);
	buf_puts(&text, ": OLD ");
	buf_puts(&text, a->old_value);
	buf_puts(&text, ", NEW ");
	buf_puts(&text, a->new_value);
	list_item(out, buf_str(&text));
	buf_keep(out, buf_error(&text));
}

static void put_differences(const struct evidence *x, struct buf *out)
{
	size_t found = 0;

	buf_puts(out, "## What else differs\n\n");
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct audit *a = &x->cases[i].audit;

		for (size_t k = 0; k < a->count; k++) {
			if (a->entries[k].same)
				continue;
			put_difference(&x->cases[i], &a->entries[k], out);
			found++;
		}
	}
	if (!found)
		buf_puts(out, "Nothing of what was looked at: compiler, config, command line, "
			      "clock source, mitigations.\n");
	buf_puts(out, "\n");
}

static void put_environment(const struct evidence *x, struct buf *out)
{
	const struct record *r = x->record;
	_cleanup_table_ struct table kernels = { 0 };
	const char *label = json_string_value(json_object_get(r->environment, "label"));
	const json_t *host = json_object_get(r->environment, "host");
	const char *model =
		json_string_value(json_object_get(json_object_get(host, "cpu"), "model"));

	buf_puts(out, "## Environment\n\n");
	buf_keep(out, tables_kernels(x, &kernels));
	table_markdown(&kernels, out);
	buf_puts(out, "\n- host: ");
	plain_markdown(out, label && *label ? label : "not named");
	buf_puts(out, ", ");
	plain_markdown(out, model ? model : "processor not known");
	buf_puts(out, "\n");
	if (record_other_arch(r))
		buf_printf(out, "- kernels for %s\n", record_other_arch(r));
	if (r->n_runs) {
		buf_puts(out, "- QEMU ");
		plain_markdown(out, r->runs[0].qemu_version);
		buf_puts(out, ", accelerator ");
		plain_markdown(out, r->runs[0].accelerator);
		buf_puts(out, "\n");
	}
	buf_puts(out, "- experiment ");
	plain_markdown(out, r->id);
	buf_puts(out, ", named ");
	plain_markdown(out, r->name);
	buf_puts(out, "\n");
	buf_puts(out, "- slowpath ");
	plain_markdown(out, r->slowpath_version);
	buf_puts(out, "\n- measured from ");
	plain_markdown(out, r->started);
	buf_puts(out, " to ");
	plain_markdown(out, r->finished ? r->finished : "(unfinished)");
	buf_puts(out, "\n\n");
}

static void put_program(const struct scenario *s, struct buf *out)
{
	buf_puts(out, "\nPROGRAM is ");
	evidence_program_text(s, out);
	buf_puts(out, ". It is not in the bundle.\n");
}

static bool has_reproducer(const struct evidence *x, size_t at)
{
	return evidence_first_of_scenario(x, at) && evidence_has_reproducer(&x->cases[at]);
}

/* What only experiments of some kinds have, and what no row can prove. */
static void put_special_files(const struct evidence *x, struct buf *out)
{
	if (x->n_with)
		buf_puts(out, "| with/ | experiments that explain it, each with such files |\n");
	if (x->study.kind && (!x->study.kind->kept || x->study.kind->kept[0]))
		buf_puts(out, "| raw/result.json | what the command said and the rows do not |\n");
	if (x->study.kind && x->study.kind->kept)
		buf_puts(out, "| results/study.json | what the rows say as a whole |\n");
	buf_puts(out, "\nHeld by their hashes alone, as nothing else here bears them out:\n\n");
	buf_keep(out, hash_only_each(x, list_item, out));
	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence_folder folder = evidence_folder(&x->with[i], i + 1);

		buf_printf(out, "\nAnd below %s:\n\n", folder.text);
		buf_keep(out, hash_only_each(&x->with[i], list_item, out));
	}
}

static void put_repeat(const struct evidence *x, bool in_bundle, struct buf *out)
{
	bool any = false;

	buf_puts(out, "## How to repeat it\n\n");
	headline_repeat(x, NULL, out);
	for (size_t i = 0; x->is_compare && i < x->n_cases; i++) {
		if (x->cases[i].scenario->program)
			put_program(x->cases[i].scenario, out);
	}
	if (!in_bundle)
		return;
	for (size_t i = 0; i < x->n_cases; i++) {
		if (!has_reproducer(x, i))
			continue;
		if (!any)
			buf_puts(out, "\nWithout slowpath, in time and not in instructions:\n\n");
		any = true;
		buf_printf(out, "    cc -O2 -pthread -o reproducer reproducer/%s\n",
			   evidence_reproducer_name(&x->cases[i]).text);
	}
	buf_puts(out, "\n## How to check it\n\n    slowpath verify .\n\nneeds no kernel, no "
		      "QEMU and no network. It holds every file against manifest.json and "
		      "computes every number, label and verdict again from raw/ and "
		      "scenarios/.\n\n| file | what |\n| --- | --- |\n"
		      "| experiment.json | what was asked for, the environment, the order |\n"
		      "| profile.yaml, scenarios/ | the experiment and what it did |\n"
		      "| reproducer/ | every scenario as one C file |\n"
		      "| raw/ | every run: counts or times, page states, console |\n"
		      "| rows.csv | one metric of one run a line |\n"
		      "| clock.csv | of counted runs: instructions counted less what the "
		      "emulator's clock showed |\n"
		      "| results/ | per claim: metrics, functions, state, differences |\n"
		      "| judgement.json, summary.csv | the verdicts, of a formal experiment |\n"
		      "| kernels/, kernels.json | configs where they are known, hashes |\n"
		      "| plots/ | pictures |\n"
		      "| manifest.json | SHA-256 of every other file |\n");
	put_special_files(x, out);
}

/* Of the pairs that were compared. */
static void put_cases(const struct evidence *x, struct buf *out)
{
	if (x->n_cases) {
		put_results(x, out);
		put_mechanism(x, out);
		put_attached(x, out);
		put_state(x, out);
		put_differences(x, out);
	}
}

static void put_own_study(const struct evidence *x, struct buf *out)
{
	if (x->study.kind) {
		buf_puts(out, study_headline(x) ? "## What it was made of\n\n"
						: "## What came of it\n\n");
		put_study(x, "", out);
	}
}

void evidence_markdown(const struct evidence *x, bool in_bundle, struct buf *out)
{
	put_claims(x, out);
	put_own_study(x, out);
	put_scope(x, out);
	put_cases(x, out);
	put_environment(x, out);
	put_repeat(x, in_bundle, out);
}
