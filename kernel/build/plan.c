// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A build's stamp is "tree:HASH" of all that decides what comes out: the files, what was reverted,
 * the config that was asked for, the compiler, and RECIPE, which counts changes of how make is
 * called. A kernel of the same stamp is the same, whatever commit it was of, or none.
 */
#include "kernel/build/plan.h"

#include "base/buf.h"
#include "base/file.h"
#include "kernel/build/checkout.h"
#include "kernel/git/worktree.h"
#include "kernel/store/handle.h"

#include <errno.h>
#include <string.h>

#define RECIPE "2"

void build_plan_free(struct build_plan *p)
{
	git_close(&p->tree);
	git_commit_free(&p->commit);
	git_commit_free(&p->revert);
	free(p->files);
	toolchain_free(&p->tools);
	free(p->spec);
	free(p->stamp);
}

/* The state of the work tree; where it is clean, that is HEAD. */
static int take_worktree(struct kernel_store *st, struct build_plan *p, struct err *e)
{
	_cleanup_git_snapshot_ struct git_snapshot g = { 0 };
	_cleanup_free_ char *objects = NULL;
	int r = p->tree.bare ? err_set(e, EINVAL, "%s is bare: it has no work tree", p->tree.dir)
			     : checkout_objects(st->cache, &p->tree, &objects, e);

	if (r == 0)
		r = git_snapshot(&p->tree, objects, &g, e);
	if (r < 0)
		return r;
	p->commit = g.head;
	g.head = (struct git_commit){ 0 };
	p->what.changed = (unsigned)g.changed;
	if (g.changed)
		snprintf(p->what.tree, sizeof(p->what.tree), "%s", g.tree);
	p->files = steal(&g.tree);
	return 0;
}

/* Whether the user's repository has the tree object, as of a state that was committed since. */
static bool has_tree(const struct git_tree *t, const char *tree)
{
	_cleanup_free_ char *name = str_printf("%s^{tree}", tree);
	const char *ask[] = { "rev-parse", "--verify", "-q", "--end-of-options", name, NULL };

	return name && git_run(t->dir, ask, false, NULL, NULL) == 0;
}

/* A work tree's state of before: its objects are in our checkout. */
static int take_state(const struct kernel_store *st, const struct kernel_commit *was,
		      struct build_plan *p, struct err *e)
{
	_cleanup_free_ char *objects = NULL, *path = NULL;
	int r = git_find_commit(&p->tree, was->id, &p->commit, e);

	if (r == 0)
		r = checkout_objects(st->cache, &p->tree, &objects, e);
	if (r < 0)
		return r;
	path = str_printf("%s/%.2s/%s", objects, was->tree, was->tree + 2);
	p->files = strdup(was->tree);
	if (!path || !p->files)
		return err_oom(e);
	if (!file_exists(path) && !has_tree(&p->tree, was->tree))
		return err_set(e, ENOENT,
			       "%s: the state of the work tree on top of %.*s is not kept any more",
			       p->tree.dir, GIT_SHORT, was->id);
	p->what.changed = was->changed;
	memcpy(p->what.tree, was->tree, sizeof(was->tree));
	return 0;
}

static int take_commit(struct build_plan *p, const char *rev, struct err *e)
{
	int r = git_find_commit(&p->tree, rev, &p->commit, e);

	return r == 0 ? git_find_tree(&p->tree, p->commit.id, &p->files, e) : r;
}

static int take(struct kernel_store *st, const struct build_request *q, struct build_plan *p,
		struct err *e)
{
	struct kernel_commit was;
	_cleanup_free_ char *rev = NULL;

	if (!q->rev)
		return take_worktree(st, p, e);
	was = kernel_commit_of(q->rev);
	if (was.tree[0])
		return take_state(st, &was, p, e);
	/* A spec of the store's may say its config; who builds has chosen one. */
	memcpy(p->what.config, was.config, sizeof(was.config));
	rev = strdup(was.config[0] ? was.id : q->rev);
	return rev ? take_commit(p, rev, e) : err_oom(e);
}

int build_plan_files(struct kernel_store *st, const struct build_request *q, struct build_plan *p,
		     struct err *e)
{
	int r = git_open(q->dir, &p->tree, e);

	if (r == 0)
		r = take(st, q, p, e);
	if (r == 0)
		snprintf(p->what.id, sizeof(p->what.id), "%s", p->commit.id);
	return r;
}

static int set_keys(struct build_plan *p, struct err *e)
{
	_cleanup_free_ char *how =
		str_printf("%s\n%s\n%s\n", RECIPE, p->config->sha.text, p->tools.version);
	_cleanup_free_ char *what = NULL;

	snprintf(p->what.reverted, sizeof(p->what.reverted), "%s",
		 p->revert.id ? p->revert.id : "");
	snprintf(p->what.config, sizeof(p->what.config), "%s", p->config->name);
	if (!how)
		return err_oom(e);
	p->obj_key = hash_bytes(how, strlen(how));
	what = str_printf("%s%s\n%s\n", how, p->files, p->what.reverted);
	p->stamp = what ? str_printf("tree:%s", hash_bytes(what, strlen(what)).text) : NULL;
	p->spec = kernel_commit_spec(p->tree.dir, &p->what);
	return p->stamp && p->spec ? 0 : err_oom(e);
}

int build_plan_make(struct kernel_store *st, const struct build_request *q, struct build_plan *p,
		    struct err *e)
{
	int r = build_plan_files(st, q, p, e);

	if (r == 0 && q->revert)
		r = git_find_commit(&p->tree, q->revert, &p->revert, e);
	if (r == 0)
		r = store_config(st, &p->config, e);
	if (r == 0)
		r = toolchain_find(st->compiler, &p->tools, e);
	if (r == 0 && st->jobs)
		p->tools.jobs = st->jobs;
	return r == 0 ? set_keys(p, e) : r;
}

struct kernel_title build_plan_title(const struct build_plan *p)
{
	return kernel_title_of(p->spec, "", p->commit.subject, NULL);
}
