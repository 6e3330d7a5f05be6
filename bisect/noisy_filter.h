/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs tell of which item is the culprit while the machine itself may change: a filter over
 * the culprit and the machine's offset together (a hidden Markov model; forward algorithm).
 *
 * A run of an item measures good or bad, whichever its level is, plus the offset, plus noise. From
 * run to run the offset drifts a little, and once in a hundred runs it jumps: half of those nearby,
 * half anywhere in reach. So runs of the ends, whose levels are known, tell the offset; runs of
 * others do so, too, as far as they fit one level only; and what could be a jump as well as a
 * culprit counts as that much less. Nothing has to decide whether the load changed.
 *
 * Of the noise a share is wild (five times as far off), and no run is evidence of more than e^6.
 */
#ifndef BISECT_NOISY_FILTER_H
#define BISECT_NOISY_FILTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* No run changes the odds by more than e^6. */
#define NOISY_CLIP 6

/* What a run is held against. */
struct noisy_levels {
	double good, bad, variance; /* of a run about its level, the level's own included */
};

struct noisy_filter {
	size_t count; /* items; the culprit is one of 1 to count - 1 */
	/* Culprits that no run told apart: class j is those above last[j - 1] up to last[j]. */
	size_t n_classes, room;
	size_t *last;
	double *weights; /* room x points: of each offset, not normalised */
	size_t points;	 /* of the offset's grid, odd; 1: there is no offset */
	double step;	 /* of the grid */
	size_t near;	 /* what is nearby, in steps */
	double *scratch; /* points + 1 */
	double *likely;	 /* 2 x points */
};

/*
 * @sd of a run and @separation of the levels make the grid. @steady: the machine does not change.
 * @runs: at most so many different items are run. -ENOMEM is the one error.
 */
int noisy_filter_init(struct noisy_filter *f, size_t count, double sd, double separation,
		      bool steady, size_t runs, struct err *e);
void noisy_filter_free(struct noisy_filter *f);
/* A run of @item measured @value. */
void noisy_filter_run(struct noisy_filter *f, size_t item, double value,
		      const struct noisy_levels *levels);
/* How probable each culprit is by all runs, from its @prior, which need not be normalised. */
void noisy_filter_posterior(const struct noisy_filter *f, const double *prior, double *posterior);
/* The machine's offset, in the mean, if culprits have the given probabilities. */
double noisy_filter_offset(const struct noisy_filter *f, const double *posterior);

#endif
