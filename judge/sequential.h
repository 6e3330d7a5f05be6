/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict that may come early: blocks are judged at a few looks agreed beforehand (10, 20 and 40
 * by default), each at alpha divided by the number of looks, so that looking often does not find
 * what is not there (Bonferroni over looks). Below 10 blocks no look is possible: the smallest
 * two-sided p of n differences, 2^(1-n), must be below alpha / 3 = .0033, and 2^(1-10) = .00195 is.
 */
#ifndef JUDGE_SEQUENTIAL_H
#define JUDGE_SEQUENTIAL_H

#include "judge/signed_rank.h"
#include "judge/verdict.h"

#include <stdbool.h>
#include <stddef.h>

#define SEQUENTIAL_LOOKS_MAX 6

struct sequential_rule {
	unsigned looks[SEQUENTIAL_LOOKS_MAX]; /* blocks, ascending */
	size_t n_looks;
	double alpha;
	double least; /* ln of the smallest ratio that matters; more than 0 */
};

/* Looks 10, 20, 40; alpha .01; 1 %. */
struct sequential_rule sequential_default(void);
/* One look at a number of blocks fixed beforehand. */
struct sequential_rule sequential_fixed(unsigned blocks, double least);

struct sequential {
	bool decided; /* else more blocks are needed, and verdict is `inconclusive` */
	enum verdict verdict;
	unsigned blocks;	  /* at the look that decided, or that came last */
	struct signed_rank ranks; /* there, in logarithms; interval at 1 - alpha / looks */
	/* The smallest change that this look could have seen: half-width of the interval, as ln. */
	double detectable;
};

/*
 * Judges @n differences d = ln y_new - ln y_old, in the order of their blocks. *out is all zero
 * with `inconclusive` if there was no look yet. 0, or -ENOMEM.
 */
int sequential_judge(const struct sequential_rule *rule, const double *d, size_t n,
		     struct sequential *out);

#endif
