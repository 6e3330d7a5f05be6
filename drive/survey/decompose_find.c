// SPDX-License-Identifier: GPL-2.0-or-later
/* What the words of a command line mean: a tree, two kernels, changes. */
#include "drive/survey/decompose.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "drive/begin/metric.h"
#include "kernel/git/patched.h"
#include "kernel/name/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATCH_BYTES_MAX (16u << 20)
#define REVERT "revert:"

/* A commit of the tree, or "git:DIR@REV", whose DIR is the tree then. */
static int find_new(struct decompose_run *d, const struct decompose_wish *w, struct err *e)
{
	_cleanup_spec_ struct spec s = { 0 };
	const char *dir = w->tree, *rev = w->new_word;
	int r = 0;

	if (!strncmp(w->new_word, "git:", 4)) {
		r = spec_parse(w->new_word, &s, e);
		dir = s.path;
		rev = s.revision;
		if (r == 0 && !rev)
			r = err_set(e, EINVAL, "a commit is needed, that candidates go on top of");
	}
	if (r == 0)
		r = git_open(dir, &d->tree, e);
	if (r == 0)
		r = git_find_commit(&d->tree, rev, &d->base, e);
	return r < 0 ? err_wrap(e, "--new '%s'", w->new_word) : 0;
}

/* A commit of the tree before all else that a word may mean. */
static int find_old(struct decompose_run *d, const struct decompose_wish *w, struct surveying *x,
		    struct err *e)
{
	_cleanup_git_commit_ struct git_commit c = { 0 };
	_cleanup_spec_ struct spec s = { 0 };
	int r = spec_parse(w->old_word, &s, e);

	if (r < 0)
		return r;
	if ((s.kind == SPEC_WORD || s.kind == SPEC_PATH) &&
	    git_find_commit(&d->tree, w->old_word, &c, NULL) == 0) {
		d->old_spec = str_printf("git:%s@%s", d->tree.dir, c.id);
		return d->old_spec ? 0 : err_oom(e);
	}
	return kernel_pin(x->s->kernels, w->old_word, teller_hear_note, x->s->teller, &d->old_spec,
			  e);
}

/* The first line "Subject: " of a mail; its folded ones are not needed. */
static int take_subject(struct candidate *c, struct err *e)
{
	static const char head[] = "\nSubject: ";
	const char *text = buf_str(&c->patch);
	const char *at =
		!strncmp(text, head + 1, strlen(head + 1)) ? text + strlen(head + 1) : NULL;

	if (!at && (at = strstr(text, head)))
		at += strlen(head);
	if (!at)
		return 0;
	c->subject = strndup(at, strcspn(at, "\r\n"));
	return c->subject ? 0 : err_oom(e);
}

static int read_patch(struct candidate *c, struct err *e)
{
	int r = file_read(c->name, PATCH_BYTES_MAX, &c->patch, e);

	c->kind = "patch";
	if (r == 0 && !c->patch.len)
		r = err_set(e, EINVAL, "the file is empty");
	return r == 0 ? take_subject(c, e) : r;
}

static int find_candidate(struct decompose_run *d, struct candidate *c, struct err *e)
{
	const bool undo = !strncmp(c->name, REVERT, strlen(REVERT));
	const char *rev = undo ? c->name + strlen(REVERT) : c->name;
	struct stat found;
	int r;

	/* A branch may be called as a folder of the tree is. */
	if (!undo && stat(c->name, &found) == 0 && !S_ISDIR(found.st_mode))
		return read_patch(c, e);
	c->kind = undo ? "revert" : "commit";
	r = git_find_commit(&d->tree, rev, &c->commit, e);
	if (r == -ENOENT && !undo)
		r = err_wrap(e, "it is no file, and no commit");
	return r < 0 ? r : git_patch_of(&d->tree, c->commit.id, undo, &c->patch, e);
}

static json_t *candidate_json(const struct candidate *c, const struct hash_hex *hash)
{
	return json_pack("{s:s,s:s,s:s?,s:s?,s:s}", "name", c->name, "kind", c->kind, "commit",
			 c->commit.id, "subject", c->commit.id ? c->commit.subject : c->subject,
			 "sha256", hash->text);
}

/* The same change twice would go on once, and cost nothing the second time. */
static int add_candidate(struct decompose_run *d, const char *word, json_t *list, struct err *e)
{
	struct candidate *c = &d->candidates[d->n++];
	struct hash_hex hash;
	int r;

	c->name = word;
	r = find_candidate(d, c, e);
	if (r < 0)
		return err_wrap(e, "--probe '%s'", word);
	hash = hash_bytes(buf_str(&c->patch), c->patch.len);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		if (!strcmp(json_string_value(json_object_get(one, "sha256")), hash.text))
			return err_set(e, EINVAL, "--probe '%s' and '%s' are the same change",
				       d->candidates[i].name, word);
	}
	return json_array_append_new(list, candidate_json(c, &hash)) < 0
		       ? err_set(e, EINVAL, "--probe '%s': its name or subject is no UTF-8", word)
		       : 0;
}

int decompose_find(struct decompose_run *d, const struct decompose_wish *w, struct surveying *x,
		   struct err *e)
{
	json_t *list = json_array();
	int r = find_new(d, w, e);

	d->asked = r == 0 ? json_pack("{s:s,s:s,s:o}", "tree", d->tree.dir, "base", d->base.id,
				      "candidates", list)
			  : (json_decref(list), NULL);
	if (r == 0 && !d->asked)
		r = err_oom(e);
	if (r == 0)
		r = find_old(d, w, x, e);
	for (size_t i = 0; r == 0 && i < w->n_candidates; i++)
		r = add_candidate(d, w->candidates[i], list, e);
	return r;
}

static json_t *names_of(const struct surveying *x)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < x->n_scenarios; i++)
		json_array_append_new(list, json_string(x->scenarios[i]->name));
	return list;
}

/* "mprotect/" of "mprotect/anon-toggle": whether one that was chosen is of the same file. */
static bool is_sibling(const struct surveying *x, const struct scenario *s)
{
	const size_t len = strcspn(s->name, "/") + 1;

	for (size_t i = 0; i < x->n_scenarios; i++) {
		if (!strncmp(x->scenarios[i]->name, s->name, len))
			return true;
	}
	return false;
}

/* Those that have what decides; nobody has named them. */
static int add_family(struct surveying *x, struct err *e)
{
	const struct scenario_list *library = &x->s->scenarios;
	_cleanup_free_ const char **names = calloc(library->count + 1, sizeof(*names));
	struct survey_wish wish = { .globs = names };

	if (!names)
		return err_oom(e);
	for (size_t i = 0; i < library->count; i++) {
		const struct scenario *s = library->items[i];
		struct err why = { 0 };

		if (!is_sibling(x, s))
			continue;
		if (metric_set(x->s, s, x->m->metric, &why) < 0)
			teller_note(x->s->teller, "left out %s", why.text);
		else
			names[wish.n_globs++] = s->name;
	}
	return survey_add_scenarios(x, &wish, e);
}

int decompose_scenarios(struct decompose_run *d, const struct decompose_wish *w,
			struct surveying *x, struct err *e)
{
	const struct survey_wish more = { .globs = w->siblings, .n_globs = w->n_siblings };
	int r = survey_add_scenarios(x, &w->chosen, e);

	if (r == 0 && json_object_set_new(d->asked, "chosen", names_of(x)) < 0)
		r = err_oom(e);
	if (r < 0 || w->alone)
		return r;
	return w->n_siblings ? survey_add_scenarios(x, &more, e) : add_family(x, e);
}
