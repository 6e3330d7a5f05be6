// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_lint.h"

#include "report/mail/mail_numbers.h"
#include "report/mail/mail_program.h"
#include "report/evidence/study_kind.h"
#include "report/words/plain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE_MAX 120
#define SUBJECT_MAX 200
#define REASON_MAX 2000
#define ADDRESS_MAX 250
#define URL_MAX 250

static bool is_clean(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

static int check_title(const char *title, const struct mail_about *a, struct err *e)
{
	struct mail_path source = mail_source(a->c);
	size_t len = strlen(source.text) - 2; /* without ".c" */

	if (!is_clean(title) || strlen(title) > TITLE_MAX)
		return mail_refuse(e, "a title is one line of at most 120 bytes");
	if (strncmp(title, source.text, len) != 0 || title[len] != ':')
		return err_set(
			e, EINVAL,
			"the mail is refused: the title does not fit the body, which is about "
			"%.*s: it has to begin with '%.*s:'",
			(int)len, source.text, (int)len, source.text);
	if (a->c->verdict != VERDICT_REGRESSION && strcasestr(title, "regression"))
		return mail_refuse(e, "the title says regression, and the verdict does not");
	if (!strcmp(a->c->unit, "insns") && mail_speaks_of_time(title))
		return mail_refuse(e, "the title speaks of time, and instructions were counted");
	return mail_numbers_check("title", title, a, e);
}

static int check_reply_to(const struct mail_request *q, struct err *e)
{
	const char *at = q->reply_to ? strchr(q->reply_to, '@') : NULL;

	if (q->kind == MAIL_REPORT && q->subject)
		return mail_refuse(e, "--subject is the first mail's: it is for a follow-up");
	if (q->kind == MAIL_REPORT)
		return q->reply_to ? mail_refuse(e, "a first report answers nothing") : 0;
	if (!q->reply_to)
		return mail_refuse(e, "a follow-up needs the message-id that it answers");
	if (!is_clean(q->reply_to) || strlen(q->reply_to) > ADDRESS_MAX ||
	    strpbrk(q->reply_to, " \t\",;") || !at || at == q->reply_to || !at[1] ||
	    strchr(at + 1, '@') || strchr(q->reply_to + 1, '<') ||
	    (q->reply_to[0] == '<') != (q->reply_to[strlen(q->reply_to) - 1] == '>'))
		return mail_refuse(e, "--reply-to is no message-id such as 20260513.1@example.org");
	if (q->subject &&
	    (!is_clean(q->subject) || !*q->subject || strlen(q->subject) > SUBJECT_MAX))
		return mail_refuse(e, "a subject is one line of at most 200 bytes");
	return 0;
}

static bool is_address(const char *text)
{
	const char *angle = strrchr(text, '<');

	if (!is_clean(text) || !strchr(text, '@') || strlen(text) > ADDRESS_MAX)
		return false;
	for (const char *p = angle ? angle : text; *p; p++) {
		if ((unsigned char)*p >= 0x80)
			return false;
	}
	return true;
}

static int check_addresses(const struct mail_request *q, struct err *e)
{
	const char *angle = q->reported_by ? strchr(q->reported_by, '<') : NULL;

	for (size_t i = 0; i < q->n_cc; i++) {
		if (!is_address(q->cc[i]))
			return mail_refuse(e, "an address to copy is none, or not plain");
	}
	if (!q->reported_by)
		return 0;
	if (!is_address(q->reported_by) || !angle || angle == q->reported_by ||
	    !strchr(angle, '@') || strpbrk(angle + 1, "< ") ||
	    strchr(angle, '>') != q->reported_by + strlen(q->reported_by) - 1)
		return mail_refuse(e, "--reported-by is 'Name <address>'");
	return 0;
}

/* So that nothing but a link can come of it. */
static int check_url(const char *option, const char *url, struct err *e)
{
	const char *host = !url				  ? NULL
			   : !strncmp(url, "https://", 8) ? url + 8
			   : !strncmp(url, "http://", 7)  ? url + 7
							  : NULL;
	bool good = host && *host && *host != '/' && strlen(url) <= URL_MAX;

	for (const char *p = url; good && *p; p++)
		good = *p > 0x20 && *p < 0x7f && !strchr("<>\"`", *p);
	if (!url || good)
		return 0;
	return err_set(e, EINVAL,
		       "the mail is refused: %s is an address such as https://example.org/x, "
		       "without blanks",
		       option);
}

/* What no mail may be made of, whatever it says. */
static int check_experiment(const struct mail_about *a, struct err *e)
{
	const struct record *r = a->x->record;

	if (!r->finished)
		return mail_refuse(e, "the experiment is unfinished");
	if (strcmp(r->purpose, "performance") != 0)
		return mail_refuse(
			e, "probes were on: the experiment carries no verdict on performance");
	if (!strcmp(a->c->mode, "emulated"))
		return mail_refuse(e, "it was timed under an emulator, which is no evidence about "
				      "any hardware");
	return 0;
}

static int check_state(const struct mail_about *a, struct err *e)
{
	if (!evidence_same_state(a->c) || a->c->verdict == VERDICT_DIFFERENT_STATE)
		return mail_refuse(e, "the two kernels did not do the same work");
	for (size_t i = 0; mail_is_fixed(a) && i < a->x->n_cases; i++) {
		if (!evidence_same_state(&a->x->cases[i]))
			return mail_refuse(e, "the candidate did not do the same work");
	}
	return 0;
}

static bool claims_slower(const struct evidence_case *c)
{
	return c->verdict == VERDICT_REGRESSION || (c->verdict == VERDICT_SUSPECT && c->ratio > 1);
}

static int refuse_verdict(const struct mail_about *a, const char *so, struct err *e)
{
	return err_set(e, EINVAL, "the mail is refused: the verdict is %s, %s",
		       verdict_name(a->c->verdict), so);
}

static int check_candidate(const struct mail_about *a, struct err *e)
{
	const char *status = study_text(a->x->study.document, "status");

	if (!mail_is_fixed(a))
		return mail_refuse(e,
				   "OLD and NEW are not said to be without and with a candidate: "
				   "what one does is measured by 'slowpath fixed', with OLD, NEW "
				   "and the candidate in one experiment");
	if (strstr(status, "closed"))
		return 0;
	return err_set(
		e, EINVAL,
		"the mail is refused: '%.40s' is what the experiment says of the gap between "
		"OLD and NEW, and so nothing of the candidate",
		status);
}

/* A mail that says only what the count says would hide what is known against it. */
static int check_time(const struct mail_about *a, struct err *e)
{
	_cleanup_buf_ struct buf line = { 0 };

	if (!a->c->time || !a->c->time->joined)
		return 0;
	plain_line(&line, a->c->reason, 300);
	return err_set(e, EINVAL,
		       "the mail is refused: with its time 'compare' called this suspect: %s",
		       buf_str(&line));
}

/* Does what was measured have an answer of this kind? */
static int check_kind(const struct mail_request *q, const struct mail_about *a, struct err *e)
{
	bool search = mail_is_bisect(a) || mail_is_narrow(a);

	if (q->kind != MAIL_REPORT && search && !q->subject)
		return mail_refuse(e, "a search does not know the subject of the first mail: give "
				      "it with --subject");
	switch (q->kind) {
	case MAIL_CANDIDATE:
		return check_candidate(a, e);
	case MAIL_RANGE:
		if (mail_is_fixed(a))
			return mail_refuse(e, "whether a candidate closes a gap says nothing of "
					      "where it began");
		break;
	case MAIL_WITHDRAWAL:
		/* Another state is the reason for most withdrawals. */
		return claims_slower(a->c) || a->c->verdict == VERDICT_DIFFERENT_STATE
			       ? 0
			       : refuse_verdict(a, "which claims nothing that could be withdrawn",
						e);
	case MAIL_REPORT:
	case MAIL_CORRECTION:
	case MAIL_KINDS:
		break;
	}
	return claims_slower(a->c) ? check_time(a, e) : refuse_verdict(a, "not a regression", e);
}

static int check_claim(const struct mail_request *q, const struct mail_about *a, struct err *e)
{
	int r = check_experiment(a, e);

	if (r == 0 && q->kind != MAIL_WITHDRAWAL)
		r = check_state(a, e);
	if (r == 0 && q->kind != MAIL_WITHDRAWAL)
		r = mail_check_order(q, a, e);
	return r == 0 ? check_kind(q, a, e) : r;
}

static int check_reason(const struct mail_request *q, const struct mail_about *a, struct err *e)
{
	bool needed = q->kind == MAIL_CORRECTION || q->kind == MAIL_WITHDRAWAL;

	if (needed && (!q->reason || !*q->reason))
		return mail_refuse(e, "a correction or withdrawal needs its reason");
	if (!q->reason)
		return 0;
	if (!needed)
		return mail_refuse(e, "a reason is that of a correction or withdrawal");
	if (!is_clean(q->reason) || strlen(q->reason) > REASON_MAX)
		return mail_refuse(e, "a reason is one paragraph of at most 2000 bytes");
	return mail_numbers_check("reason", q->reason, a, e);
}

int mail_lint(const struct mail_request *q, const struct mail_about *a, struct mail_range *range,
	      struct err *e)
{
	int r = check_reply_to(q, e);

	r = r ? r : check_addresses(q, e);
	r = r ? r : check_url("--bundle-url", q->bundle_url, e);
	r = r ? r : check_url("--closes", q->closes, e);
	r = r ? r : check_url("--program-url", q->program_url, e);
	r = r ? r : mail_program_check(q, a, e);
	r = r ? r : check_claim(q, a, e);
	r = r ? r : q->title ? check_title(q->title, a, e) : 0;
	r = r ? r : check_reason(q, a, e);
	return r ? r : mail_range_find(q, a, range, e);
}
