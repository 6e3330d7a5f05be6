/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A private checkout of the user's repository, below the cache. It borrows the repository's objects
 * (git's alternates) and has its own index and files, so that the user's are never touched and only
 * what differs from the last commit is written: the next build is incremental.
 *
 *   CACHE/build/KEY.lock     held for as long as somebody works there, compilers included
 *   CACHE/build/KEY/src/     the checkout
 *   CACHE/build/KEY/obj-KEY/ built of it, one for each config and compiler
 *   CACHE/build/KEY/log/     what the builds said
 */
#ifndef KERNEL_BUILD_CHECKOUT_H
#define KERNEL_BUILD_CHECKOUT_H

#include "kernel/git/git.h"
#include "kernel/store/note.h"

struct checkout {
	char *root; /* CACHE/build/KEY */
	char *src;
	int lock;     /* the descriptor; -1: not held */
	bool partial; /* the repository is a partial clone */
};

#define CHECKOUT_NONE ((struct checkout){ .lock = -1 })

/* Waits for whoever works there, which is noted. Makes it if it is not there yet. */
int checkout_open(const char *cache, const struct git_tree *t, const struct notes *notes,
		  struct checkout *out, struct err *e);
/*
 * The folder *out (malloc'ed) into which objects may be written that the checkout is to have: those
 * of the repository are found by way of it. Made if it is not there; nobody need hold the lock.
 */
int checkout_objects(const char *cache, const struct git_tree *t, char **out, struct err *e);
/* Puts the files of @commit there, and nothing else; or of the tree object @tree. */
int checkout_switch_tree(const struct checkout *c, const char *tree, struct err *e);
int checkout_switch(const struct checkout *c, const char *commit, struct err *e);
/*
 * Takes the change of @commit out of the files that are there; of a merge, what it brought to its
 * first parent. -ESTALE if that conflicts with what came later.
 */
int checkout_revert(const struct checkout *c, const char *commit, struct err *e);
void checkout_close(struct checkout *c);
#define _cleanup_checkout_ __attribute__((cleanup(checkout_close)))

#endif
