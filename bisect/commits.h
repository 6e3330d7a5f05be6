/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which commits of a git tree change a metric: a search over the chain from good to bad
 * (kernel/git/history.h), and where the change came in by a merge, over what it brought in. How a
 * chain is searched, exactly or against noise, is the caller's choice; nothing is measured here.
 */
#ifndef BISECT_COMMITS_H
#define BISECT_COMMITS_H

#include "base/err.h"
#include "kernel/git/history.h"

#include <stdbool.h>
#include <stddef.h>

/* A step between two commits of a chain, by their places in it. */
struct chain_step {
	size_t last_good, first_bad; /* both measured */
	double old_value, new_value;
	bool slower;	    /* the newer one is, in what decides */
	bool by_part;	    /* which is a part that is exact (reading/parts.h) */
	double probability; /* that it lies between them */
};

/*
 * Finds the steps of a chain, in their order, by measuring what it needs; *steps has room for one
 * step less than the chain has commits. 0 with *n filled, or -errno, which ends it all.
 */
typedef int (*chain_search_fn)(void *arg, const struct history *chain, struct chain_step *steps,
			       size_t *n, struct err *e);

/* A change, as narrowly as could be told. Strings are owned. */
struct culprit {
	char *last_good; /* measured */
	char *first_bad; /* measured */
	char *parent;	 /* of first_bad, in the chain; last_good, unless paths exclude it */
	double old_value, new_value; /* of these two */
	bool slower, by_part;	     /* as of its step */
	bool merge;		     /* first_bad is a merge, and no commit that it brought in */
	char *merged_by;	     /* the merge that brought it into the chain; NULL: none */
	size_t suspects;    /* commits that it may be: first_bad, and any skipped before it */
	double probability; /* that it is one of these */
};

struct commit_search {
	const struct git_tree *tree;
	const char *const *paths; /* NULL-terminated; NULL: all */
	chain_search_fn search;	  /* bisect/exact_commits.h or bisect/noisy_commits.h */
	void *arg;
};

struct culprits {
	struct culprit *items; /* owned; oldest first */
	size_t count;
	size_t commits; /* between good and bad that were searched, merged ones included */
};

/*
 * @chain is from good to bad, both of which differ. What is found is never the wrong side of a
 * merge: a merge is named only if what it brought in does not have the change by itself.
 */
int commits_search(const struct commit_search *s, const struct history *chain, struct culprits *out,
		   struct err *e);
void culprits_free(struct culprits *c);
#define _cleanup_culprits_ __attribute__((cleanup(culprits_free)))

#endif
