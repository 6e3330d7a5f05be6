// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/survey/series.h"

#include "base/cleanup.h"
#include "kernel/image/sections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int find(struct series_run *r, const char *dir, const char *base, const char *tip,
		struct err *e)
{
	int rc = git_open(dir, &r->tree, e);

	if (rc == 0)
		rc = git_find_commit(&r->tree, base, &r->base, e);
	if (rc == 0)
		rc = git_find_commit(&r->tree, tip, &r->tip, e);
	if (rc == 0)
		rc = history_chain(&r->tree, r->base.id, r->tip.id, &r->chain, e);
	if (rc < 0)
		return rc;
	r->commits = calloc(r->chain.count, sizeof(*r->commits));
	r->images = calloc(r->chain.count, sizeof(*r->images));
	r->asked = json_pack("{s:s,s:s,s:s}", "tree", r->tree.dir, "base", r->base.id, "tip",
			     r->tip.id);
	return r->commits && r->images && r->asked ? 0 : err_oom(e);
}

int series_find(struct series_run *r, const char *tree, const char *range, struct err *e)
{
	const char *dots = strstr(range, "..");
	_cleanup_free_ char *base = dots ? strndup(range, (size_t)(dots - range)) : NULL;

	if (!dots || dots == range || dots[2] == '.')
		return err_set(e, EINVAL, "'%s' is no range: BASE..TIP is expected", range);
	if (!base)
		return err_oom(e);
	return find(r, tree, base, dots[2] ? dots + 2 : "HEAD", e);
}

int series_find_kept(struct series_run *r, const json_t *command, struct err *e)
{
	const char *tree = json_string_value(json_object_get(command, "tree"));
	const char *base = json_string_value(json_object_get(command, "base"));
	const char *tip = json_string_value(json_object_get(command, "tip"));

	return tree && base && tip ? find(r, tree, base, tip, e)
				   : err_set(e, EIO, "the series does not say its commits");
}

int series_set_building(struct series_run *r, const struct surveying *x, struct building *b,
			struct err *e)
{
	return survey_set_building(x, b, r->asked, e);
}

/* The nearest before with the same sections: what it is held against is then the same as well. */
static size_t find_twin(const struct series_run *r, size_t at)
{
	for (size_t i = at; i > 0; i--) {
		if (r->images[i - 1] && !strcmp(r->images[i - 1], r->images[at]))
			return r->commits[i - 1].same_as;
	}
	return at;
}

/*
 * Another kernel lies between: the row of a survey has each once, so there the kernel before is no
 * longer that of the commit before, and who reads the row alone has to know it.
 */
static int note_turn(struct series_run *r, size_t at, struct err *e)
{
	for (size_t i = at; i > 0; i--) {
		if (!r->images[i - 1])
			continue;
		if (r->commits[i - 1].same_as != r->commits[at].same_as &&
		    json_object_set_new(r->asked, "turns_back", json_true()) < 0)
			return err_oom(e);
		return 0;
	}
	return 0;
}

static int take_kernel(struct series_run *r, struct surveying *x, size_t at, struct kernel **k,
		       struct err *e)
{
	struct series_commit *c = &r->commits[at];
	struct hash_hex image;
	int rc = kernel_verify(*k, KERNEL_FILE_VMLINUX, e);

	if (rc == 0)
		rc = sections_hash((*k)->vmlinux_path, &image, e);
	if (rc < 0)
		return rc;
	r->images[at] = strdup(image.text);
	if (!r->images[at])
		return err_oom(e);
	c->same_as = find_twin(r, at);
	if (c->same_as != at)
		return note_turn(r, at, e);
	c->spec = strdup((*k)->spec);
	return c->spec ? survey_add_kernel(x, k, e) : err_oom(e);
}

static int build(struct series_run *r, struct surveying *x, size_t at, struct err *e)
{
	struct series_commit *c = &r->commits[at];
	_cleanup_free_ char *spec = str_printf("git:%s@%s", r->tree.dir, r->chain.ids[at]);
	_cleanup_git_commit_ struct git_commit commit = { 0 };
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err failure = { 0 };
	int rc = spec ? git_find_commit(&r->tree, r->chain.ids[at], &commit, e) : err_oom(e);

	if (rc < 0)
		return rc;
	c->id = steal(&commit.id);
	c->subject = steal(&commit.subject);
	c->same_as = at;
	rc = kernel_resolve(x->s->kernels, spec, NULL, teller_hear_note, x->s->teller, &k,
			    &failure);
	if (rc == 0)
		return take_kernel(r, x, at, &k, e);
	if (at == 0 || rc == -ECANCELED || failure.status != ERR_UNMEASURED) {
		*e = failure;
		return rc;
	}
	teller_note(x->s->teller, "%s; it is left out", failure.text);
	c->reason = strdup(failure.text);
	return c->reason ? 0 : err_oom(e);
}

int series_build(struct series_run *r, struct surveying *x, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->chain.count; i++)
		rc = build(r, x, i, e);
	return rc;
}

void series_run_free(struct series_run *r)
{
	for (size_t i = 0; i < r->chain.count; i++) {
		if (r->commits) {
			free(r->commits[i].id);
			free(r->commits[i].subject);
			free(r->commits[i].spec);
			free(r->commits[i].reason);
		}
		if (r->images)
			free(r->images[i]);
	}
	free(r->commits);
	free(r->images);
	json_decref(r->asked);
	history_free(&r->chain);
	git_commit_free(&r->base);
	git_commit_free(&r->tip);
	git_close(&r->tree);
}
