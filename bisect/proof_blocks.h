/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proof by times: two kernels in blocks, at the looks of judge/sequential.h. Pure. */
#ifndef BISECT_PROOF_BLOCKS_H
#define BISECT_PROOF_BLOCKS_H

#include "bisect/proof.h"
#include "judge/times/sequential.h"

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
