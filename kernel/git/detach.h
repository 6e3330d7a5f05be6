/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view of a repository that may be written in, and of which nothing goes to the repository. */
#ifndef KERNEL_GIT_DETACH_H
#define KERNEL_GIT_DETACH_H

#include "kernel/git/git_view.h"

/*
 * Makes the view one to write in: its index is a copy, and new objects go to @objects, a folder
 * that borrows those of the place. What the user has ignored is ignored (info/exclude and
 * core.excludesFile), and core.fileMode is the user's.
 */
int git_detach(struct git_view *v, const struct git_place *p, const char *top, const char *objects,
	       struct err *e);

#endif
