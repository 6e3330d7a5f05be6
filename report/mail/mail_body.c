// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_body.h"

#include "report/mail/mail_ending.h"
#include "report/mail/mail_program.h"
#include "report/mail/mail_search.h"
#include "report/mail/mail_text.h"
#include "report/evidence/phrases.h"
#include "report/words/plain.h"
#include "report/reproducer/steps.h"
#include "report/evidence/study.h"
#include "report/words/wrap.h"

#include <string.h>

#define FUNCTIONS_MAX 12
#define NAME_COLUMNS 34

static void put_paragraph(const struct buf *text, struct buf *out)
{
	if (text->len)
		wrap_text(out, "", buf_str(text));
}

/* What came of it, and by which numbers. */
static void put_claim(const struct mail_about *a, bool search_only, struct buf *out)
{
	_cleanup_buf_ struct buf pair = { 0 }, search = { 0 };
	const struct buf *first = mail_is_bisect(a) ? &search : &pair;
	const struct buf *second = mail_is_bisect(a) ? &pair : &search;

	mail_search_claim(a, &search);
	if (!search_only)
		phrase_claim(a->c, &pair);
	put_paragraph(first, out);
	if (first->len && second->len)
		buf_puts(out, "\n");
	put_paragraph(second, out);
	buf_keep(out, buf_error(&pair));
	buf_keep(out, buf_error(&search));
}

static void put_opening(const struct mail_request *q, const struct mail_about *a,
			const struct mail_range *range, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_puts(out, "Hi,\n\n");
	switch (q->kind) {
	case MAIL_REPORT:
	case MAIL_KINDS:
		break;
	case MAIL_CORRECTION:
		buf_puts(&text, "this corrects my earlier mail: ");
		buf_puts(&text, q->reason);
		break;
	case MAIL_RANGE:
		buf_printf(&text,
			   mail_is_commit(range->text) ? "this narrows down where it began: %.12s."
						       : "this narrows down where it began: %s.",
			   range->text);
		break;
	case MAIL_CANDIDATE:
		buf_puts(&text, "this is what a candidate does.");
		break;
	case MAIL_WITHDRAWAL:
		buf_puts(&text, "I withdraw this report: ");
		buf_puts(&text, q->reason);
		wrap_text(out, "", buf_str(&text));
		buf_keep(out, buf_error(&text));
		return;
	}
	if (text.len) {
		wrap_text(out, "", buf_str(&text));
		buf_puts(out, "\n");
	}
	put_claim(a, q->kind == MAIL_CANDIDATE, out);
	buf_keep(out, buf_error(&text));
}

static void put_steps(const struct evidence *x, const struct evidence_case *c, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	mail_heading(out, "What was run");
	phrase_scenario(x, c, &text);
	wrap_text(out, "", buf_str(&text));
	buf_puts(out, "\n");
	if (c->scenario->program) {
		buf_puts(out, "  ");
		mail_program_words(c->scenario, out);
		buf_puts(out, "\n");
	} else {
		steps_wrapped(c->scenario, out);
	}
	buf_keep(out, buf_error(&text));
}

static bool is_same_kernel(const struct record_run *a, const struct record_run *b)
{
	return a && b && !strcmp(a->vmlinux_sha256, b->vmlinux_sha256);
}

/* Of the kernels that the mail is about, unless it says so. */
static void put_case(const struct mail_about *a, const struct evidence_case *c, struct buf *out)
{
	const char *order = json_string_value(json_object_get(a->x->record->effect, "effective"));
	_cleanup_buf_ struct buf text = { 0 };

	buf_puts(&text, c->scenario->name);
	if (!is_same_kernel(c->old_run, a->c->old_run) ||
	    !is_same_kernel(c->new_run, a->c->new_run)) {
		buf_puts(&text, ", OLD ");
		phrase_kernel(c->old_run, false, &text);
		buf_puts(&text, ", NEW ");
		phrase_kernel(c->new_run, false, &text);
	}
	buf_printf(&text, ", %s, on %s, from %zu boot%s of each kernel%s%s", evidence_mode_words(c),
		   evidence_cpus(c->cpus).text, c->blocks, c->blocks == 1 ? "" : "s",
		   order ? ", order " : "", order ? order : "");
	wrap_text(out, "  ", buf_str(&text));
	mail_values(c, mail_sides(a), out);
	buf_keep(out, buf_error(&text));
}

static void put_results(const struct mail_about *a, struct buf *out)
{
	mail_heading(out, "Result");
	mail_units(a->c, true, out);
	buf_puts(out, "\n");
	for (size_t i = 0; i < a->x->n_cases; i++)
		put_case(a, &a->x->cases[i], out);
}

static void put_functions(const struct mail_about *a, struct buf *out)
{
	const struct evidence_case *c = a->c;
	const struct mail_sides sides = mail_sides(a);
	size_t n = phrase_functions(c, FUNCTIONS_MAX);

	if (!n)
		return;
	mail_heading(out, "Mechanism");
	buf_printf(out, "Instructions per %s, by function%s:\n\n  %-*s %9s %9s %9s\n", c->item,
		   mail_is_narrow(a) ? ", of the largest step up" : "", NAME_COLUMNS, "",
		   sides.old_side, sides.new_side, "delta");
	for (size_t i = 0; i < n; i++) {
		const struct function_delta *f = &c->comparison.functions[i];
		_cleanup_buf_ struct buf name = { 0 };

		plain_line(&name, f->name, NAME_COLUMNS - 3);
		buf_printf(out, "  %-*s %9.3f %9.3f %+9.3f\n", NAME_COLUMNS, buf_str(&name),
			   f->old_insns, f->new_insns, f->new_insns - f->old_insns);
		buf_keep(out, buf_error(&name));
	}
}

/* What was measured apart, by its own experiments. */
static void put_attached(const struct evidence *x, struct buf *out)
{
	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence *w = &x->with[i];
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text, "Measured apart, by 'slowpath %s' (experiment ", study_name(w));
		buf_puts(&text, w->record->id);
		buf_puts(&text, "):");
		buf_puts(out, "\n");
		wrap_text(out, "", buf_str(&text));
		buf_keep(out, study_each_line(w, mail_item, out));
		buf_keep(out, buf_error(&text));
	}
}

void mail_body(const struct mail_request *q, const struct mail_about *a,
	       const struct mail_range *range, struct buf *out)
{
	put_opening(q, a, range, out);
	if (q->kind == MAIL_WITHDRAWAL)
		return;
	put_steps(a->x, a->c, out);
	if (a->x->study.kind)
		mail_search_results(a, out);
	else
		put_results(a, out);
	if (!mail_is_fixed(a))
		put_functions(a, out);
	put_attached(a->x, out);
	mail_ending(q, a, range, out);
}
