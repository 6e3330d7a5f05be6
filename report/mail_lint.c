// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail_lint.h"

#include "report/release.h"
#include "report/study_kind.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE_MAX 120
#define REASON_MAX 2000
#define COMMIT_DIGITS_MIN 12

static int refuse(struct err *e, const char *what)
{
	return err_set(e, EINVAL, "the mail is refused: %s", what);
}

/* Written with @decimals, is it the value? */
static bool is_rounded(double value, double written, int decimals)
{
	double unit = pow(10, -decimals);

	return isfinite(value) && fabs(value - written) <= 0.5 * unit * (1 + 1e-9);
}

static bool in_case(const struct evidence_case *c, double written, int decimals)
{
	const double delta = c->new_value - c->old_value;
	const double values[] = { c->ratio,
				  1 / c->ratio,
				  100 * fabs(c->ratio - 1),
				  c->old_value,
				  c->new_value,
				  fabs(delta),
				  c->low,
				  c->high,
				  (double)c->blocks,
				  (double)c->cpus,
				  (double)scenario_pages(c->scenario) };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (is_rounded(values[i], written, decimals))
			return true;
	}
	for (size_t i = 0; i < c->comparison.n_functions; i++) {
		const struct function_delta *f = &c->comparison.functions[i];

		if (is_rounded(f->old_insns, written, decimals) ||
		    is_rounded(f->new_insns, written, decimals) ||
		    is_rounded(fabs(f->new_insns - f->old_insns), written, decimals))
			return true;
	}
	return false;
}

/* "6.17" or "6.17.13" of "6.17.13-whatever". */
static bool is_version(const struct evidence *x, const char *text, size_t len)
{
	for (size_t i = 0; i < x->record->n_runs; i++) {
		const char *release = x->record->runs[i].kernel_release;

		if (!strncmp(release, text, len) && !isdigit((unsigned char)release[len]))
			return true;
	}
	return false;
}

int mail_lint_numbers(const char *what, const char *text, const struct evidence *x, struct err *e)
{
	for (const char *p = text; *p;) {
		size_t len = strspn(p, "0123456789.");
		const char *dot = memchr(p, '.', len);
		bool found = false;
		double written;
		char *end;

		if (!isdigit((unsigned char)*p) ||
		    (p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '_'))) {
			p++;
			continue;
		}
		while (len && p[len - 1] == '.')
			len--;
		written = strtod(p, &end);
		found = is_version(x, p, len);
		if (end == p + len || (dot && dot >= p + len)) {
			int decimals = dot && dot < p + len ? (int)(p + len - dot - 1) : 0;

			for (size_t i = 0; !found && i < x->n_cases; i++)
				found = in_case(&x->cases[i], written, decimals);
		}
		if (!found)
			return err_set(e, EINVAL,
				       "the mail is refused: the %s says %.*s, which is no number "
				       "of this experiment",
				       what, (int)len, p);
		p += len;
	}
	return 0;
}

static bool is_clean(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

static int check_title(const char *title, const struct evidence *x, const struct evidence_case *c,
		       struct err *e)
{
	struct mail_path source = mail_source(c);
	size_t len = strlen(source.text) - 2; /* without ".c" */

	if (!is_clean(title) || strlen(title) > TITLE_MAX)
		return refuse(e, "a title is one line of at most 120 bytes");
	if (strncmp(title, source.text, len) != 0 || title[len] != ':')
		return err_set(
			e, EINVAL,
			"the mail is refused: the title does not fit the body, which is about "
			"%.*s: it has to begin with '%.*s:'",
			(int)len, source.text, (int)len, source.text);
	if (c->verdict != VERDICT_REGRESSION && strcasestr(title, "regression"))
		return refuse(e, "the title says regression, and the verdict does not");
	if (!strcmp(c->unit, "insns") && (strcasestr(title, "slower") || strcasestr(title, "time")))
		return refuse(e, "the title speaks of time, and instructions were counted");
	return mail_lint_numbers("title", title, x, e);
}

static int check_reply_to(const struct mail_request *q, struct err *e)
{
	const char *at = q->reply_to ? strchr(q->reply_to, '@') : NULL;

	if (q->kind == MAIL_REPORT)
		return q->reply_to ? refuse(e, "a first report answers nothing") : 0;
	if (!q->reply_to)
		return refuse(e, "a follow-up needs the message-id that it answers");
	if (!is_clean(q->reply_to) || strlen(q->reply_to) > 250 ||
	    strpbrk(q->reply_to, " \t\",;") || !at || at == q->reply_to || !at[1] ||
	    strchr(at + 1, '@') || strchr(q->reply_to + 1, '<') ||
	    (q->reply_to[0] == '<') != (q->reply_to[strlen(q->reply_to) - 1] == '>'))
		return refuse(e, "--reply-to is no message-id such as 20260513.1@example.org");
	return 0;
}

static int check_cc(const struct mail_request *q, struct err *e)
{
	for (size_t i = 0; i < q->n_cc; i++) {
		const char *angle = strrchr(q->cc[i], '<');

		if (!is_clean(q->cc[i]) || !strchr(q->cc[i], '@') || strlen(q->cc[i]) > 250)
			return refuse(e, "an address to copy is none");
		for (const char *p = angle ? angle : q->cc[i]; *p; p++) {
			if ((unsigned char)*p >= 0x80)
				return refuse(e, "an address to copy is not plain");
		}
	}
	return 0;
}

/* What a verdict does not carry. */
static int check_claim(const struct mail_request *q, const struct evidence *x,
		       const struct evidence_case *c, struct err *e)
{
	const struct record *r = x->record;

	if (q->kind == MAIL_WITHDRAWAL)
		return 0;
	if (c->scenario->program)
		return refuse(e,
			      "a foreign program is no reproducer that others could have; make a "
			      "scenario of what it does");
	if (!r->finished)
		return refuse(e, "the experiment is unfinished");
	if (strcmp(r->purpose, "performance") != 0)
		return refuse(e,
			      "probes were on: the experiment carries no verdict on performance");
	if (!strcmp(c->mode, "emulated"))
		return refuse(e, "it was timed under an emulator, which is no evidence about any "
				 "hardware");
	if (!evidence_same_state(c) || c->verdict == VERDICT_DIFFERENT_STATE)
		return refuse(e, "the two kernels did not do the same work");
	if (q->kind == MAIL_CANDIDATE)
		return isfinite(c->ratio) ? 0 : refuse(e, "there is no result");
	if (c->verdict != VERDICT_REGRESSION && !(c->verdict == VERDICT_SUSPECT && c->ratio > 1))
		return err_set(e, EINVAL,
			       "the mail is refused: the verdict is %s, not a regression",
			       verdict_name(c->verdict));
	return 0;
}

static bool is_commit(const char *text)
{
	size_t n = strspn(text, "0123456789abcdef");

	return n >= COMMIT_DIGITS_MIN && n <= 40 && !text[n];
}

static int check_range(const char *text, const struct release *old_end,
		       const struct release *new_end, struct err *e)
{
	_cleanup_free_ char *copy = strdup(text);
	char *dots = copy ? strstr(copy, "..") : NULL;
	struct release a, b;

	if (!copy)
		return err_oom(e);
	if (!dots)
		return refuse(e, "--introduced is neither A..B nor a commit of 12 digits or more");
	*dots = '\0';
	if (!release_parse(copy, &a) || !release_parse(dots + 2, &b) ||
	    copy[strcspn(copy, " +_~")] || dots[2 + strcspn(dots + 2, " +_~")])
		return refuse(e, "the ends of a range are releases such as v6.16..v6.17");
	if (!release_same(&a, old_end) || !release_same(&b, new_end))
		return refuse(e, "an end of the range was not measured in this experiment");
	return release_is_range(&a, &b)
		       ? 0
		       : refuse(e, "the range goes across stable series: measure mainline ends, or "
				   "name the commit");
}

static bool ends_of(const struct evidence_case *c, struct release *a, struct release *b)
{
	return c->old_run && c->new_run && release_parse(c->old_run->kernel_release, a) &&
	       release_parse(c->new_run->kernel_release, b);
}

/*
 * What an attached search says of it: the commit that a bisection has proven, or else the largest
 * step up of a series between two releases that history leads from one to the other.
 */
static void find_attached(const struct evidence *x, struct mail_range *range)
{
	double largest = 0;

	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence *w = &x->with[i];
		const json_t *culprit =
			json_array_get(json_object_get(w->study.document, "culprits"), 0);
		struct release a, b;

		if (w->study.kind == &study_bisect &&
		    !strcmp(study_text(w->study.document, "status"), "proven") &&
		    is_commit(study_text(culprit, "commit"))) {
			snprintf(range->text, sizeof(range->text), "%.40s",
				 study_text(culprit, "commit"));
			return;
		}
		for (size_t k = 0; w->study.kind == &study_narrow && k < w->n_cases; k++) {
			const struct evidence_case *c = &w->cases[k];

			if (c->verdict != VERDICT_REGRESSION || !(c->ratio > largest))
				continue;
			largest = c->ratio;
			range->text[0] = '\0';
			if (ends_of(c, &a, &b) && release_is_range(&a, &b))
				snprintf(range->text, sizeof(range->text), "v%s..v%s",
					 release_name(&a).text, release_name(&b).text);
		}
	}
}

/* A range that was given, by the steps of attached series. */
static bool is_attached_step(const struct evidence *x, const char *text)
{
	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence *w = &x->with[i];

		for (size_t k = 0; w->study.kind == &study_narrow && k < w->n_cases; k++) {
			struct release a, b;

			if (w->cases[k].verdict == VERDICT_REGRESSION &&
			    ends_of(&w->cases[k], &a, &b) && check_range(text, &a, &b, NULL) == 0)
				return true;
		}
	}
	return false;
}

static int find_range(const struct mail_request *q, const struct evidence *x,
		      const struct evidence_case *c, struct mail_range *range, struct err *e)
{
	struct release a, b;
	bool known = ends_of(c, &a, &b);

	range->text[0] = '\0';
	if (q->introduced && is_commit(q->introduced)) {
		snprintf(range->text, sizeof(range->text), "%s", q->introduced);
		return 0;
	}
	if (q->introduced && is_attached_step(x, q->introduced)) {
		snprintf(range->text, sizeof(range->text), "%s", q->introduced);
		return 0;
	}
	if (q->introduced) {
		int r = known ? check_range(q->introduced, &a, &b, e)
			      : refuse(e,
				       "an end of the range was not measured in this experiment");

		snprintf(range->text, sizeof(range->text), "%s", r == 0 ? q->introduced : "");
		return r;
	}
	if (known && release_is_range(&a, &b))
		snprintf(range->text, sizeof(range->text), "v%s..v%s", release_name(&a).text,
			 release_name(&b).text);
	if (!range->text[0])
		find_attached(x, range);
	return q->kind == MAIL_RANGE && !range->text[0]
		       ? refuse(e, "a narrowed range needs --introduced: a range of these kernels "
				   "goes across stable series")
		       : 0;
}

int mail_lint(const struct mail_request *q, const struct evidence *x, const struct evidence_case *c,
	      struct mail_range *range, struct err *e)
{
	int r = check_reply_to(q, e);

	if (r == 0)
		r = check_cc(q, e);
	if (r == 0)
		r = check_claim(q, x, c, e);
	if (r == 0 && q->title)
		r = check_title(q->title, x, c, e);
	if (r == 0 && (q->kind == MAIL_CORRECTION || q->kind == MAIL_WITHDRAWAL) &&
	    (!q->reason || !*q->reason))
		r = refuse(e, "a correction or withdrawal needs its reason");
	if (r == 0 && q->reason && (!is_clean(q->reason) || strlen(q->reason) > REASON_MAX))
		r = refuse(e, "a reason is one paragraph of at most 2000 bytes");
	if (r == 0 && q->reason && q->kind != MAIL_WITHDRAWAL)
		r = mail_lint_numbers("reason", q->reason, x, e);
	return r == 0 ? find_range(q, x, c, range, e) : r;
}
