/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels built from commits of a git tree, out of tree, with one config for all. */
#ifndef KERNEL_BUILD_BUILD_H
#define KERNEL_BUILD_BUILD_H

#include "kernel/git/git.h"
#include "kernel/store/store.h"

#include <stdbool.h>

struct build_request {
	const char *dir; /* a folder of the user's tree */
	/* A commit of it, or what stands behind the '@' of a spec; NULL: the work tree as it lies.
	 */
	const char *rev;
	/* A commit whose change is taken out again; NULL: none. The spec then has "-REVERT". */
	const char *revert;
};

/*
 * The kernel out of the store, else built and stored; *built (may be NULL) says which. A commit
 * that does not build is an error of status ERR_UNMEASURED, and so is a revert that conflicts
 * (-ESTALE).
 */
int build_kernel(struct kernel_store *st, const struct build_request *q, kernel_note_fn note,
		 void *note_arg, struct kernel **out, bool *built, struct err *e);
/* What the store has of a commit, by whatever config, last built first; *out is NULL if nothing. */
int build_stored(struct kernel_store *st, const char *dir, const char *rev, struct kernel **out,
		 struct err *e);
/*
 * The spec (malloc'ed) of what @rev means now, without a config, and the commit that it is of or on
 * top of (may be NULL). Of a work tree, that is its state, which is kept.
 */
int build_pin(struct kernel_store *st, const char *dir, const char *rev, char **spec,
	      struct git_commit *commit, struct err *e);

#endif
