/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many iterations are enough: what to measure next, from the spreads of what was measured, and
 * from nothing else. The difference between the sides is not looked at, or N would be chosen for a
 * result.
 *
 * Counts are sharp if three spreads are a third of the threshold or less, on both sides. What is at
 * the edges of phases weighs 1 / N at best, so the first step is one doubling, which tells whether
 * more iterations help at all: some allocators have moods that last longer than any phase. After
 * it, N is raised to what the spread foretells, at once, by four doublings altogether at most.
 *
 * Of fewer than SHARPENING_FEW iterations, edges are all there is, and what they spread by tells
 * nothing, little or much: there N is doubled to SHARPENING_FIRST or more, or as far as half of the
 * budget goes, and the raising begins with that run as if it were the first.
 *
 * A run that ends the raising because it is sharp may be so by luck: it does not count, and a fresh
 * one of as many iterations with other rests is the result, whatever its spread. A run that was the
 * only one, or the last that could be afforded, was not chosen by its spread and counts itself. So
 * where the budget holds as many iterations as are foretold once, but not twice, they are the last.
 */
#ifndef READING_SHARPENING_H
#define READING_SHARPENING_H

#include "reading/reading.h"

#include <stdbool.h>

#define SHARPENING_DOUBLINGS 4
#define SHARPENING_FEW 8
#define SHARPENING_FIRST 32

struct sharpening {
	double target;	 /* a spread, as a share of its value */
	double left;	 /* of the budget, in the unit of the costs that are told */
	double last;	 /* the share before */
	unsigned n;	 /* of the run that was made last, or is to be made */
	unsigned n_max;	 /* the guest holds no more */
	unsigned raised; /* doublings so far, from the first that was of enough */
	unsigned told;	 /* runs */
	unsigned first;	 /* which of these is the first of enough iterations */
	bool confirms;	 /* the run that is to be made has other rests, and is the last */
	bool ends;	 /* it is the last, whatever its spread */
};

enum sharpening_step {
	SHARPENING_TAKE,       /* the last run is the result */
	SHARPENING_TAKE_FIRST, /* s->first is: more iterations do not help */
	SHARPENING_MEASURE,    /* one of n iterations, and tell it */
};

/* @threshold: the smallest change that matters; where that is none, 1 % is aimed at. */
void sharpening_begin(struct sharpening *s, double threshold, unsigned n, unsigned n_max,
		      double budget);
/* The larger spread of both sides, as a share of its value; 0 where both are exact. */
double sharpening_share(const struct reading *old_one, const struct reading *new_one);
/* Of a run of s->n iterations: its share, and what it cost. */
enum sharpening_step sharpening_told(struct sharpening *s, double share, double cost);

#endif
