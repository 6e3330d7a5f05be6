/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict that may come early: blocks are judged at a few looks agreed beforehand (10, 20 and 40
 * by default), each at alpha divided by the number of looks, so that looking often does not find
 * what is not there (Bonferroni over looks). Below 10 blocks no look is possible: the smallest
 * two-sided p of n differences, 2^(1-n), must be below alpha / 3 = .0033, and 2^(1-10) = .00195 is.
 *
 * Where several metrics are claimed together, a change ends the looking before the last look only
 * if it would stand among all of them (alpha divided by their number too): what stopped early has
 * no more blocks to win its case with.
 */
#ifndef JUDGE_TIMES_SEQUENTIAL_H
#define JUDGE_TIMES_SEQUENTIAL_H

#include "judge/times/signed_rank.h"
#include "judge/table/verdict.h"

#include <stdbool.h>
#include <stddef.h>

#define SEQUENTIAL_LOOKS_MAX 6

/*
 * Two margins, as ln of a ratio. What a change has to reach may be raised by an A/A control: a
 * machine that differs from itself by so much has no say on less. What counts as equal is what was
 * agreed on before anything was measured, and nothing that is measured moves it: a noisy control
 * would else make "cannot tell" into "equal". While the first is above the second, the machine
 * cannot vouch for equality at all.
 */
struct sequential_margins {
	double claim; /* a change is claimed from here on */
	double equal; /* an interval within is equality */
};

struct sequential_look {
	unsigned blocks; /* the look is due after so many */
	bool reached;	 /* there were as many */
	size_t n;	 /* differences by then: fewer than blocks if runs failed */
	struct sequential_margins margins;
};

struct sequential_rule {
	struct sequential_look looks[SEQUENTIAL_LOOKS_MAX]; /* ascending */
	size_t n_looks;
	double alpha;
	unsigned claims; /* metrics judged together, at least 1 */
};

/* Looks 10, 20, 40, none reached; alpha .01; 1 %; one claim. */
struct sequential_rule sequential_default(void);
/* One look at a number of blocks fixed beforehand. @margin: both, as ln. */
struct sequential_rule sequential_fixed(unsigned blocks, double margin);
/* Marks the looks that @n blocks without a failed run reach. */
void sequential_reach(struct sequential_rule *rule, size_t n);

struct sequential {
	/* Else more blocks are needed, and verdict is `inconclusive`. */
	bool decided;
	enum verdict verdict;
	size_t look;		  /* the one that decided or came last, from 1; 0: there was none */
	double alpha;		  /* of a look */
	struct signed_rank ranks; /* there, in logarithms; interval at 1 - alpha */
	/* The smallest change that this look could have seen: half-width of the interval, as ln. */
	double detectable;
};

/*
 * Judges differences d = ln y_new - ln y_old, in the order of their blocks, at the looks that are
 * reached. *out is all zero but for alpha, with `inconclusive`, if there was no look or no
 * difference yet. 0, or -ENOMEM. @tables as of signed_rank().
 */
int sequential_judge(const struct sequential_rule *rule, const double *d,
		     struct signed_rank_tables *tables, struct sequential *out);

/* The verdict of an interval and p at @alpha. */
enum verdict sequential_verdict(double low, double high, double estimate, double p, double alpha,
				struct sequential_margins m);

#endif
