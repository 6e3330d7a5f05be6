// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/git/patched.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/git/detach.h"
#include "kernel/git/git_call.h"

#include <errno.h>
#include <string.h>

int git_patch_of(const struct git_tree *t, const char *commit, bool undo, struct buf *out,
		 struct err *e)
{
	_cleanup_free_ char *parent = str_printf("%s^1", commit);
	const char *has[] = { "rev-parse", "--verify", "-q", "--end-of-options", parent, NULL };
	const char *ask[] = { "diff-tree",
			      "-r",
			      "-p",
			      "--binary",
			      "--full-index",
			      "--no-renames",
			      "--no-ext-diff",
			      "--no-textconv",
			      undo ? commit : parent,
			      undo ? parent : commit,
			      NULL };
	const size_t before = out->len;
	int r = parent ? git_run(t->dir, has, false, NULL, e) : err_oom(e);

	if (r > 0)
		return err_set(e, EINVAL, "commit %.*s has no parent", GIT_SHORT, commit);
	if (r == 0)
		r = git_run(t->dir, ask, true, out, e);
	if (r == 0 && out->len == before)
		r = err_set(e, EINVAL, "commit %.*s changes no file", GIT_SHORT, commit);
	return r;
}

/* A view with an index of ours, whose new objects go elsewhere. */
struct bench {
	struct git_place place;
	struct git_view view;
	char *top;
	const char *dir; /* where git is called: the top, or the bare repository */
};

static void bench_close(struct bench *b)
{
	git_place_free(&b->place);
	git_view_close(&b->view);
	free(b->top);
}

static int bench_open(const struct git_tree *t, const char *objects, struct bench *b, struct err *e)
{
	int r = git_locate(t->dir, &b->place, &b->top, e);

	if (r == 0)
		r = git_view_open(&b->place, b->top, &b->view, e);
	b->dir = b->top ? b->top : t->dir;
	return r == 0 ? git_detach(&b->view, &b->place, b->dir, objects, e) : r;
}

static int call(const struct bench *b, const char *const *words, bool strict, struct buf *out,
		struct err *e)
{
	return git_call(&(struct git_call){ .dir = b->dir, .view = &b->view }, words, strict, out,
			e);
}

/* git says on stderr why it does not, in words that depend on its version. */
static int apply(const struct bench *b, const struct buf *patch, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/patch", b->view.dir);
	const char *merging[] = {
		"apply", "--cached", "--3way", "--whitespace=nowarn", path, NULL
	};
	struct err why = { 0 };
	int r = path ? file_write(path, patch->data ? patch->data : "", patch->len, e) : err_oom(e);

	if (r < 0 || call(b, merging, true, NULL, &why) == 0)
		return r;
	return why.code == -ECANCELED
		       ? (*e = why, why.code)
		       : err_unmeasured(e, ESTALE, "it does not apply (%s)", why.text);
}

static int count_changed(const struct bench *b, const char *commit, struct git_patched *p,
			 struct err *e)
{
	const char *ask[] = { "diff-tree",    "-r",   "-z",    "--name-only",
			      "--no-renames", commit, p->tree, NULL };
	_cleanup_buf_ struct buf names = { 0 };
	int r = call(b, ask, true, &names, e);

	for (size_t i = 0; r == 0 && i < names.len; i++)
		p->changed += names.data[i] == '\0';
	return r;
}

static int write_tree(const struct bench *b, const char *commit, struct git_patched *p,
		      struct err *e)
{
	static const char *const write[] = { "write-tree", NULL };
	_cleanup_buf_ struct buf id = { 0 };
	const char *text;
	int r = call(b, write, true, &id, e);

	if (r < 0)
		return r;
	text = buf_str(&id);
	p->tree = git_next_line(&text);
	return p->tree ? count_changed(b, commit, p, e) : err_oom(e);
}

int git_patched(const struct git_tree *t, const char *objects, const char *commit,
		const struct buf *const *patches, size_t n, struct git_patched *out, size_t *failed,
		struct err *e)
{
	const char *read[] = { "read-tree", commit, NULL };
	_cleanup_(bench_close) struct bench b = { .view = GIT_VIEW_NONE };
	_cleanup_git_patched_ struct git_patched p = { 0 };
	int r = bench_open(t, objects, &b, e);

	*out = (struct git_patched){ 0 };
	if (r == 0)
		r = call(&b, read, true, NULL, e);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = apply(&b, patches[i], e);
		if (r == -ESTALE && failed)
			*failed = i;
	}
	if (r == 0)
		r = write_tree(&b, commit, &p, e);
	if (r < 0)
		return r;
	*out = p;
	p = (struct git_patched){ 0 };
	return 0;
}

void git_patched_free(struct git_patched *p)
{
	free(p->tree);
	*p = (struct git_patched){ 0 };
}
