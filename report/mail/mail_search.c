// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_search.h"

#include "report/mail/mail_text.h"
#include "report/evidence/phrases.h"
#include "report/words/plain.h"
#include "report/evidence/study_kind.h"
#include "report/words/wrap.h"
#include "report/words/number.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define NAME_COLUMNS 28
#define VALUE_COLUMNS 10
#define SHARE_COLUMNS 8
#define FUNCTIONS_MAX 12
#define LISTED_MIN 1 /* instructions per item */

/* "28bd1217f75f ("mm/mprotect: ...")" */
static void put_commit(const json_t *culprit, struct buf *out)
{
	buf_printf(out, "%.12s (\"", study_text(culprit, "commit"));
	plain_line(out, study_text(culprit, "subject"), 200);
	buf_puts(out, "\")");
}

void mail_fixes(const struct mail_about *a, struct buf *out)
{
	const json_t *proven = mail_proven_commit(a);

	if (proven) {
		buf_puts(out, "Fixes: ");
		put_commit(proven, out);
	}
}

static int add_line(void *arg, const char *text)
{
	struct buf *out = arg;

	return (out->len ? buf_puts(out, " ") : 0) | buf_puts(out, text);
}

static void claim_commit(const struct mail_about *a, struct buf *out)
{
	buf_puts(out, mail_is_proven(a) ? "A bisection has led to "
					: "A bisection has led to what is likely ");
	put_commit(a->culprit, out);
	if (mail_is_proven(a)) {
		buf_printf(out,
			   ": measured against its parent it makes the difference, and the "
			   "bad end with it reverted wins back %.1f %% of that.",
			   100 * study_number(a->culprit, "won_back"));
	} else {
		buf_puts(out, ": against its parent it makes the difference, but it is not "
			      "proven: ");
		buf_puts(out, study_text(a->culprit, "reason"));
		buf_puts(out, ".");
	}
}

static void claim_series(const struct mail_about *a, struct buf *out)
{
	const json_t *d = a->x->study.document;

	buf_printf(out,
		   "This is the largest step up in a series of which %zu kernels were "
		   "measured.",
		   json_array_size(json_object_get(d, "series")));
}

void mail_search_claim(const struct mail_about *a, struct buf *out)
{
	if (mail_is_fixed(a))
		buf_keep(out, study_each_line(a->x, add_line, out));
	else if (mail_is_bisect(a))
		claim_commit(a, out);
	else if (mail_is_narrow(a))
		claim_series(a, out);
}

/* "iteration" of "iteration_insns_per_page": what it is per is said above the table. */
static size_t short_name(const char *name)
{
	const char *unit = strstr(name, "_insns_per_");

	unit = unit ? unit : strstr(name, "_ns_per_");
	return unit ? (size_t)(unit - name) : strlen(name);
}

static void put_gap_row(const json_t *row, struct buf *out)
{
	const char *name = study_text(row, "name");
	_cleanup_free_ char *cut = strndup(name, short_name(name));
	double closed = study_number(row, "closed");
	_cleanup_buf_ struct buf shown = { 0 };

	if (cut)
		plain_line(&shown, cut, NAME_COLUMNS - 3);
	else
		buf_keep(out, -ENOMEM);
	buf_printf(out, "  %-*s", NAME_COLUMNS, buf_str(&shown));
	mail_cell(study_number(row, "old"), VALUE_COLUMNS - 1, out);
	mail_cell(study_number(row, "new"), VALUE_COLUMNS - 1, out);
	mail_cell(study_number(row, "candidate"), VALUE_COLUMNS - 1, out);
	if (isfinite(closed))
		buf_printf(out, " %*.1f %%\n", SHARE_COLUMNS - 2, closed);
	else
		buf_printf(out, " %*s\n", SHARE_COLUMNS, "-");
	buf_keep(out, buf_error(&shown));
}

static void put_gap_head(struct buf *out)
{
	buf_printf(out, "\n  %-*s %*s %*s %*s %*s\n", NAME_COLUMNS, "", VALUE_COLUMNS - 1, "OLD",
		   VALUE_COLUMNS - 1, "NEW", VALUE_COLUMNS - 1, "candidate", SHARE_COLUMNS,
		   "closed");
}

static void put_gap_functions(const struct mail_about *a, struct buf *out)
{
	const json_t *one;
	size_t i, shown = 0;
	bool negative = false;

	json_array_foreach(json_object_get(a->x->study.document, "functions"), i, one)
	{
		double old_insns = study_number(one, "old");
		double opened = fabs(study_number(one, "new") - old_insns);
		double left = fabs(study_number(one, "candidate") - old_insns);

		if ((opened < LISTED_MIN && left < LISTED_MIN) || shown == FUNCTIONS_MAX)
			continue;
		if (!shown) {
			mail_heading(out, "Mechanism");
			buf_printf(out, "Instructions per %s, by function:\n", a->c->item);
			put_gap_head(out);
		}
		put_gap_row(one, out);
		negative = negative || number_is_negative(old_insns) ||
			   number_is_negative(study_number(one, "new")) ||
			   number_is_negative(study_number(one, "candidate"));
		shown++;
	}
	if (negative)
		wrap_text(out, "", number_negative_note);
}

static void put_gap(const struct mail_about *a, struct buf *out)
{
	const json_t *one;
	size_t i;

	wrap_text(out, "",
		  "Closed is (NEW - candidate) / (NEW - OLD): 100 % where the candidate "
		  "is as good as OLD, 0 % where it is as bad as NEW.");
	put_gap_head(out);
	json_array_foreach(json_object_get(a->x->study.document, "metrics"), i, one)
		put_gap_row(one, out);
	put_gap_functions(a, out);
}

static void put_parent(const struct mail_about *a, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text,
		   "the commit against its parent, %.12s:", study_text(a->culprit, "parent"));
	wrap_text(out, "  ", buf_str(&text));
	mail_values(a->c, mail_sides(a), out);
	buf_keep(out, buf_error(&text));
}

/* The bad end with the commit, and with it taken out. */
static void put_revert(const struct mail_about *a, struct buf *out)
{
	double won_back = study_number(a->culprit, "won_back");
	const char *commit = study_text(a->culprit, "commit");

	for (size_t i = 0; i < a->x->n_cases && isfinite(won_back); i++) {
		const struct evidence_case *c = &a->x->cases[i];
		const char *at = c->new_run ? strrchr(c->new_run->kernel_spec, '-') : NULL;
		_cleanup_buf_ struct buf text = { 0 };

		if (!at || strcmp(at + 1, commit) != 0)
			continue;
		buf_printf(&text, "the revert: the bad end %.12s with the commit, and without:",
			   study_text(json_object_get(a->x->study.document, "bad"), "commit"));
		wrap_text(out, "  ", buf_str(&text));
		buf_puts(out, "    with ");
		phrase_value(c->old_value, out);
		buf_puts(out, "  without ");
		phrase_value(c->new_value, out);
		buf_printf(out, "  %.1f %% of its change won back\n", 100 * won_back);
		buf_keep(out, buf_error(&text));
	}
}

static void put_bisection(const struct mail_about *a, struct buf *out)
{
	const json_t *d = a->x->study.document;
	_cleanup_buf_ struct buf commit = { 0 }, text = { 0 };

	put_commit(a->culprit, &commit);
	buf_puts(out, "\n");
	wrap_text(out, "  commit ", buf_str(&commit));
	buf_puts(out, "\n");
	put_parent(a, out);
	put_revert(a, out);
	buf_printf(&text,
		   "Found among %.0f commits between %.12s (good) and %.12s (bad), of which "
		   "%.0f were measured and %.0f could not be.",
		   study_number(d, "commits"), study_text(json_object_get(d, "good"), "commit"),
		   study_text(json_object_get(d, "bad"), "commit"), study_number(d, "tested"),
		   study_number(d, "skipped"));
	buf_puts(out, "\n");
	wrap_text(out, "", buf_str(&text));
	buf_keep(out, buf_error(&commit));
	buf_keep(out, buf_error(&text));
}

static void put_series_kernel(const struct mail_about *a, const json_t *one, struct buf *out)
{
	const struct record_run *run = mail_series_run(a, one);
	double spread = study_number(one, "spread");
	_cleanup_buf_ struct buf name = { 0 };

	phrase_kernel(run, false, &name);
	buf_printf(out, "  %-44s", buf_str(&name));
	mail_cell(study_number(one, "value"), VALUE_COLUMNS, out);
	if (spread > 0)
		buf_printf(out, " +- %.3f\n", spread);
	else
		buf_puts(out, "\n");
	buf_keep(out, buf_error(&name));
}

/* Every step by the kernels before and behind it. */
static void put_steps(const struct mail_about *a, struct buf *out)
{
	buf_puts(out, "\nSteps, each from the kernel before it to the kernel after it:\n\n");
	for (size_t i = 0; i < a->x->n_cases; i++) {
		const struct evidence_case *c = &a->x->cases[i];
		_cleanup_buf_ struct buf text = { 0 };

		phrase_kernel(c->old_run, false, &text);
		buf_puts(&text, " to ");
		phrase_kernel(c->new_run, false, &text);
		buf_puts(&text, ":");
		wrap_text(out, "  ", buf_str(&text));
		mail_values(c, mail_sides(a), out);
		buf_keep(out, buf_error(&text));
	}
}

static void put_series(const struct mail_about *a, struct buf *out)
{
	const json_t *d = a->x->study.document, *one;
	size_t i, skipped = json_array_size(json_object_get(d, "skipped"));
	size_t untested = json_array_size(json_object_get(d, "untested"));
	_cleanup_buf_ struct buf text = { 0 };

	buf_puts(out, "\n");
	json_array_foreach(json_object_get(d, "series"), i, one) put_series_kernel(a, one, out);
	put_steps(a, out);
	buf_printf(&text,
		   "Of the kernels between the ends, %zu could not be measured and %zu were "
		   "not needed by the search.",
		   skipped, untested);
	if (skipped + untested) {
		buf_puts(out, "\n");
		wrap_text(out, "", buf_str(&text));
	}
	buf_keep(out, buf_error(&text));
}

void mail_search_results(const struct mail_about *a, struct buf *out)
{
	mail_heading(out, "Result");
	mail_units(a->c, !mail_is_fixed(a), out);
	if (mail_is_fixed(a))
		put_gap(a, out);
	else if (mail_is_bisect(a))
		put_bisection(a, out);
	else
		put_series(a, out);
}
