/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a culprit's proof is worth. Pure. */
#ifndef BISECT_PROOF_H
#define BISECT_PROOF_H

#include "judge/counts/comparison.h"
#include "judge/times/sequential.h"

#include <stdbool.h>
#include <stddef.h>

/* Of the slowdown that a culprit made, what the bad end without it must win back. */
#define PROOF_WON_BACK 0.5

enum proof_status {
	PROOF_PROVEN, /* against its parent, and at least half won back on the bad end */
	PROOF_LIKELY, /* against its parent; it could not be reverted, or is one of several */
	PROOF_NOT_CONFIRMED, /* fresh measurements do not show it */
	PROOF_NO_DIFFERENCE, /* there was nothing to search for */
	PROOF_UNDECIDED,     /* counts do not tell whether there is */
};

/* A fresh measurement of two. */
struct proof_pair {
	bool measured; /* false: one could not be built or measured */
	bool differs;  /* by what matters, and beyond the spread */
	double old_value, new_value;
	/* Of counts: what the functions have that are exact on both sides (reading/parts.h). */
	bool parted;  /* known */
	bool by_part; /* differs says it of them alone, and nothing of the whole */
	double old_part, new_part;
};

/* What a comparison of two runs says of them. */
struct proof_pair proof_pair_of(const struct comparison *c);

/* "proven", "likely", "not confirmed", "no difference", "inconclusive" */
const char *proof_status_name(enum proof_status s);

/*
 * @slower: what the search saw of it. @parent: the commit before against it. @suspects: how many
 * commits it may be. @revert: the bad end against itself without the commit. *won_back: the share
 * of the culprit's own change that this takes away; NAN if that is not known. Where the parent
 * tells by a part that is exact, so does the revert.
 */
enum proof_status proof_judge(bool slower, const struct proof_pair *parent, size_t suspects,
			      const struct proof_pair *revert, double *won_back);

/* The proof by times: two kernels in blocks, at the looks of judge/sequential.h. Pure. */

struct proof_blocks {
	struct proof_pair pair; /* in the unit of the times; not measured: there are no looks yet */
	bool decided;		/* more blocks would change nothing */
	enum verdict verdict;
	double low, high, p; /* of the ratio new / old, at the look */
	size_t n;	     /* blocks at the look */
	char reason[160];
};

/*
 * @n blocks in their order, each with a time of both. @threshold: the smallest change that matters,
 * as a fraction. 0, or -ENOMEM.
 */
int proof_judge_blocks(const double *old_times, const double *new_times, size_t n, double threshold,
		       struct proof_blocks *out);

#endif
