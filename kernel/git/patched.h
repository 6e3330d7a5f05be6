/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A commit with patches on top of it, as a tree object of git's. Nothing is checked out, and
 * nothing of the repository is written to (git sets the time of an object that it would have
 * written had it not been there).
 */
#ifndef KERNEL_GIT_PATCHED_H
#define KERNEL_GIT_PATCHED_H

#include "kernel/git/git.h"

#include <stddef.h>

/*
 * What a commit changed of its parent (of a merge: of its first), as a patch that git_patched()
 * takes; with @undo, what takes that out again. -EINVAL if it has no parent or changed no file.
 */
int git_patch_of(const struct git_tree *t, const char *commit, bool undo, struct buf *out,
		 struct err *e);

struct git_patched {
	char *tree;	/* id of the tree object */
	size_t changed; /* files that differ from the commit; 0: the tree is the commit's */
};

/*
 * The files of @commit with @patches applied one after the other, each either as it stands or,
 * where the repository has the files that it was made of, by a merge of three. New objects go to
 * the folder @objects, which borrows those of @t. -ESTALE if one does not apply; *failed (may be
 * NULL) is then its place.
 */
int git_patched(const struct git_tree *t, const char *objects, const char *commit,
		const struct buf *const *patches, size_t n, struct git_patched *out, size_t *failed,
		struct err *e);
void git_patched_free(struct git_patched *p);
#define _cleanup_git_patched_ __attribute__((cleanup(git_patched_free)))

#endif
