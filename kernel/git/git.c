// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/git/git.h"

#include "base/cleanup.h"
#include "kernel/git/git_call.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

int git_run_own(const char *dir, const char *const *words, bool strict, struct buf *out,
		struct err *e)
{
	return git_call(&(struct git_call){ .dir = dir }, words, strict, out, e);
}

int git_run(const char *dir, const char *const *words, bool strict, struct buf *out, struct err *e)
{
	_cleanup_git_place_ struct git_place p = { 0 };
	_cleanup_git_view_ struct git_view view = GIT_VIEW_NONE;
	_cleanup_free_ char *top = NULL;
	int r = git_locate(dir, &p, &top, e);

	if (r == 0)
		r = git_view_open(&p, top, &view, e);
	return r < 0 ? r
		     : git_call(&(struct git_call){ .dir = dir, .view = &view }, words, strict, out,
				e);
}

int git_open(const char *dir, struct git_tree *out, struct err *e)
{
	_cleanup_git_ struct git_tree t = { .dir = realpath(dir, NULL) };
	_cleanup_git_place_ struct git_place p = { 0 };
	_cleanup_free_ char *top = NULL;
	struct stat st;
	int r;

	*out = (struct git_tree){ 0 };
	if (!t.dir)
		return err_set(e, errno, "%s: %s", dir, strerror(errno));
	if (stat(t.dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ENOTDIR, "%s: not a folder", dir);
	r = git_locate(t.dir, &p, &top, e);
	if (r < 0)
		return err_wrap(e, "%s", dir);
	t.bare = !top;
	if (top) {
		free(t.dir);
		t.dir = steal(&top);
	}
	t.common = steal(&p.common);
	t.objects = steal(&p.objects);
	t.format = steal(&p.format);
	*out = t;
	t = (struct git_tree){ 0 };
	return 0;
}

void git_close(struct git_tree *t)
{
	free(t->dir);
	free(t->common);
	free(t->objects);
	free(t->format);
	*t = (struct git_tree){ 0 };
}

int git_find_commit(const struct git_tree *t, const char *rev, struct git_commit *out,
		    struct err *e)
{
	_cleanup_free_ char *name = str_printf("%s^{commit}", rev), *id = NULL;
	const char *parse[] = { "rev-parse", "--verify", "--end-of-options", name, NULL };
	_cleanup_buf_ struct buf parsed = { 0 }, subject = { 0 };
	const char *text;
	int r;

	*out = (struct git_commit){ 0 };
	if (!name)
		return err_oom(e);
	r = git_run(t->dir, parse, true, &parsed, e);
	if (r == -EIO)
		return err_set(e, ENOENT, "%s has no commit '%s'", t->dir, rev);
	if (r < 0)
		return r;
	text = buf_str(&parsed);
	id = git_next_line(&text);
	if (!id)
		return err_oom(e);
	r = git_run(t->dir, (const char *[]){ "log", "-1", "--format=%s", id, NULL }, true,
		    &subject, e);
	if (r < 0)
		return r;
	text = buf_str(&subject);
	out->subject = *text ? git_next_line(&text) : strdup("");
	out->id = steal(&id);
	if (out->subject)
		return 0;
	git_commit_free(out);
	return err_oom(e);
}

int git_find_tree(const struct git_tree *t, const char *commit, char **out, struct err *e)
{
	_cleanup_free_ char *name = str_printf("%s^{tree}", commit);
	const char *parse[] = { "rev-parse", "--verify", "--end-of-options", name, NULL };
	_cleanup_buf_ struct buf parsed = { 0 };
	const char *text;
	int r = name ? git_run(t->dir, parse, true, &parsed, e) : err_oom(e);

	if (r < 0)
		return r;
	text = buf_str(&parsed);
	*out = git_next_line(&text);
	return *out ? 0 : err_oom(e);
}

void git_commit_free(struct git_commit *c)
{
	free(c->id);
	free(c->subject);
	*c = (struct git_commit){ 0 };
}

bool git_has(const struct git_tree *t, const char *commit, const char *path)
{
	_cleanup_free_ char *name = str_printf("%s:%s", commit, path);
	/* Of a partial clone the name is there, and the content need not be. */
	const char *ask[] = { "rev-parse", "--verify", "-q", "--end-of-options", name, NULL };

	return name && git_run(t->dir, ask, false, NULL, NULL) == 0;
}

bool git_is_dirty(const struct git_tree *t)
{
	/* Submodules are repositories of their own. */
	static const char *const ask[] = { "status", "--porcelain", "--untracked-files=no",
					   "--ignore-submodules=all", NULL };
	_cleanup_buf_ struct buf changes = { 0 };

	return !t->bare && git_run(t->dir, ask, false, &changes, NULL) == 0 && changes.len > 0;
}
