/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user's git tree, which is only ever read: no index is refreshed, no ref or file written.
 * git runs without the variables that would point it to another repository, in English, and without
 * reading the tree's configuration or the user's: none of it can have a program run.
 */
#ifndef KERNEL_GIT_GIT_H
#define KERNEL_GIT_GIT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

struct git_tree {
	char *dir;     /* its top folder, absolute; of a bare repository that itself */
	char *common;  /* what all worktrees of the repository share, absolute */
	char *objects; /* where its objects are, absolute */
	char *format;  /* of object ids: "sha1" or "sha256" */
	bool bare;
};

struct git_commit {
	char *id; /* in full */
	char *subject;
};

/* -ENOENT: no such folder; -EINVAL: no git tree. @dir may be a folder within the tree. */
int git_open(const char *dir, struct git_tree *out, struct err *e);
void git_close(struct git_tree *t);
#define _cleanup_git_ __attribute__((cleanup(git_close)))

/* The commit that @rev names; -ENOENT if there is none, -EINVAL if it is something else. */
int git_find_commit(const struct git_tree *t, const char *rev, struct git_commit *out,
		    struct err *e);
/* Id of the tree object of a commit, malloc'ed. */
int git_find_tree(const struct git_tree *t, const char *commit, char **out, struct err *e);
void git_commit_free(struct git_commit *c);
#define _cleanup_git_commit_ __attribute__((cleanup(git_commit_free)))
/* A commit's id, as short as people write it. */
#define GIT_SHORT 12

/* Whether the commit has the file or folder @path; also false if that cannot be told. */
bool git_has(const struct git_tree *t, const char *commit, const char *path);
/* Whether tracked files differ from the commit that is checked out; false if it cannot be told. */
bool git_is_dirty(const struct git_tree *t);

/*
 * "git -C DIR WORDS..." on the repository that DIR is in, by way of a view (kernel/git/git_view.h):
 * whatever it writes beside objects is lost. Appends what it prints to @out (may be NULL). The exit
 * status, or -errno; with @strict a status but 0 is -EIO, with what git complained of.
 */
int git_run(const char *dir, const char *const *words, bool strict, struct buf *out, struct err *e);
/* The same on a repository that we made ourselves, in @dir. */
int git_run_own(const char *dir, const char *const *words, bool strict, struct buf *out,
		struct err *e);

#endif
