// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plumbing only: "git add" asks submodules what they have changed, by a git that reads their
 * configuration.
 */
#include "kernel/git/worktree.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/git/detach.h"
#include "kernel/git/git_call.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define NAMED 3 /* files in a message */

/* A view in which an index of ours is brought to what lies in the work tree. */
struct scene {
	struct git_place place;
	struct git_view view;
	char *top;
};

static void scene_close(struct scene *s)
{
	git_place_free(&s->place);
	git_view_close(&s->view);
	free(s->top);
}

static int scene_open(const struct git_tree *t, const char *objects, struct scene *s, struct err *e)
{
	int r = git_locate(t->dir, &s->place, &s->top, e);

	if (r == 0 && !s->top)
		return err_set(e, EINVAL, "a bare repository has none");
	if (r == 0)
		r = git_view_open(&s->place, s->top, &s->view, e);
	return r == 0 ? git_detach(&s->view, &s->place, s->top, objects, e) : r;
}

static int run(const struct scene *s, const char *const *words, bool strict, struct buf *out,
	       struct err *e)
{
	return git_call(&(struct git_call){ .dir = s->top, .view = &s->view }, words, strict, out,
			e);
}

/* The same with @list, names that each end in a NUL, as what git reads. */
static int run_on(const struct scene *s, const char *const *words, const struct buf *list,
		  struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/list", s->view.dir);
	struct git_call c = { .dir = s->top, .view = &s->view, .in_path = path };
	int r = path ? 0 : err_oom(e);

	if (r < 0 || !list->len)
		return r;
	r = file_write(path, list->data, list->len, e);
	return r == 0 ? git_call(&c, words, true, NULL, e) : r;
}

/* What comes next of names that each end in a NUL; NULL at the end. */
static const char *next_name(const struct buf *list, const char *name)
{
	const char *next = name ? name + strlen(name) + 1 : list->data;

	return next && next < list->data + list->len ? next : NULL;
}

/* "a rebase" */
static const char *under_way(const struct scene *s)
{
	static const struct {
		const char *file, *what;
	} signs[] = {
		{ "rebase-merge", "a rebase" }, { "rebase-apply", "a rebase" },
		{ "MERGE_HEAD", "a merge" },	{ "CHERRY_PICK_HEAD", "a cherry-pick" },
		{ "REVERT_HEAD", "a revert" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		_cleanup_free_ char *path = str_printf("%s/%s", s->place.git_dir, signs[i].file);

		if (path && file_exists(path))
			return signs[i].what;
	}
	return NULL;
}

/* @files: names that each end in a NUL. */
static int refuse(const struct scene *s, const struct buf *files, struct err *e)
{
	const char *what = under_way(s), *last = NULL;
	_cleanup_buf_ struct buf names = { 0 };
	size_t count = 0;

	for (const char *n = next_name(files, NULL); n; last = n, n = next_name(files, n)) {
		if (last && !strcmp(last, n))
			continue;
		if (count++ < NAMED && buf_printf(&names, "%s%s", count > 1 ? ", " : "", n) < 0)
			return err_oom(e);
	}
	if (count > NAMED && buf_printf(&names, " and %zu more", count - NAMED) < 0)
		return err_oom(e);
	return err_set(e, EBUSY,
		       "in the middle of %s, with conflicts in %s; settle them first ('git status' "
		       "says how), or name a commit",
		       what ? what : "a merge", buf_str(&names));
}

/* Entries that nobody has merged. */
static int check_merged(const struct scene *s, struct err *e)
{
	static const char *const ask[] = { "ls-files", "-z", "--unmerged", NULL };
	_cleanup_buf_ struct buf entries = { 0 }, names = { 0 };
	int r = run(s, ask, true, &entries, e);

	/* "MODE ID STAGE\tNAME" */
	for (const char *n = next_name(&entries, NULL); r == 0 && n; n = next_name(&entries, n)) {
		const char *tab = strchr(n, '\t');

		if (tab && buf_add(&names, tab + 1, strlen(tab + 1) + 1) < 0)
			r = err_oom(e);
	}
	return r == 0 && names.len ? refuse(s, &names, e) : r;
}

/* Marks of conflicts in what was added: "NAME:LINE: leftover conflict marker". */
static int check_marks(const struct scene *s, const struct git_snapshot *g, struct err *e)
{
	static const char said[] = ": leftover conflict marker";
	const char *ask[] = { "diff-tree", "-r", "--no-renames", "--check", g->head.id,
			      g->tree,	   NULL };
	_cleanup_buf_ struct buf found = { 0 }, names = { 0 };
	const char *text;
	char *line;
	int r = under_way(s) ? run(s, ask, false, &found, e) : 0;

	text = buf_str(&found);
	while (r >= 0 && (line = git_next_line(&text))) {
		char *end = strstr(line, said);

		if (end && !end[strlen(said)]) {
			*end = '\0';
			end = strrchr(line, ':');
			if (end)
				*end = '\0';
			if (buf_add(&names, line, strlen(line) + 1) < 0)
				r = err_oom(e);
		}
		free(line);
	}
	return r >= 0 && names.len ? refuse(s, &names, e) : r < 0 ? r : 0;
}

/* Files that git was told not to look at, and that are there, are looked at. */
static int wake_skipped(const struct scene *s, struct err *e)
{
	static const char *const ask[] = { "ls-files", "-z", "-t", NULL };
	static const char *const wake[] = { "update-index", "-z", "--no-skip-worktree", "--stdin",
					    NULL };
	_cleanup_buf_ struct buf entries = { 0 }, there = { 0 };
	struct stat st;
	int r = run(s, ask, true, &entries, e);

	/* "S NAME" */
	for (const char *n = next_name(&entries, NULL); r == 0 && n; n = next_name(&entries, n)) {
		_cleanup_free_ char *path = *n == 'S' ? str_printf("%s/%s", s->top, n + 2) : NULL;

		if (*n == 'S' && (!path || (lstat(path, &st) == 0 &&
					    buf_add(&there, n + 2, strlen(n + 2) + 1) < 0)))
			r = err_oom(e);
	}
	return r == 0 ? run_on(s, wake, &there, e) : r;
}

/* What differs from the index, in two lists. */
static int find_changed(const struct scene *s, struct buf *there, struct buf *gone, struct err *e)
{
	static const char *const refresh[] = { "update-index", "-q", "--really-refresh", NULL };
	static const char *const ask[] = {
		"diff-files", "-z", "--name-status", "--no-renames", "--ignore-submodules=all", NULL
	};
	_cleanup_buf_ struct buf changed = { 0 };
	int r = run(s, refresh, false, NULL, e);

	r = r < 0 ? r : run(s, ask, true, &changed, e);
	/* A letter, then a name. */
	for (const char *n = next_name(&changed, NULL); r == 0 && n; n = next_name(&changed, n)) {
		struct buf *to = *n == 'D' ? gone : there;

		n = next_name(&changed, n);
		if (!n)
			break;
		if (buf_add(to, n, strlen(n) + 1) < 0)
			r = err_oom(e);
	}
	return r;
}

/* Appends files that git does not know and has not been told to ignore. */
static int find_new(const struct scene *s, struct buf *out, struct err *e)
{
	static const char *const ask[] = { "ls-files", "-z", "--others", "--exclude-standard",
					   NULL };
	_cleanup_buf_ struct buf found = { 0 };
	int r = run(s, ask, true, &found, e);

	for (const char *n = next_name(&found, NULL); r == 0 && n; n = next_name(&found, n)) {
		size_t len = strlen(n);

		/* A repository within ends in a slash. */
		if (len && n[len - 1] != '/' && buf_add(out, n, len + 1) < 0)
			r = err_oom(e);
	}
	return r;
}

static int update_index(const struct scene *s, struct err *e)
{
	static const char *const drop[] = { "update-index", "-z", "--force-remove", "--stdin",
					    NULL };
	static const char *const take[] = { "update-index", "-z",      "--add", "--remove",
					    "--replace",    "--stdin", NULL };
	_cleanup_buf_ struct buf there = { 0 }, gone = { 0 };
	int r = wake_skipped(s, e);

	if (r == 0)
		r = find_changed(s, &there, &gone, e);
	if (r == 0)
		r = find_new(s, &there, e);
	if (r == 0)
		r = run_on(s, drop, &gone, e);
	return r == 0 ? run_on(s, take, &there, e) : r;
}

static int count_changed(const struct scene *s, struct git_snapshot *g, struct err *e)
{
	const char *ask[] = { "diff-tree",    "-r",	  "-z",	   "--name-only",
			      "--no-renames", g->head.id, g->tree, NULL };
	_cleanup_buf_ struct buf names = { 0 };
	int r = run(s, ask, true, &names, e);

	for (const char *n = next_name(&names, NULL); r == 0 && n; n = next_name(&names, n))
		g->changed++;
	return r;
}

static int take(const struct scene *s, struct git_snapshot *g, struct err *e)
{
	_cleanup_buf_ struct buf id = { 0 };
	const char *text;
	int r = check_merged(s, e);

	if (r == 0)
		r = update_index(s, e);
	if (r == 0)
		r = run(s, (const char *[]){ "write-tree", NULL }, true, &id, e);
	if (r < 0)
		return r;
	text = buf_str(&id);
	g->tree = git_next_line(&text);
	if (!g->tree)
		return err_oom(e);
	r = count_changed(s, g, e);
	return r == 0 && g->changed ? check_marks(s, g, e) : r;
}

int git_snapshot(const struct git_tree *t, const char *objects, struct git_snapshot *out,
		 struct err *e)
{
	_cleanup_(scene_close) struct scene s = { 0 };
	_cleanup_git_snapshot_ struct git_snapshot g = { 0 };
	int r = git_find_commit(t, "HEAD", &g.head, e);

	*out = (struct git_snapshot){ 0 };
	if (r == 0)
		r = scene_open(t, objects, &s, e);
	if (r == 0)
		r = take(&s, &g, e);
	if (r < 0)
		return err_wrap(e, "the work tree %s", t->dir);
	*out = g;
	g = (struct git_snapshot){ 0 };
	return 0;
}

void git_snapshot_free(struct git_snapshot *s)
{
	git_commit_free(&s->head);
	free(s->tree);
	*s = (struct git_snapshot){ 0 };
}
