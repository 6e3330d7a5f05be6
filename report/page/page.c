// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page/page.h"

#include "judge/counts/state.h"
#include "report/words/kernels.h"
#include "report/words/number.h"
#include "report/evidence/phrases.h"
#include "report/words/plain.h"
#include "report/page/plots.h"
#include "report/reproducer/steps.h"
#include "report/evidence/study.h"

#include <math.h>
#include <string.h>

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<link rel=\"icon\" href=\"data:,\">\n<style>\n"
	"body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}\n"
	"table{border-collapse:collapse;margin:1em 0;display:block;overflow-x:auto}\n"
	"td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left}\n"
	"td.n{text-align:right;font-variant-numeric:tabular-nums}\n"
	".verdict{font-size:1.3em;font-weight:bold;padding:.4em .8em;border-left:.4em solid #888;"
	"background:#f2f2f2}\n"
	".regression,.suspect{border-color:#b3261e}.improvement{border-color:#2e7d32}\n"
	".mark{border:2px solid #b3261e;padding:.4em .8em}\n"
	"svg{max-width:100%;height:auto}.wide{overflow-x:auto}.wide "
	"svg{max-width:none}\n</style>\n<title>";

/* Rows whose text has not what is searched for are hidden. */
static const char script[] =
	"<script>\nconst box=document.getElementById('search');\n"
	"const rows=[...document.querySelectorAll('#raw tbody tr')];\n"
	"box.addEventListener('input',()=>{const words=box.value.toLowerCase().split(/\\s+/);\n"
	"let n=0;for(const r of rows){const t=r.textContent.toLowerCase();\n"
	"r.hidden=!words.every(w=>t.includes(w));n+=!r.hidden}\n"
	"document.getElementById('found').textContent=n+' of '+rows.length});\n</script>\n";

static int cell(struct buf *out, const char *text)
{
	return buf_puts(out, "<td>") | plain_html(out, text ? text : "-") | buf_puts(out, "</td>");
}

/* As cells of numbers. */
static int value_cell(struct buf *out, int (*phrase)(double, struct buf *), double value)
{
	return buf_puts(out, "<td class=\"n\">") | phrase(value, out) | buf_puts(out, "</td>");
}

static int paragraph(void *arg, const char *text)
{
	struct buf *out = arg;

	return buf_puts(out, "<p class=\"mark\">") | plain_html(out, text) |
	       buf_puts(out, "</p>\n");
}

static int list_item(void *arg, const char *text)
{
	struct buf *out = arg;

	return buf_puts(out, "<li>") | plain_html(out, text) | buf_puts(out, "</li>\n");
}

static int put_steps(void *arg, const struct scenario *s)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct buf *out = arg;

	return steps_text(s, "", &text) | buf_puts(out, "<pre>") | plain_html(out, buf_str(&text)) |
	       buf_puts(out, "</pre>\n");
}

static int put_verdict(const char *class, const struct buf *words, struct buf *out)
{
	return buf_printf(out, "<p class=\"verdict %s\">", class) |
	       plain_html(out, buf_str(words)) | buf_puts(out, "</p>\n");
}

/* Of a pair that was compared. */
static int put_claim(const struct evidence_case *c, struct buf *out)
{
	_cleanup_buf_ struct buf verdict = { 0 }, text = { 0 };

	return phrase_verdict(c, &verdict) | put_verdict(verdict_name(c->verdict), &verdict, out) |
	       phrase_claim(c, &text) | buf_puts(out, "<p>") | plain_html(out, buf_str(&text)) |
	       buf_puts(out, "</p>\n");
}

/* A search measures pairs on its way; what it says is another thing. */
static int put_claims(const struct evidence *x, struct buf *out)
{
	_cleanup_buf_ struct buf headline = { 0 };
	int r = 0;

	if (study_headline(x))
		return buf_puts(&headline, study_headline(x)) |
		       put_verdict(verdict_name(x->verdict), &headline, out) |
		       buf_puts(out, "<ul>\n") | study_each_line(x, list_item, out) |
		       buf_puts(out, "</ul>\n");
	for (size_t i = 0; i < x->n_cases; i++)
		r |= put_claim(&x->cases[i], out);
	if (!x->concluded)
		r |= buf_puts(out, "<p class=\"verdict\">no verdict</p>\n<p>Silence is not "
				   "&quot;no regression&quot;.</p>\n");
	return r;
}

static int put_top(const struct evidence *x, struct buf *out)
{
	int r = buf_puts(out, head) | plain_html(out, x->record->name) |
		buf_puts(out, "</title>\n</head>\n<body>\n<h1>") |
		plain_html(out, x->record->name) | buf_puts(out, "</h1>\n");

	r |= put_claims(x, out) | phrase_each_mark(x, paragraph, out);
	r |= buf_puts(out, "<h2>What was run</h2>\n<ul>\n");
	r |= phrase_each_scenario(x, list_item, out);
	r |= buf_puts(out, "</ul>\n") | phrase_each_plan(x, put_steps, out);
	r |= buf_puts(out, "<h2>Not claimed</h2>\n<ul>\n") | phrase_each_limit(x, list_item, out) |
	     study_each_limit(x, list_item, out);
	return r | buf_puts(out, "</ul>\n");
}

static int put_table(const struct study_table *t, struct buf *out)
{
	int r = buf_printf(out, "<h3>%s</h3>\n<table>", t->title);

	for (size_t i = 0; i < t->n_cells; i++) {
		r |= i % t->columns ? 0 : buf_puts(out, "<tr>");
		r |= cell(out, t->cells[i]);
		r |= i % t->columns == t->columns - 1 ? buf_puts(out, "</tr>\n") : 0;
	}
	return r | buf_puts(out, "</table>\n");
}

/* What a command that explains or searches says. */
static int put_study(const struct evidence *x, struct buf *out)
{
	_cleanup_study_tables_ struct study_tables tables = { 0 };
	int r = study_tables(x, &tables);

	/* The lines of a search stand on top, but for those of an attached one. */
	if (!study_headline(x) || x->attached)
		r |= buf_puts(out, "<ul>\n") | study_each_line(x, list_item, out) |
		     buf_puts(out, "</ul>\n");

	for (enum study_plot kind = 0; kind < STUDY_PLOTS; kind++) {
		if (study_plot_possible(x, kind))
			r |= buf_printf(out, "<h3>%s</h3>\n<div%s>", study_plot_titles[kind],
					kind == STUDY_FLAME ? " class=\"wide\"" : "") |
			     study_plot_draw(x, kind, out) | buf_puts(out, "</div>\n");
	}
	for (size_t i = 0; r == 0 && i < tables.count; i++)
		r |= put_table(&tables.at[i], out);
	return r;
}

/* Other experiments of the same kernels. */
static int put_attached(const struct evidence *x, struct buf *out)
{
	int r = 0;

	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence *w = &x->with[i];

		r |= buf_printf(out, "<h2>Measured apart: %s</h2>\n<p>Experiment ", study_name(w)) |
		     plain_html(out, w->record->id) |
		     buf_puts(out, ", of the same scenario and kernels, for the purpose ") |
		     plain_html(out, w->record->purpose) |
		     buf_puts(out, "; its values are not mixed with those above.</p>\n") |
		     put_study(w, out);
	}
	return r;
}

static int kernel_cell(struct buf *out, const struct record_run *run)
{
	_cleanup_buf_ struct buf name = { 0 };

	return phrase_kernel(run, false, &name) | cell(out, buf_str(&name));
}

static int case_cell(struct buf *out, const struct evidence_case *c)
{
	_cleanup_buf_ struct buf name = { 0 };

	return phrase_case(c, &name) | cell(out, buf_str(&name));
}

/* Which two kernels a row is of: NEW of a comparison, and both of a pair of a search. */
static int put_which(const struct evidence *x, const struct evidence_case *c, struct buf *out)
{
	if (study_searches(x))
		return cell(out, c->what) | kernel_cell(out, c->old_run) |
		       kernel_cell(out, c->new_run);
	return cell(out, c->scenario->name) | buf_printf(out, "<td class=\"n\">%u</td>", c->cpus) |
	       kernel_cell(out, c->new_run);
}

static int put_results(const struct evidence *x, struct buf *out)
{
	int r = buf_puts(out, study_searches(x)
				      ? "<h2>Pairs that were compared</h2>\n<p>A ratio is the "
					"second value over the first; in tables below, OLD is the "
					"first and NEW the second.</p>\n<table id=\"result\">"
					"<thead><tr><th>which</th><th>first</th><th>second</th>"
					"<th>metric</th><th>first</th><th>second</th>"
					"<th>ratio</th>"
				      : "<h2>Result</h2>\n<table id=\"result\"><thead><tr>"
					"<th>scenario</th><th>CPUs</th><th>NEW</th><th>metric</th>"
					"<th>OLD</th><th>NEW</th><th>NEW / OLD</th>");

	r |= buf_puts(out, "<th>interval</th><th>blocks</th><th>mode</th><th>verdict</th>"
			   "<th>why</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		r |= buf_puts(out, "<tr>") | put_which(x, c, out);
		r |= cell(out, c->metric) | value_cell(out, phrase_value, c->old_value) |
		     value_cell(out, phrase_value, c->new_value) |
		     value_cell(out, phrase_ratio, c->ratio);
		r |= buf_puts(out, "<td>") | phrase_interval(c, out);
		r |= buf_printf(out, "</td><td class=\"n\">%zu</td>", c->blocks);
		r |= cell(out, evidence_mode_words(c)) | buf_puts(out, "<td>") |
		     phrase_verdict(c, out) | buf_puts(out, "</td>") | cell(out, c->reason) |
		     buf_puts(out, "</tr>\n");
	}
	return r | buf_puts(out, "</tbody></table>\n");
}

static int put_functions(const struct evidence_case *c, struct buf *out)
{
	int r = buf_puts(out, "<table><thead><tr><th>function</th><th>OLD</th><th>NEW</th>"
			      "<th>delta</th><th>calls OLD</th><th>calls NEW</th></tr></thead>"
			      "<tbody>\n");

	for (size_t i = 0; i < phrase_functions(c, 40); i++) {
		const struct function_delta *f = &c->comparison.functions[i];

		r |= buf_puts(out, "<tr>") | cell(out, f->name) |
		     value_cell(out, phrase_value, f->old_insns) |
		     value_cell(out, phrase_value, f->new_insns);
		r |= buf_printf(out,
				"<td class=\"n\">%s</td><td class=\"n\">%.4g</td>"
				"<td class=\"n\">%.4g</td></tr>\n",
				number_change(f->new_insns - f->old_insns).text, f->old_calls,
				f->new_calls);
	}
	r |= buf_puts(out, "</tbody></table>\n");
	if (phrase_has_negative(c, phrase_functions(c, 40)))
		r |= buf_puts(out, "<p>") | buf_puts(out, number_negative_note) |
		     buf_puts(out, "</p>\n");
	return r;
}

static int put_mechanism(const struct evidence *x, struct buf *out)
{
	int r = buf_puts(out, "<h2>Pictures and mechanism</h2>\n");

	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		_cleanup_buf_ struct buf name = { 0 };

		r |= phrase_case(c, &name) | buf_puts(out, "<h3>") |
		     plain_html(out, buf_str(&name));
		r |= buf_printf(out, ", %s</h3>\n", evidence_cpus(c->cpus).text);
		for (int kind = 0; kind < PLOT_KINDS; kind++) {
			if (!plot_possible(x, i, kind))
				continue;
			r |= buf_printf(out, "<h4>%s</h4>\n", plot_titles[kind]);
			r |= plot_draw(x, i, kind, out);
		}
		if (phrase_functions(c, 1))
			r |= buf_printf(out, "<p>Instructions per %s in block %lld.</p>\n", c->item,
					(long long)c->old_run->block + 1) |
			     put_functions(c, out);
	}
	return r;
}

static int count_cell(struct buf *out, uint64_t value)
{
	return value == REPORT_UNKNOWN
		       ? buf_puts(out, "<td class=\"n\">-</td>")
		       : buf_printf(out, "<td class=\"n\">%llu</td>", (unsigned long long)value);
}

static int put_state(const struct evidence *x, struct buf *out)
{
	int r = buf_puts(out, "<h2>State audit</h2>\n<table><thead><tr><th>scenario</th>"
			      "<th>check</th><th>expected</th><th>OLD</th><th>NEW</th>"
			      "<th>result</th></tr></thead><tbody>\n");

	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];

		for (size_t k = 0; k < c->comparison.n_checks; k++) {
			const struct state_check *s = &c->comparison.checks[k];

			r |= buf_puts(out, "<tr>") | case_cell(out, c) | cell(out, s->name) |
			     count_cell(out, s->expected) | count_cell(out, s->old_value) |
			     count_cell(out, s->new_value) |
			     cell(out, check_result_name(s->result)) | buf_puts(out, "</tr>\n");
		}
	}
	r |= buf_puts(out, "</tbody></table>\n<h2>What else was looked at</h2>\n<table><thead><tr>"
			   "<th>scenario</th><th>what</th><th>OLD</th><th>NEW</th><th></th></tr>"
			   "</thead><tbody>\n");
	for (size_t i = 0; i < x->n_cases; i++) {
		const struct audit *a = &x->cases[i].audit;

		for (size_t k = 0; k < a->count; k++)
			r |= buf_puts(out, "<tr>") | case_cell(out, &x->cases[i]) |
			     cell(out, a->entries[k].name) | cell(out, a->entries[k].old_value) |
			     cell(out, a->entries[k].new_value) |
			     cell(out, a->entries[k].same ? "same" : "differs") |
			     buf_puts(out, "</tr>\n");
	}
	return r | buf_puts(out, "</tbody></table>\n");
}

static int put_environment(const struct evidence *x, struct buf *out)
{
	const struct record *r = x->record;
	_cleanup_kernel_runs_ struct kernel_runs kernels = { 0 };
	_cleanup_free_ char *environment =
		json_dumps(r->environment, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
	_cleanup_free_ char *order =
		r->effect ? json_dumps(r->effect, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;
	int rc = buf_puts(out, "<h2>Environment</h2>\n<table><thead><tr><th>kernel</th>"
			       "<th>title</th><th>spec</th><th>release</th><th>compiler</th>"
			       "<th>vmlinux SHA-256</th></tr></thead><tbody>\n");

	rc |= kernel_runs_make(r, x->study.kind != NULL, &kernels);
	for (size_t i = 0; i < kernels.count; i++) {
		const struct record_run *run = kernels.items[i];

		rc |= buf_puts(out, "<tr>") | cell(out, evidence_kernel_name(x, run)) |
		      cell(out, evidence_title(run).text) | cell(out, run->kernel_spec) |
		      cell(out, run->kernel_release) | cell(out, run->compiler) |
		      cell(out, run->vmlinux_sha256) | buf_puts(out, "</tr>\n");
	}
	rc |= buf_puts(out, "</tbody></table>\n<p>Experiment ") | plain_html(out, r->id) |
	      buf_puts(out, ", slowpath ") | plain_html(out, r->slowpath_version) |
	      buf_puts(out, ", from ") | plain_html(out, r->started) | buf_puts(out, " to ") |
	      plain_html(out, r->finished ? r->finished : "(unfinished)") |
	      buf_puts(out, ".</p>\n<details><summary>All of it</summary><pre>") |
	      plain_html(out, environment ? environment : "") |
	      buf_puts(out, "</pre></details>\n<details><summary>Order</summary><pre>") |
	      plain_html(out, order ? order : "none was drawn");
	return rc | buf_puts(out, "</pre></details>\n");
}

static int raw_row(void *arg, const struct stored_row *s, struct err *e)
{
	struct buf *out = arg;
	int r = buf_printf(out, "<tr><td class=\"n\">%u</td><td class=\"n\">%u</td>", s->block + 1,
			   s->position + 1);

	r |= cell(out, s->kernel) | cell(out, s->release) | cell(out, s->scenario);
	r |= buf_printf(out, "<td class=\"n\">%u</td>", s->cpus) | cell(out, s->metric);
	r |= s->ok ? buf_printf(out, "<td class=\"n\">%.10g</td>", s->value)
		   : buf_puts(out, "<td></td>");
	r |= cell(out, s->ok ? "ok" : "failed") | cell(out, s->reason ? s->reason : "") |
	     buf_puts(out, "</tr>\n");
	return r ? err_oom(e) : 0;
}

int page_html(const struct evidence *x, struct buf *out, struct err *e)
{
	int r = put_top(x, out);

	if (x->study.kind)
		r |= buf_puts(out, study_headline(x) ? "<h2>What it was made of</h2>\n"
						     : "<h2>What came of it</h2>\n") |
		     put_study(x, out);
	if (x->n_cases)
		r |= put_results(x, out) | put_mechanism(x, out) | put_attached(x, out) |
		     put_state(x, out);
	r |= put_environment(x, out);

	r |= buf_puts(out, "<h2>Raw rows</h2>\n<p><label>Search: <input id=\"search\"></label> "
			   "<span id=\"found\"></span></p>\n<table id=\"raw\"><thead><tr>"
			   "<th>block</th><th>position</th><th>kernel</th><th>release</th>"
			   "<th>scenario</th><th>CPUs</th><th>metric</th><th>value</th>"
			   "<th>status</th><th>reason</th></tr></thead><tbody>\n");
	if (r != 0)
		return err_oom(e);
	r = record_each_row(x->record, raw_row, out, e);
	if (r < 0)
		return r;
	r = buf_puts(out, "</tbody></table>\n") | buf_puts(out, script) |
	    buf_puts(out, "</body>\n</html>\n");
	return r ? err_oom(e) : 0;
}
