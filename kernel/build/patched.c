// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/build/patched.h"

#include "base/cleanup.h"
#include "kernel/build/checkout.h"
#include "kernel/git/patched.h"
#include "kernel/store/handle.h"
#include "kernel/store/title.h"

#include <stdio.h>

int build_patched(struct kernel_store *st, const struct git_tree *t, const char *commit,
		  const struct buf *const *patches, size_t n, char **spec, size_t *failed,
		  struct err *e)
{
	_cleanup_git_patched_ struct git_patched p = { 0 };
	_cleanup_free_ char *objects = NULL;
	struct kernel_commit what = { 0 };
	int r = checkout_objects(st->cache, t, &objects, e);

	if (r == 0)
		r = git_patched(t, objects, commit, patches, n, &p, failed, e);
	if (r < 0)
		return r;
	snprintf(what.id, sizeof(what.id), "%s", commit);
	if (p.changed) {
		what.changed = (unsigned)p.changed;
		snprintf(what.tree, sizeof(what.tree), "%s", p.tree);
	}
	*spec = kernel_commit_spec(t->dir, &what);
	return *spec ? 0 : err_oom(e);
}
