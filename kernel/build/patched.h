/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A commit with changes on top that nobody has committed, as a kernel that can be built. */
#ifndef KERNEL_BUILD_PATCHED_H
#define KERNEL_BUILD_PATCHED_H

#include "kernel/git/git.h"
#include "kernel/store/store.h"

#include <stddef.h>

/*
 * The spec (malloc'ed) of @commit, an id in full, with @patches (kernel/git/patched.h) applied one
 * after the other; where they change nothing, that of the commit. The files are kept where builds
 * look for those of a work tree, and nothing is built. -ESTALE with status ERR_UNMEASURED if one
 * does not apply; *failed (may be NULL) is then its place.
 */
int build_patched(struct kernel_store *st, const struct git_tree *t, const char *commit,
		  const struct buf *const *patches, size_t n, char **spec, size_t *failed,
		  struct err *e);

#endif
