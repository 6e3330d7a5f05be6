/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commits between two, as a chain: each is a parent of the next, so that whatever one has, all
 * that follow have too. Where history forks, the chain stays with the first parent if that comes
 * from the start; what a merge brought in beside is a chain of its own (history_beside()).
 */
#ifndef KERNEL_GIT_HISTORY_H
#define KERNEL_GIT_HISTORY_H

#include "kernel/git/git.h"

#include <stddef.h>

struct history {
	char **ids; /* owned; oldest first, both ends included */
	bool *merge;
	size_t count;
};

/*
 * From @good to @bad, ids in full. -EINVAL, and what is wrong, if they are the same, swapped (bad
 * is an ancestor of good), on different branches, or of unrelated histories.
 */
int history_chain(const struct git_tree *t, const char *good, const char *bad, struct history *out,
		  struct err *e);
/*
 * Leaves of a chain the commits that changed something below @paths (NULL-terminated), as against
 * the one before, and both ends.
 */
int history_limit(const struct git_tree *t, struct history *h, const char *const *paths,
		  struct err *e);
/*
 * The chain that @merge brought in beside @parent, by its parent number @n (0: the first that is
 * not
 * @parent), from where it left @parent's history; none (count 0) if it brought nothing. -ENOENT if
 * there is no such parent.
 */
int history_beside(const struct git_tree *t, const char *merge, const char *parent, size_t n,
		   struct history *out, struct err *e);
void history_free(struct history *h);
#define _cleanup_history_ __attribute__((cleanup(history_free)))

#endif
