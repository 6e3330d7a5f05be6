// SPDX-License-Identifier: GPL-2.0-or-later
/* One part a scenario: what it says, what it is made of, and how to repeat it. */
#include "report/reproducer/reproducer.h"
#include "report/evidence/headline.h"
#include "report/evidence/phrases.h"
#include "report/evidence/study_kind.h"
#include "report/evidence/tables.h"
#include "report/page/html.h"
#include "report/page/plots.h"
#include "report/page/table_html.h"
#include "report/reproducer/steps.h"
#include "report/words/number.h"
#include "report/words/plain.h"
#include "scenario/program.h"

#include <math.h>
#include <string.h>

#define FUNCTIONS_MAX 40
#define REST_MAX 40
struct part_id part_id(const struct evidence *x, size_t at)
{
	struct part_id id;
	size_t first = 0;

	while (x->cases[first].scenario != x->cases[at].scenario)
		first++;
	snprintf(id.text, sizeof(id.text), "s%zu", first + 1);
	return id;
}

static void put_functions(const struct evidence_case *c, const struct page_request *q, size_t from,
			  size_t end, struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };

	tables_functions(c, from, end, &t);
	table_html(&t, q, out);
}

/* Those that changed by less than is worth a line, largest first; the others did not change. */
static void put_rest(const struct evidence_case *c, const struct page_request *q, size_t from,
		     struct buf *out)
{
	size_t n = 0, same = 0, end = from;

	for (size_t i = from; i < c->comparison.n_functions; i++) {
		bool one = tables_function_changed(&c->comparison.functions[i]);

		n += one;
		same += !one;
		if (n <= REST_MAX)
			end = i + 1;
	}
	if (n) {
		html_fold(out, false, "the rest: %zu functions, of less than an instruction per %s",
			  n, c->item);
		put_functions(c, q, from, end, out);
	}
	if (n > REST_MAX)
		buf_printf(out, "<p>%zu more of them are in results/ of the bundle.</p>\n",
			   n - REST_MAX);
	if (n)
		html_fold_end(out);
	if (same)
		buf_printf(out, "<p>%zu others did not change.</p>\n", same);
}

static void put_mechanism(const struct evidence *x, const struct page_request *q, size_t at,
			  struct buf *out)
{
	const struct evidence_case *c = &x->cases[at];
	size_t n = phrase_functions(c, FUNCTIONS_MAX);

	if (!evidence_has_functions(c))
		return;
	if (plot_possible(x, at, PLOT_FUNCTIONS)) {
		buf_puts(out, "<figure>");
		plot_draw(x, at, PLOT_FUNCTIONS, out);
		buf_puts(out, "</figure>\n");
	}
	html_fold(out, false, "Functions: %zu changed by an instruction per %s or more", n,
		  c->item);
	buf_printf(out, "<p>Instructions per %s, in block %lld.</p>\n", c->item,
		   (long long)c->old_run->block + 1);
	if (n)
		put_functions(c, q, 0, n, out);
	if (phrase_has_negative(c, n)) {
		buf_puts(out, "<p>");
		plain_html(out, number_negative_note);
		buf_puts(out, "</p>\n");
	}
	put_rest(c, q, n, out);
	html_fold_end(out);
}

static void put_confirmation(const struct evidence_case *c, const struct page_request *q,
			     struct buf *out)
{
	const struct confirmation *f = &c->confirmation;
	_cleanup_table_ struct table t = { 0 };

	if (!f->count)
		return;
	table_column(&t, "repeated with", NULL, TABLE_WORD);
	table_column(&t, "delta", NULL, TABLE_NUMBER);
	for (size_t i = 0; i < f->count; i++) {
		table_row(&t);
		table_put(&t, "%s", f->rows[i].what);
		if (f->rows[i].different_state)
			table_put(&t, "different state");
		else
			table_change(&t, f->rows[i].delta);
	}
	html_fold(out, false, "Layouts: %zu of %d perturbed repetitions, %s", f->count,
		  CONFIRM_RUNS, f->confirmed ? "confirmed" : "not confirmed");
	table_html(&t, q, out);
	html_fold_end(out);
}

static void put_blocks(const struct evidence *x, const struct page_request *q, size_t at,
		       struct buf *out)
{
	static const int kinds[] = { PLOT_RATIOS, PLOT_VALUES };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (plot_possible(x, at, kinds[i])) {
			buf_printf(out, "<h4>%s</h4>\n<figure>", plot_titles[kinds[i]]);
			plot_draw(x, at, kinds[i], out);
			buf_puts(out, "</figure>\n");
		}
	}
	put_confirmation(&x->cases[at], q, out);
}

static void put_state(const struct evidence_case *c, const struct page_request *q, struct buf *out)
{
	const struct comparison *p = &c->comparison;
	_cleanup_table_ struct table t = { 0 };
	size_t passed = 0, failed = 0;

	for (size_t i = 0; i < p->n_checks; i++) {
		passed += p->checks[i].result == CHECK_PASS;
		failed += p->checks[i].result == CHECK_FAIL;
	}
	if (!p->n_checks)
		return;
	tables_state_columns(false, &t);
	tables_state(c, false, &t);
	html_fold(out, failed > 0, "State: %zu of %zu checks passed, %zu failed", passed,
		  p->n_checks, failed);
	buf_puts(out, "<p>Of the pages, before the window. Unknown is not pass.</p>\n");
	table_html(&t, q, out);
	html_fold_end(out);
}

static void put_audit(const struct audit *a, const struct page_request *q, bool same,
		      struct buf *out)
{
	_cleanup_table_ struct table t = { 0 };

	tables_audit(a, same, &t);
	table_html(&t, q, out);
}

static void put_differences(const struct audit *a, const struct page_request *q, struct buf *out)
{
	size_t same = 0;

	for (size_t i = 0; i < a->count; i++)
		same += a->entries[i].same;
	if (!a->count)
		return;
	html_fold(out, false, "What else differs: %zu of %zu looked at", a->count - same, a->count);
	if (same < a->count)
		put_audit(a, q, false, out);
	if (same) {
		html_fold(out, false, "the same on both: %zu", same);
		put_audit(a, q, true, out);
		html_fold_end(out);
	}
	html_fold_end(out);
}

static void put_case(const struct evidence *x, const struct page_request *q, size_t at, bool headed,
		     struct buf *out)
{
	const struct evidence_case *c = &x->cases[at];
	_cleanup_buf_ struct buf claim = { 0 }, name = { 0 };
	char file[40];

	phrase_claim(c, &claim);
	phrase_kernel(c->new_run, false, &name);
	if (headed) {
		buf_puts(out, "<h3>");
		plain_html(out, *c->what ? c->what : buf_str(&name));
		buf_printf(out, ", %s</h3>\n", evidence_cpus(c->cpus).text);
	}
	buf_puts(out, "<p>");
	html_verdict(out, c);
	buf_puts(out, " ");
	/* The only claim of a page stands at its top. */
	if (x->n_cases > 1 || study_headline(x) || !x->concluded)
		plain_html(out, buf_str(&claim));
	if (*c->reason) {
		buf_puts(out, " <small>");
		plain_html(out, c->reason);
		buf_puts(out, "</small>");
	}
	if (q->bundle_url) {
		snprintf(file, sizeof(file), "results/%02zu.json", at + 1);
		buf_puts(out, " ");
		link_bundle(q, file, "all numbers", out);
	}
	buf_puts(out, "</p>\n");
	put_mechanism(x, q, at, out);
	put_blocks(x, q, at, out);
	put_state(c, q, out);
	put_differences(&c->audit, q, out);
	buf_keep(out, buf_error(&claim));
	buf_keep(out, buf_error(&name));
}

/* Other experiments of the same kernels and this scenario. */
static void put_attached(const struct evidence *x, const struct page_request *q,
			 const struct scenario *s, struct buf *out)
{
	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence *w = &x->with[i];

		if (strcmp(w->study.scenario->name, s->name) != 0)
			continue;
		buf_printf(out, "<h3>Measured apart: %s</h3>\n<p>Experiment ", study_name(w));
		plain_html(out, w->record->id);
		buf_puts(out, ", of the same scenario and kernels, for the purpose ");
		plain_html(out, w->record->purpose);
		buf_puts(out, "; its values are not mixed with those above.</p>\n");
		study_put(w, q, true, out);
	}
}

static void put_source(const struct page_request *q, const struct scenario *s, struct buf *out)
{
	const char *slash = strchr(s->name, '/');
	char file[96];

	if (!q->source_url || s->program || !slash || slash - s->name > 60)
		return;
	snprintf(file, sizeof(file), "mm/%.*s.c", (int)(slash - s->name), s->name);
	buf_puts(out, " Source: ");
	link_source(q, file, 0, file, out);
	buf_puts(out, ".");
}

static void put_steps(const struct scenario *s, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	steps_text(s, "", &text);
	html_fold(out, false, "What was run");
	buf_puts(out, "<pre>");
	plain_html(out, buf_str(&text));
	buf_puts(out, "</pre>\n");
	html_fold_end(out);
	buf_keep(out, buf_error(&text));
}

/* What PROGRAM is, and where it lies. */
static void put_program(const struct page_request *q, const struct scenario *s, struct buf *out)
{
	const struct program *p = s->program;
	const char *word = p->words.data;

	buf_puts(out, "<p>PROGRAM is <code>");
	for (unsigned i = 0; i < p->n_words; i++) {
		buf_puts(out, i ? " " : "");
		plain_html(out, word);
		word += strlen(word) + 1;
	}
	buf_puts(out, "</code>, a binary with the SHA-256 <code>");
	plain_html(out, p->sha256.text);
	buf_puts(out, "</code>");
	if (q->program_url) {
		buf_puts(out, ", <a href=\"");
		plain_html(out, q->program_url);
		buf_puts(out, "\">published here</a>");
	}
	buf_puts(out, ".</p>\n");
}

static void put_repeat(const struct evidence *x, const struct page_request *q, size_t at,
		       struct buf *out)
{
	const struct scenario *s = x->cases[at].scenario;
	_cleanup_buf_ struct buf command = { 0 };
	char file[120];

	headline_repeat(x, s, &command);
	buf_puts(out, "<p>To repeat it:</p>\n<pre>");
	plain_html(out, buf_str(&command) + strspn(buf_str(&command), " "));
	buf_puts(out, "</pre>\n");
	buf_keep(out, buf_error(&command));
	if (s->program)
		put_program(q, s, out);
	if (!q->bundle_url || reproducer_possible(s, NULL) < 0)
		return;
	snprintf(file, sizeof(file), "reproducer/%s", evidence_reproducer_name(&x->cases[at]).text);
	buf_puts(out, "<p>In time, without slowpath: ");
	link_bundle(q, file, file, out);
	buf_puts(out, "</p>\n");
}

/* The name stands in the heading. */
static void put_help(const struct scenario *s, const char *text, struct buf *out)
{
	size_t n = strlen(s->name);

	plain_html(out,
		   !strncmp(text, s->name, n) && !strncmp(text + n, ": ", 2) ? text + n + 2 : text);
}

static void put_part(const struct evidence *x, const struct page_request *q, size_t at,
		     struct buf *out)
{
	const struct scenario *s = x->cases[at].scenario;
	_cleanup_buf_ struct buf what = { 0 };
	size_t n = 0;

	buf_printf(out, "<section id=%s><h2>", part_id(x, at).text);
	plain_html(out, s->name);
	buf_puts(out, "</h2>\n<p>");
	phrase_scenario(x, &x->cases[at], &what);
	put_help(s, buf_str(&what), out);
	put_source(q, s, out);
	buf_puts(out, "</p>\n");
	for (size_t i = at; i < x->n_cases; i++)
		n += x->cases[i].scenario == s;
	for (size_t i = at; i < x->n_cases; i++) {
		if (x->cases[i].scenario == s)
			put_case(x, q, i, n > 1 || *x->cases[i].what, out);
	}
	if (x->study.kind && !study_searches(x))
		study_put(x, q, true, out);
	put_attached(x, q, s, out);
	put_steps(s, out);
	put_repeat(x, q, at, out);
	buf_puts(out, "</section>\n");
	buf_keep(out, buf_error(&what));
}

void parts_put(const struct evidence *x, const struct page_request *q, struct buf *out)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		if (evidence_first_of_scenario(x, i))
			put_part(x, q, i, out);
	}
}
