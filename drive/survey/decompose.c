// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/survey/decompose.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "kernel/build/patched.h"
#include "kernel/image/sections.h"
#include "report/words/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a build is called that is there already, by its sections or as the very same. */
static const char *name_there(const struct decompose_run *d, const struct surveying *x,
			      const struct kernel *k, const char *image)
{
	for (unsigned i = 0; i < 1u << d->n; i++) {
		if (d->images[i] && !strcmp(d->images[i], image))
			return d->specs[i];
	}
	for (size_t i = 0; i < x->n_kernels; i++) {
		if (!strcmp(x->kernels[i]->id, k->id))
			return x->kernels[i]->spec;
	}
	return NULL;
}

static int take_kernel(struct decompose_run *d, struct surveying *x, unsigned set,
		       struct kernel **k, struct err *e)
{
	struct hash_hex image;
	const char *there;
	int r = kernel_verify(*k, KERNEL_FILE_VMLINUX, e);

	if (r == 0)
		r = sections_hash((*k)->vmlinux_path, &image, e);
	if (r < 0)
		return r;
	there = name_there(d, x, *k, image.text);
	d->specs[set] = strdup(there ? there : (*k)->spec);
	d->images[set] = strdup(image.text);
	if (!d->specs[set] || !d->images[set])
		return err_oom(e);
	return there ? 0 : survey_add_kernel(x, k, e);
}

/* NEW with the candidates whose bit is set. */
static int spec_of(struct decompose_run *d, struct surveying *x, unsigned set, char **spec,
		   struct err *e)
{
	const struct buf *patches[DECOMPOSE_CANDIDATES_MAX];
	size_t of[DECOMPOSE_CANDIDATES_MAX], n = 0, failed = 0;
	int r;

	for (size_t i = 0; i < d->n; i++) {
		if (!(set >> i & 1))
			continue;
		of[n] = i;
		patches[n++] = &d->candidates[i].patch;
	}
	r = build_patched(x->s->kernels, &d->tree, d->base.id, patches, n, spec, &failed, e);
	return r == -ESTALE ? err_wrap(e, "candidate %zu, '%s'", of[failed] + 1,
				       d->candidates[of[failed]].name)
			    : r;
}

static int build_set(struct decompose_run *d, struct surveying *x, unsigned set, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_free_ char *spec = NULL;
	struct err failure = { 0 };
	int r = spec_of(d, x, set, &spec, &failure);

	if (r == 0)
		r = kernel_resolve(x->s->kernels, spec, NULL, teller_hear_note, x->s->teller, &k,
				   &failure);
	if (r == 0)
		return take_kernel(d, x, set, &k, e);
	if (!set || r == -ECANCELED || failure.status != ERR_UNMEASURED) {
		*e = failure;
		return r;
	}
	teller_note(x->s->teller, "%s; what needs it is left out", failure.text);
	d->reasons[set] = strdup(failure.text);
	return d->reasons[set] ? 0 : err_oom(e);
}

static int build_old(struct decompose_run *d, struct surveying *x, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	int r = kernel_resolve(x->s->kernels, d->old_spec, NULL, teller_hear_note, x->s->teller, &k,
			       e);

	if (r < 0)
		return err_wrap(e, "OLD");
	free(d->old_spec);
	d->old_spec = strdup(k->spec);
	return d->old_spec ? survey_add_kernel(x, &k, e) : err_oom(e);
}

static json_t *sets_json(const struct decompose_run *d)
{
	json_t *list = json_array();

	for (unsigned set = 0; list && set < 1u << d->n; set++) {
		json_t *members = json_array();

		for (unsigned i = 0; members && i < d->n; i++) {
			if (set >> i & 1)
				json_array_append_new(members, json_integer(i));
		}
		json_array_append_new(list, json_pack("{s:o,s:s?,s:o}", "candidates", members,
						      "kernel", d->specs[set], "reason",
						      plain_json(d->reasons[set])));
	}
	return list;
}

/* A reason may quote a compiler, which may say anything. */
static int keep_sets(struct decompose_run *d, struct err *e)
{
	json_t *list = sets_json(d);

	if (json_array_size(list) != 1u << d->n) {
		json_decref(list);
		return err_set(e, EINVAL, "a spec or a reason is no UTF-8");
	}
	return json_object_set_new(d->asked, "sets", list) < 0 ||
			       json_object_set_new(d->asked, "old", json_string(d->old_spec)) < 0 ||
			       json_object_set_new(d->asked, "new", json_string(d->specs[0])) < 0
		       ? err_oom(e)
		       : 0;
}

static bool is_of_a_set(const json_t *asked, const char *spec)
{
	const json_t *set;
	size_t i;

	json_array_foreach(json_object_get(asked, "sets"), i, set)
	{
		if (!strcmp(json_text_at(set, "kernel", ""), spec))
			return true;
	}
	return false;
}

static int set_pairs(struct decompose_run *d, struct surveying *x, struct err *e)
{
	const char *old_name = json_text_at(d->asked, "old", ""),
		   *new_name = json_text_at(d->asked, "new", "");
	size_t old_at = x->n_kernels, new_at = x->n_kernels;

	for (size_t i = 0; i < x->n_kernels; i++) {
		if (!strcmp(x->kernels[i]->spec, old_name))
			old_at = i;
		if (!strcmp(x->kernels[i]->spec, new_name))
			new_at = i;
	}
	if (old_at == x->n_kernels || new_at == x->n_kernels)
		return err_set(e, EIO, "the experiment does not have its OLD and NEW");
	d->pairs = calloc(x->n_kernels + 1, sizeof(*d->pairs));
	if (!d->pairs)
		return err_oom(e);
	d->pairs[x->n_pairs++] = (struct survey_pair){ old_at, new_at };
	for (size_t i = 0; i < x->n_kernels; i++) {
		if (i != new_at && is_of_a_set(d->asked, x->kernels[i]->spec))
			d->pairs[x->n_pairs++] = (struct survey_pair){ new_at, i };
	}
	x->pairs = d->pairs;
	return 0;
}

int decompose_build(struct decompose_run *d, struct surveying *x, struct err *e)
{
	int r = build_old(d, x, e);

	for (unsigned set = 0; r == 0 && set < 1u << d->n; set++) {
		r = build_set(d, x, set, e);
		if (r < 0 && !set)
			err_wrap(e, "NEW");
		if (r == 0 && !strcmp(d->specs[0], d->old_spec))
			r = err_set(e, EINVAL,
				    "OLD and NEW load the same: there is no gap between them");
	}
	if (r == 0)
		r = keep_sets(d, e);
	return r < 0 ? r : set_pairs(d, x, e);
}

int decompose_take_up(struct decompose_run *d, struct surveying *x, struct err *e)
{
	static const char *const members[] = { "tree",	 "base",       "old",
					       "new",	 "candidates", "sets",
					       "chosen", "config",     "config_sha256" };
	size_t n;

	d->asked = json_object();
	if (!d->asked)
		return err_oom(e);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		json_t *value = json_object_get(x->journal.command, members[i]);

		if (value && json_object_set(d->asked, members[i], value) < 0)
			return err_oom(e);
	}
	n = json_array_size(json_object_get(d->asked, "candidates"));
	if (!n || n > DECOMPOSE_CANDIDATES_MAX ||
	    json_array_size(json_object_get(d->asked, "sets")) != (size_t)1 << n)
		return err_set(e, EIO, "the experiment does not say its candidates and their sets");
	return set_pairs(d, x, e);
}

void decompose_run_free(struct decompose_run *d)
{
	for (size_t i = 0; i < DECOMPOSE_CANDIDATES_MAX; i++) {
		git_commit_free(&d->candidates[i].commit);
		free(d->candidates[i].subject);
		buf_free(&d->candidates[i].patch);
	}
	for (size_t i = 0; i < DECOMPOSE_SETS_MAX; i++) {
		free(d->specs[i]);
		free(d->reasons[i]);
		free(d->images[i]);
	}
	free(d->old_spec);
	free(d->pairs);
	json_decref(d->asked);
	git_commit_free(&d->base);
	git_close(&d->tree);
}
