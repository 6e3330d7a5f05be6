/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one build knows of itself before it begins. */
#ifndef KERNEL_BUILD_PLAN_H
#define KERNEL_BUILD_PLAN_H

#include "kernel/build/build.h"
#include "kernel/git/git.h"
#include "kernel/store/configure.h"
#include "kernel/store/title.h"
#include "kernel/store/toolchain.h"

struct build_plan {
	struct git_tree tree;
	struct git_commit commit, revert; /* revert.id: NULL if nothing is */
	char *files;			  /* id of the tree object to build, before the revert */
	struct kernel_commit what;	  /* what the spec says of all this */
	const struct build_config *config;
	struct toolchain tools;
	char *spec, *stamp;
	struct hash_hex obj_key; /* of config and compiler */
};

int build_plan_make(struct kernel_store *st, const struct build_request *q, struct build_plan *p,
		    struct err *e);
/* Of that only the tree, the commit, its files, and what the spec says of them. */
int build_plan_files(struct kernel_store *st, const struct build_request *q, struct build_plan *p,
		     struct err *e);
void build_plan_free(struct build_plan *p);
#define _cleanup_build_plan_ __attribute__((cleanup(build_plan_free)))

/* "28bd1217f75f + changes in 3 files", with the subject and the config. */
struct kernel_title build_plan_title(const struct build_plan *p);

#endif
