/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which commits of a git tree change a metric, exactly: a search (bisect/exact_search.h) over the
 * chain from good to bad (kernel/history.h), and where the change came in by a merge, over what it
 * brought in. Nothing is measured here: the caller is asked for one commit after the other.
 */
#ifndef BISECT_COMMITS_H
#define BISECT_COMMITS_H

#include "base/err.h"
#include "kernel/history.h"

#include <stdbool.h>
#include <stddef.h>

struct commit_value {
	bool known; /* false: cannot be built or measured */
	double value, spread;
};

/*
 * Measures a commit; asked about one that it was asked before, it should know. 0 with *out filled,
 * or -errno, which ends the search.
 */
typedef int (*commit_measure_fn)(void *arg, const char *commit, struct commit_value *out,
				 struct err *e);

/* A change, as narrowly as could be told. Strings are owned. */
struct culprit {
	char *last_good; /* measured */
	char *first_bad; /* measured */
	char *parent;	 /* of first_bad, in the chain; last_good, unless paths exclude it */
	double old_value, new_value; /* of these two */
	bool merge;		     /* first_bad is a merge, and no commit that it brought in */
	char *merged_by;	     /* the merge that brought it into the chain; NULL: none */
	size_t suspects; /* commits that it may be: first_bad, and any skipped before it */
};

struct commit_search {
	const struct git_tree *tree;
	const char *const *paths; /* NULL-terminated; NULL: all */
	double threshold;	  /* of a change that matters, as a fraction of the older side */
	commit_measure_fn measure;
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
