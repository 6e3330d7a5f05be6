// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/evidence_set.h"

#include "report/evidence/study_kind.h"

#include <errno.h>
#include <string.h>

void evidence_set_free(struct evidence_set *s)
{
	for (size_t i = 0; i < s->count; i++)
		evidence_free(&s->all[i]);
	for (size_t i = 0; i < ARRAY_SIZE(s->records); i++)
		record_free(&s->records[i]);
	s->count = 0;
}

struct evidence_folder evidence_folder(const struct evidence *x, size_t at)
{
	struct evidence_folder out;

	snprintf(out.text, sizeof(out.text), "with/%zu-%.20s/", at, x->study.kind->command);
	return out;
}

static bool has_kernel(const struct record *r, const char *vmlinux_sha256)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (!strcmp(r->runs[i].vmlinux_sha256, vmlinux_sha256))
			return true;
	}
	return false;
}

/* Are all kernels of @part also in @whole? */
static bool has_kernels(const struct record *whole, const struct record *part)
{
	for (size_t i = 0; i < part->n_runs; i++) {
		if (!has_kernel(whole, part->runs[i].vmlinux_sha256))
			return false;
	}
	return true;
}

static bool has_scenario(const struct record *r, const struct record_run *like)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (!strcmp(r->runs[i].scenario_sha256, like->scenario_sha256) &&
		    !strcmp(r->runs[i].scenario, like->scenario) && r->runs[i].cpus == like->cpus)
			return true;
	}
	return false;
}

static int check(const struct evidence_set *s, size_t at, struct err *e)
{
	const struct record *whole = &s->records[0], *r = &s->records[at];
	bool searches = study_searches(&s->all[at]);

	if (!s->all[at].study.kind)
		return err_set(e, EINVAL,
			       "experiment '%s' explains nothing: it is of compare or run, and two "
			       "such are not mixed",
			       r->id);
	if (s->all[0].study.kind)
		return err_set(e, EINVAL,
			       "experiment '%s' is of '%s': others are attached to compare and run "
			       "only",
			       whole->id, s->all[0].study.kind->command);
	for (size_t i = 1; i < at; i++) {
		if (!strcmp(s->records[i].id, r->id))
			return err_set(e, EINVAL, "experiment '%s' is attached twice", r->id);
	}
	if (!has_scenario(whole, &r->runs[0]))
		return err_set(e, EINVAL,
			       "experiment '%s' is of another scenario or number of CPUs than '%s'",
			       r->id, whole->id);
	if (!(searches ? has_kernels(r, whole) : has_kernels(whole, r)))
		return err_set(e, EINVAL, "experiment '%s' is of other kernels than '%s'", r->id,
			       whole->id);
	return 0;
}

int evidence_set_make(struct evidence_set *s, struct err *e)
{
	s->count = 0;
	for (size_t i = 0; i <= EVIDENCE_WITH_MAX && s->records[i].id; i++) {
		int r = evidence_make(&s->records[i], &s->all[i], e);

		if (r < 0)
			return i ? err_wrap(e, "experiment '%s'", s->records[i].id) : r;
		s->count++;
		s->all[i].attached = i > 0;
		if (i)
			r = check(s, i, e);
		if (r < 0)
			return r;
	}
	s->all[0].with = &s->all[1];
	s->all[0].n_with = s->count ? s->count - 1 : 0;
	return 0;
}
