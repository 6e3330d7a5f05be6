// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_range.h"

#include "base/cleanup.h"
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COMMIT_DIGITS_MIN 12
#define COMMIT_DIGITS_MAX 40

bool mail_is_commit(const char *text)
{
	size_t n = strspn(text, "0123456789abcdef");

	return n >= COMMIT_DIGITS_MIN && n <= COMMIT_DIGITS_MAX && !text[n];
}

bool mail_is_distribution(const struct record_run *run)
{
	return run && (!strncmp(run->kernel_spec, "debian:", 7) ||
		       (run->kernel_version && strstr(run->kernel_version, " Debian ")));
}

bool mail_tag(const struct record_run *run, struct release *out)
{
	const char *at = run ? strrchr(run->kernel_spec, '@') : NULL;
	struct release asked;

	if (!run || !release_parse(run->kernel_release, out))
		return false;
	if (mail_is_distribution(run))
		return true;
	/* A commit behind a tag has the tag's release, too. */
	if (!strncmp(run->kernel_spec, "git:", 4))
		return at && at[1] == 'v' && release_parse(at + 1, &asked) &&
		       !at[1 + strcspn(at + 1, "+~_ ^")] && release_same(&asked, out);
	return !strpbrk(run->kernel_release, "+") && !strstr(run->kernel_release, "-g");
}

int mail_check_order(const struct mail_request *q, const struct mail_about *a, struct err *e)
{
	const struct record_run *o = a->c->old_run, *n = a->c->new_run;
	struct release old_end, new_end;

	if (!o || !n || !release_parse(o->kernel_release, &old_end) ||
	    !release_parse(n->kernel_release, &new_end) || release_compare(&old_end, &new_end) <= 0)
		return 0;
	return err_set(e, EINVAL,
		       "the mail is refused: NEW (%s) is older than OLD (%s), and would be accused "
		       "of what came before it%s",
		       release_name(&new_end).text, release_name(&old_end).text,
		       a->x->study.kind ? "; measure again with the older kernel first"
		       : q->swapped	? ""
					: "; --swap makes the mail of the two exchanged");
}

static bool ends_of(const struct evidence_case *c, struct release *a, struct release *b)
{
	return mail_tag(c->old_run, a) && mail_tag(c->new_run, b);
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
		return mail_refuse(
			e, "--introduced is neither A..B nor a commit of 12 digits or more");
	*dots = '\0';
	if (!release_parse(copy, &a) || !release_parse(dots + 2, &b) ||
	    copy[strcspn(copy, " +_~")] || dots[2 + strcspn(dots + 2, " +_~")])
		return mail_refuse(e, "the ends of a range are releases such as v6.16..v6.17");
	if (!release_same(&a, old_end) || !release_same(&b, new_end))
		return mail_refuse(e, "an end of the range was not measured in this experiment");
	return release_is_range(&a, &b)
		       ? 0
		       : mail_refuse(e,
				     "the range goes across stable series: measure mainline ends, "
				     "or name the commit");
}

static void put_range(const struct release *a, const struct release *b, struct mail_range *range)
{
	snprintf(range->text, sizeof(range->text), "v%s..v%s", release_name(a).text,
		 release_name(b).text);
}

/* The largest step up of attached series, if it is between two tags of one line of history. */
static void find_attached(const struct evidence *x, struct mail_range *range)
{
	double largest = 0;

	for (size_t i = 0; i < x->n_with; i++) {
		const struct evidence *w = &x->with[i];
		struct release a, b;

		for (size_t k = 0; w->study.kind == &study_narrow && k < w->n_cases; k++) {
			const struct evidence_case *c = &w->cases[k];

			if (c->verdict != VERDICT_REGRESSION || !(c->ratio > largest))
				continue;
			largest = c->ratio;
			range->text[0] = '\0';
			if (ends_of(c, &a, &b) && release_is_range(&a, &b))
				put_range(&a, &b, range);
		}
	}
}

/* What the experiment itself tells: a commit before a range. */
static void find_own(const struct mail_about *a, struct mail_range *range)
{
	const char *commit = study_text(mail_proven_commit(a), "commit");
	struct release old_end, new_end;

	range->text[0] = '\0';
	if (mail_is_commit(commit))
		snprintf(range->text, sizeof(range->text), "%.40s", commit);
	else if (!mail_is_bisect(a) && ends_of(a->c, &old_end, &new_end) &&
		 release_is_range(&old_end, &new_end))
		put_range(&old_end, &new_end, range);
	else
		find_attached(a->x, range);
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

/* What --introduced says; @own: what the experiment itself does. */
static int check_given(const char *given, const struct mail_about *a, const struct mail_range *own,
		       struct err *e)
{
	struct release old_end, new_end;

	if (mail_is_commit(given)) {
		if (mail_is_commit(own->text) && strncmp(own->text, given, strlen(given)) != 0)
			return err_set(e, EINVAL,
				       "the mail is refused: --introduced names %.12s, and the "
				       "bisection has proven %.12s",
				       given, own->text);
		return 0;
	}
	if (is_attached_step(a->x, given))
		return 0;
	if (!ends_of(a->c, &old_end, &new_end))
		return mail_refuse(e, "an end of the range was not measured in this experiment: "
				      "its kernels are of no such releases");
	return check_range(given, &old_end, &new_end, e);
}

int mail_range_find(const struct mail_request *q, const struct mail_about *a,
		    struct mail_range *range, struct err *e)
{
	find_own(a, range);
	if (q->introduced) {
		int r = check_given(q->introduced, a, range, e);

		if (r < 0)
			return r;
		/* A proven commit stays written out. */
		if (!mail_is_commit(range->text))
			snprintf(range->text, sizeof(range->text), "%s", q->introduced);
	}
	return q->kind == MAIL_RANGE && !range->text[0]
		       ? mail_refuse(e, "a narrowed range needs --introduced, or a search that has "
					"found one")
		       : 0;
}
