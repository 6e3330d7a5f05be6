// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/build/checkout.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <glob.h>
#include <string.h>

#define KEY_LEN 16

static int take_lock(const struct notes *notes, struct checkout *c, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s.lock", c->root);

	if (!path)
		return err_oom(e);
	c->lock = file_lock(path, false, NULL);
	if (c->lock >= 0)
		return 0;
	note(notes, "waiting for another slowpath that builds from this repository (%s)", path);
	c->lock = file_lock(path, true, e);
	return c->lock < 0 ? c->lock : 0;
}

/* The repository's objects may move with it: what is borrowed is written anew each time. */
static int borrow_objects(const char *objects, const struct git_tree *t, struct err *e)
{
	_cleanup_free_ char *info = str_printf("%s/info", objects);
	_cleanup_free_ char *path = str_printf("%s/info/alternates", objects);
	_cleanup_free_ char *line = str_printf("%s\n", t->objects);
	int r = info && path && line ? dir_make(info, e) : err_oom(e);

	return r == 0 ? file_write_atomic(path, line, strlen(line), e) : r;
}

static char *root_of(const char *cache, const struct git_tree *t)
{
	struct hash_hex key = hash_bytes(t->common, strlen(t->common));

	return str_printf("%s/build/%.*s", cache, KEY_LEN, key.text);
}

int checkout_objects(const char *cache, const struct git_tree *t, char **out, struct err *e)
{
	_cleanup_free_ char *root = root_of(cache, t);
	_cleanup_free_ char *objects = root ? str_printf("%s/src/.git/objects", root) : NULL;
	int r = objects ? borrow_objects(objects, t, e) : err_oom(e);

	if (r == 0)
		*out = steal(&objects);
	return r;
}

/* Who held these was killed: the lock of ours is held. */
static int drop_stale_locks(const struct checkout *c, struct err *e)
{
	static const char *const names[] = { "index.lock", "HEAD.lock", "refs/heads/master.lock" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = str_printf("%s/.git/%s", c->src, names[i]);

		if (!path)
			return err_oom(e);
		if (unlink(path) < 0 && errno != ENOENT)
			return err_errno(e, errno, "%s", path);
	}
	return 0;
}

static int fill(struct checkout *c, const struct git_tree *t, struct err *e)
{
	_cleanup_free_ char *format = str_printf("--object-format=%s", t->format);
	const char *init[] = { "init", "-q", "--template=", "-b", "master", format, NULL };
	int r = format ? dir_make(c->src, e) : err_oom(e);

	/* Also where a killed one had begun: init mends, and takes nothing away. */
	if (r == 0)
		r = git_run_own(c->src, init, true, NULL, e);
	if (r == 0)
		r = drop_stale_locks(c, e);
	if (r == 0) {
		_cleanup_free_ char *objects = str_printf("%s/.git/objects", c->src);

		r = objects ? borrow_objects(objects, t, e) : err_oom(e);
	}
	return r;
}

/* Whether objects may be missing that git would fetch. */
static bool is_partial(const struct git_tree *t)
{
	_cleanup_free_ char *pattern = str_printf("%s/pack/*.promisor", t->objects);
	glob_t found = { 0 };
	bool any = pattern && glob(pattern, GLOB_NOSORT, NULL, &found) == 0;

	globfree(&found);
	return any;
}

int checkout_open(const char *cache, const struct git_tree *t, const struct notes *notes,
		  struct checkout *out, struct err *e)
{
	int r;

	*out = CHECKOUT_NONE;
	out->root = root_of(cache, t);
	out->src = out->root ? str_printf("%s/src", out->root) : NULL;
	r = out->src ? dir_make(out->root, e) : err_oom(e);
	if (r == 0)
		r = take_lock(notes, out, e);
	if (r == 0)
		r = fill(out, t, e);
	out->partial = is_partial(t);
	if (r == 0)
		return 0;
	if (out->root)
		err_wrap(e, "%s", out->root);
	checkout_close(out);
	return r;
}

/* @words put the files there of what is called @name. */
static int put_files(const struct checkout *c, const char *const *words, const char *name,
		     struct err *e)
{
	static const char *const clean[] = { "clean", "-qffdx", NULL };
	int r = git_run_own(c->src, words, true, NULL, e);

	/* A killed checkout leaves files that no index knows. */
	if (r == 0)
		r = git_run_own(c->src, clean, true, NULL, e);
	if (r < 0 && c->partial)
		err_wrap(e, "the tree is a partial clone, of which nothing is fetched here ('git "
			    "checkout' of the commit fetches it)");
	return r < 0 ? err_wrap(e, "checking out %.*s below %s", GIT_SHORT, name, c->root) : 0;
}

int checkout_switch(const struct checkout *c, const char *commit, struct err *e)
{
	const char *reset[] = { "reset", "-q", "--hard", commit, NULL };

	return put_files(c, reset, commit, e);
}

int checkout_switch_tree(const struct checkout *c, const char *tree, struct err *e)
{
	const char *read[] = { "read-tree", "--reset", "-u", tree, NULL };

	return put_files(c, read, tree, e);
}

static bool is_merge(const struct checkout *c, const char *commit)
{
	_cleanup_free_ char *second = str_printf("%s^2", commit);
	const char *ask[] = { "rev-parse", "--verify", "-q", second, NULL };

	return second && git_run_own(c->src, ask, false, NULL, NULL) == 0;
}

int checkout_revert(const struct checkout *c, const char *commit, struct err *e)
{
	const char *plain[] = { "revert", "--no-commit", commit, NULL };
	const char *merge[] = { "revert", "--no-commit", "-m", "1", commit, NULL };
	static const char *const conflicts[] = { "ls-files", "--unmerged", NULL };
	_cleanup_buf_ struct buf left = { 0 };
	struct err why = { 0 };
	int r = git_run_own(c->src, is_merge(c, commit) ? merge : plain, true, NULL, &why);

	if (r == 0)
		return 0;
	if (git_run_own(c->src, conflicts, true, &left, NULL) == 0 && left.len)
		return err_set(e, ESTALE, "reverting %.*s conflicts with what came later",
			       GIT_SHORT, commit);
	*e = why;
	return r;
}

void checkout_close(struct checkout *c)
{
	free(c->root);
	free(c->src);
	if (c->lock >= 0)
		close(c->lock);
	*c = CHECKOUT_NONE;
}
