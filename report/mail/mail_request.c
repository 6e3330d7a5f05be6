// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_request.h"

#include "report/evidence/study_kind.h"

#include <errno.h>
#include <math.h>
#include <string.h>

const char *const mail_kinds[MAIL_KINDS] = { "report", "correction", "range", "candidate",
					     "withdrawal" };

int mail_refuse(struct err *e, const char *what)
{
	return err_set(e, EINVAL, "the mail is refused: %s", what);
}

bool mail_is_fixed(const struct mail_about *a)
{
	return a->x->study.kind == &study_fixed;
}

bool mail_is_bisect(const struct mail_about *a)
{
	return a->x->study.kind == &study_bisect;
}

bool mail_is_narrow(const struct mail_about *a)
{
	return a->x->study.kind == &study_narrow;
}

bool mail_is_proven(const struct mail_about *a)
{
	return a->culprit && !strcmp(study_text(a->culprit, "status"), "proven");
}

/* Of the proven ones that make it slower, the worst. */
static const json_t *proven_of(const struct evidence *x)
{
	const json_t *one, *out = NULL;
	double worst = 1;
	size_t i;

	json_array_foreach(json_object_get(x->study.document, "culprits"), i, one)
	{
		if (strcmp(study_text(one, "status"), "proven") != 0 ||
		    !(study_number(one, "ratio") > worst))
			continue;
		worst = study_number(one, "ratio");
		out = one;
	}
	return out;
}

const json_t *mail_proven_commit(const struct mail_about *a)
{
	const json_t *out = mail_is_proven(a) ? a->culprit : NULL;

	for (size_t i = 0; i < a->x->n_with && !out; i++)
		out = a->x->with[i].study.kind == &study_bisect ? proven_of(&a->x->with[i]) : NULL;
	return out;
}

const struct record_run *mail_candidate(const struct mail_about *a)
{
	return mail_is_fixed(a) ? study_run(a->x->record, "candidate") : NULL;
}

const struct record_run *mail_series_run(const struct mail_about *a, const json_t *kernel)
{
	return study_kernel_run(a->x->record, study_text(kernel, "kernel"));
}

struct mail_sides mail_sides(const struct mail_about *a)
{
	if (mail_is_bisect(a))
		return (struct mail_sides){ "parent", "commit" };
	return mail_is_narrow(a) ? (struct mail_sides){ "before", "after" }
				 : (struct mail_sides){ "OLD", "NEW" };
}

struct mail_path mail_source(const struct evidence_case *c)
{
	const char *name = c->scenario->name;
	struct mail_path out;

	/* A program is of no file of the kernel's. */
	if (c->scenario->program) {
		snprintf(out.text, sizeof(out.text), "mm.c");
		return out;
	}
	snprintf(out.text, sizeof(out.text), "mm/%.*s.c",
		 (int)(strcspn(name, "/") > 60 ? 60 : strcspn(name, "/")), name);
	return out;
}

static bool is_worse(const struct evidence_case *c, const struct evidence_case *than)
{
	if (c->verdict != than->verdict)
		return verdict_overall(c->verdict, than->verdict) == c->verdict;
	return isfinite(c->ratio) && !(fabs(log(c->ratio)) <= fabs(log(than->ratio)));
}

static const struct evidence_case *worst_case(const struct evidence *x)
{
	const struct evidence_case *worst = NULL;

	for (size_t i = 0; i < x->n_cases; i++) {
		if (!worst || is_worse(&x->cases[i], worst))
			worst = &x->cases[i];
	}
	return worst;
}

/* The measurement of a culprit against its parent; NULL: there is none. */
static const struct evidence_case *case_of_culprit(const struct evidence *x, const json_t *culprit)
{
	const char *commit = study_text(culprit, "commit"), *parent = study_text(culprit, "parent");

	for (size_t i = 0; i < x->n_cases; i++) {
		const struct evidence_case *c = &x->cases[i];
		const char *o = c->old_run ? strrchr(c->old_run->kernel_spec, '@') : NULL;
		const char *n = c->new_run ? strrchr(c->new_run->kernel_spec, '@') : NULL;

		if (o && n && !strcmp(o + 1, parent) && !strcmp(n + 1, commit))
			return c;
	}
	return NULL;
}

/* Of the culprits that stand, a proven one before a likely one, and then the worst. */
static void find_culprit(const struct evidence *x, struct mail_about *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(x->study.document, "culprits"), i, one)
	{
		struct mail_about this = { x, case_of_culprit(x, one), one };
		bool likely = !strcmp(study_text(one, "status"), "likely");

		if (!this.c || (!likely && !mail_is_proven(&this)))
			continue;
		if (out->c &&
		    (mail_is_proven(out) != mail_is_proven(&this) ? mail_is_proven(out)
								  : !is_worse(this.c, out->c)))
			continue;
		*out = this;
	}
}

int mail_about_find(const struct evidence *x, struct mail_about *out, struct err *e)
{
	*out = (struct mail_about){ .x = x };
	if (x->study.kind && strcmp(x->record->purpose, "performance") != 0)
		return mail_refuse(e, "probes were on: the experiment carries no verdict on "
				      "performance; attach it with --with to one that does");
	if (x->study.kind && !mail_is_fixed(out) && !mail_is_bisect(out) && !mail_is_narrow(out))
		return err_set(e, EINVAL,
			       "the mail is refused: an experiment of 'slowpath %s' explains, and "
			       "claims nothing by itself; attach it with --with",
			       study_name(x));
	if (mail_is_bisect(out))
		find_culprit(x, out);
	else if (mail_is_fixed(out))
		out->c = x->n_cases ? &x->cases[0] : NULL;
	else
		out->c = worst_case(x);
	if (out->c && out->c->part)
		return mail_refuse(e, "its verdict is of the part that is exact, and a mail says "
				      "what an iteration costs");
	if (out->c && !out->c->scenario->program && evidence_metric_chosen(out->c))
		return err_set(e, EINVAL,
			       "the mail is refused: its verdict is about %s, and a mail says what "
			       "an iteration costs",
			       out->c->metric);
	if (out->c)
		return 0;
	return mail_refuse(e, mail_is_bisect(out)   ? "the bisection has named no commit"
			      : mail_is_narrow(out) ? "the series has no step"
						    : "the experiment has no result");
}
