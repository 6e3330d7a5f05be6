/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A repository of ours that shows what another one holds, for one call of git. A repository's own
 * configuration can have git run programs whatever it is asked: to show, to fetch, to filter. So
 * git never gets to read it: its GIT_DIR is a temporary folder with a configuration of ours, in
 * which refs lead to those of the other, and its objects are read where they lie.
 *
 *	TMPDIR/slowpath-git-XXXXXX	locked while in use; those of killed processes are removed
 *by the next that is made
 */
#ifndef KERNEL_GIT_GIT_VIEW_H
#define KERNEL_GIT_GIT_VIEW_H

#include "base/err.h"

/* Where a repository's parts are, absolute. */
struct git_place {
	char *git_dir; /* HEAD and the index of this work tree */
	char *common;  /* what all work trees of the repository share */
	char *objects;
	char *format; /* of object ids: "sha1" or "sha256" */
};

void git_place_free(struct git_place *p);
#define _cleanup_git_place_ __attribute__((cleanup(git_place_free)))

#define GIT_VIEW_SETTINGS 2

struct git_view {
	char *dir; /* NULL: none */
	int lock_fd;
	char *env[4]; /* what makes git look there; the last may be NULL */
	/* "NAME=VALUE" of the user's that name no program, where a view needs them; else NULL */
	char *settings[GIT_VIEW_SETTINGS];
};

#define GIT_VIEW_NONE ((struct git_view){ .dir = NULL, .lock_fd = -1 })

/* @top is the top folder of the work tree, or NULL for a bare repository. */
int git_view_open(const struct git_place *p, const char *top, struct git_view *out, struct err *e);
void git_view_close(struct git_view *v);
#define _cleanup_git_view_ __attribute__((cleanup(git_view_close)))

#endif
