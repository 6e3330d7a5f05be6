/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An exact search (bisect/exact_search.h) over a chain of commits. Nothing is measured here: the
 * caller is asked for one commit after the other.
 */
#ifndef BISECT_EXACT_COMMITS_H
#define BISECT_EXACT_COMMITS_H

#include "bisect/commits.h"
#include "reading/reading.h"

struct commit_value {
	bool known; /* false: cannot be built or measured */
	struct reading reading;
};

/*
 * Measures a commit; asked about one that it was asked before, it should know. 0 with *out filled,
 * or -errno, which ends the search.
 */
typedef int (*commit_measure_fn)(void *arg, const char *commit, struct commit_value *out,
				 struct err *e);

/*
 * Of two commits that were measured and whose values do not tell: whether they differ by a part
 * that is exact of both (reading/parts.h), and in which direction.
 */
typedef bool (*commit_part_fn)(void *arg, const char *older, const char *newer, bool *slower);

struct exact_commits {
	double threshold; /* of a change that matters, as a fraction of the older side */
	commit_measure_fn measure;
	commit_part_fn part; /* may be NULL */
	void *arg;
	size_t undecided; /* out: exact_search_undecided() of all chains */
};

/* A chain_search_fn; @arg is a struct exact_commits, whose undecided grows. */
int exact_commits_search(void *arg, const struct history *chain, struct chain_step *steps,
			 size_t *n, struct err *e);

#endif
