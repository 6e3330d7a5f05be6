/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user's work tree as it lies, as an object of git's: what is committed, staged, changed, taken
 * away, and not ignored. Nothing of the repository is written to (git sets the time of an object
 * that it would have written had it not been there), and nothing that its configuration or
 * attributes name is run.
 */
#ifndef KERNEL_GIT_WORKTREE_H
#define KERNEL_GIT_WORKTREE_H

#include "kernel/git/git.h"

#include <stddef.h>

struct git_snapshot {
	struct git_commit head;
	char *tree;	/* id of the tree object */
	size_t changed; /* files that differ from HEAD; 0: the tree is HEAD's */
};

/*
 * New objects go to the folder @objects, which borrows those of @t. Links are kept as links, and
 * what lies in a repository within is left as HEAD has it. -EBUSY, with the files, if there are
 * conflicts that nobody has settled; -EINVAL if the repository is bare.
 */
int git_snapshot(const struct git_tree *t, const char *objects, struct git_snapshot *out,
		 struct err *e);
void git_snapshot_free(struct git_snapshot *s);
#define _cleanup_git_snapshot_ __attribute__((cleanup(git_snapshot_free)))

#endif
