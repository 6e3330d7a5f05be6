// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page/page.h"

#include "report/page_css.h"
#include "report/page_js.h"
#include "report/evidence/headline.h"
#include "report/evidence/phrases.h"
#include "report/page/html.h"
#include "report/reproducer/steps.h"
#include "report/words/plain.h"

#include <string.h>

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<link rel=\"icon\" href=\"data:,\">\n";

static int put_mark(void *arg, const char *text)
{
	struct buf *out = arg;

	buf_puts(out, "<p class=mark>");
	plain_html(out, text);
	buf_puts(out, "</p>\n");
	return buf_error(out);
}

void page_verdict(const char *class, const char *words, struct buf *out)
{
	buf_printf(out, "<p class=\"verdict %s\">", class);
	plain_html(out, words);
	buf_puts(out, "</p>\n");
}

/* A search measures pairs on its way; what it says is another thing. */
static void put_claims(const struct evidence *x, struct buf *out)
{
	_cleanup_buf_ struct buf words = { 0 }, claim = { 0 };
	const char *headline = study_headline(x);

	if (headline) {
		page_verdict(verdict_name(x->verdict), headline, out);
		buf_puts(out, "<ul>\n");
		buf_keep(out, study_each_line(x, html_item, out));
		buf_puts(out, "</ul>\n");
		return;
	}
	if (!x->concluded) {
		buf_puts(out, "<p class=verdict>no verdict</p>\n<p>Silence is not "
			      "&quot;no regression&quot;.</p>\n");
		return;
	}
	if (x->n_cases > 1) {
		headline_counts(x, &words);
		page_verdict(verdict_name(x->verdict), buf_str(&words), out);
		buf_keep(out, buf_error(&words));
		return;
	}
	phrase_verdict(&x->cases[0], &words);
	page_verdict(verdict_name(x->verdict), buf_str(&words), out);
	phrase_claim(&x->cases[0], &claim);
	buf_puts(out, "<p>");
	plain_html(out, buf_str(&claim));
	buf_puts(out, "</p>\n");
	buf_keep(out, buf_error(&words));
	buf_keep(out, buf_error(&claim));
}

void page_open(const char *title, struct buf *out)
{
	buf_puts(out, head);
	buf_puts(out, "<title>");
	plain_html(out, title);
	buf_puts(out, "</title>\n<style>\n");
	buf_puts(out, page_css);
	buf_puts(out, "</style>\n</head>\n<body>\n<h1>");
	plain_html(out, title);
	buf_puts(out, "</h1>\n");
}

void page_close(struct buf *out)
{
	buf_puts(out, "<script>\n");
	buf_puts(out, page_js);
	buf_puts(out, "</script>\n</body>\n</html>\n");
}

static void put_top(const struct evidence *x, struct buf *out)
{
	_cleanup_buf_ struct buf title = { 0 };

	headline_put(x, &title);
	page_open(buf_str(&title), out);
	put_claims(x, out);
	buf_keep(out, phrase_each_mark(x, put_mark, out));
	buf_keep(out, buf_error(&title));
}

static void put_limits(const struct evidence *x, struct buf *out)
{
	buf_puts(out, "<h2>Not claimed</h2>\n<ul>\n");
	buf_keep(out, phrase_each_limit(x, html_item, out));
	buf_keep(out, study_each_limit(x, html_item, out));
	buf_puts(out, "</ul>\n");
}

static int raw_row(void *arg, const struct stored_row *s, struct err *e)
{
	struct buf *out = arg;

	buf_printf(out, "<tr><td class=n>%u<td class=n>%u", s->block + 1, s->position + 1);
	html_cell(out, s->kernel);
	html_cell(out, s->release);
	html_cell(out, s->scenario);
	buf_printf(out, "<td class=n>%u", s->cpus);
	html_cell(out, s->metric);
	if (s->ok)
		buf_printf(out, "<td class=n>%.10g", s->value);
	else
		buf_puts(out, "<td>");
	html_cell(out, s->ok ? "ok" : "failed");
	html_cell(out, s->reason ? s->reason : "");
	buf_puts(out, "\n");
	return buf_error(out) ? err_oom(e) : 0;
}

static int put_raw(const struct evidence *x, struct buf *out, struct err *e)
{
	static const char *const heads[] = { "block",	 "position", "kernel", "release",
					     "scenario", "CPUs",     "metric", "value",
					     "status",	 "reason",   NULL };
	int r;

	buf_puts(out, "<h2>Raw rows</h2>\n");
	html_fold(out, false, "One metric of one run a line");
	buf_puts(out, "<p class=js hidden><label>Search: <input id=search class=filter "
		      "data-for=raw type=search></label> <span class=found></span></p>\n");
	html_table_begin(out, "raw", heads);
	r = record_each_row(x->record, raw_row, out, e);
	if (r < 0)
		return r;
	html_table_end(out);
	html_fold_end(out);
	return buf_error(out) ? err_oom(e) : 0;
}

static int put_steps(void *arg, const struct scenario *s)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct buf *out = arg;

	steps_text(s, "", &text);
	buf_puts(out, "<pre>");
	plain_html(out, buf_str(&text));
	buf_puts(out, "</pre>\n");
	buf_keep(out, buf_error(&text));
	return buf_error(out);
}

/* What no case holds: series and gaps, and what measures one kernel alone. */
static void put_own_study(const struct evidence *x, const struct page_request *q, struct buf *out)
{
	if (!x->study.kind || (x->n_cases && !study_searches(x)))
		return;
	buf_puts(out, study_headline(x) ? "<h2>What it was made of</h2>\n"
					: "<h2>What came of it</h2>\n");
	study_put(x, q, !study_headline(x), out);
	if (!x->n_cases) {
		buf_puts(out, "<h2>What was run</h2>\n<ul>\n");
		buf_keep(out, phrase_each_scenario(x, html_item, out));
		buf_puts(out, "</ul>\n");
		buf_keep(out, phrase_each_plan(x, put_steps, out));
	}
}

int page_html(const struct evidence *x, const struct page_request *q, struct buf *out,
	      struct err *e)
{
	int r;

	put_top(x, out);
	if (x->n_cases)
		summary_put(x, out);
	put_own_study(x, q, out);
	if (x->n_cases)
		parts_put(x, q, out);
	put_limits(x, out);
	surroundings_put(x, q, out);
	r = put_raw(x, out, e);
	if (r < 0)
		return r;
	page_close(out);
	return buf_error(out) ? err_oom(e) : 0;
}
