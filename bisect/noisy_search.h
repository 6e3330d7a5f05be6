/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of an ordered list of kernels made things slower, where measurements are noisy: a Bayesian
 * search. Pure: who asks runs, and feeds what came of it, one run at a time.
 *
 * First the ends are calibrated (bisect/calibration.h); ends that do not differ are refused. Then
 * every item after the first is the culprit with some probability, and the item is visited that
 * parts the probability best. A visit with mean y of r runs changes the odds of "bad" against
 * "good" by
 *
 *     exp(((y - good)^2 - (y - bad)^2) / 2 s^2),   s^2 = sd^2 / r + sd^2 / runs of calibration,
 *
 * but for a share of wild runs that is reckoned with, and clipped to +-6 in the exponent, so that
 * no single visit decides. sd starts with the calibration's, and follows the visits' own residuals:
 * what one boot differs by is not all that builds differ by. An item that cannot be measured tells
 * nothing and keeps its probability.
 *
 * The search ends when items that nothing measurable parts have probability .99 together, or when
 * it has made as many runs as it may; then the smallest set with .95 is what is known.
 *
 * All that it does follows from what it is fed: a search is resumed by feeding it the same again.
 */
#ifndef BISECT_NOISY_SEARCH_H
#define BISECT_NOISY_SEARCH_H

#include "base/err.h"
#include "bisect/calibration.h"

#include <stdbool.h>
#include <stddef.h>

#define NOISY_STOP 0.99
#define NOISY_CREDIBLE 0.95
#define NOISY_CLIP 6

struct noisy_options {
	double smallest; /* difference of the ends that matters, in units of the values */
	size_t runs_max; /* after calibration; 0: 200 */
};

enum noisy_state {
	NOISY_CALIBRATING,
	NOISY_SEARCHING,
	NOISY_REFUSED,	    /* the ends do not differ, or one of them cannot be measured */
	NOISY_NAMED,	    /* with probability .99 */
	NOISY_CREDIBLE_SET, /* runs_max is spent */
};

struct noisy_visit {
	size_t item;
	double mean;
};

struct noisy_search {
	enum noisy_state state;
	size_t count;
	struct noisy_options options;
	double *prior;	   /* of each item being the culprit, not normalised, never 0; [0] unused */
	double *posterior; /* the same, normalised */
	bool *skipped;
	double *calibration_values; /* good, bad, good, bad... */
	size_t n_calibration;
	struct calibration calibration;
	double sd; /* of a run, by all that was seen */
	size_t runs_a_visit;
	struct noisy_visit *visits;
	size_t n_visits;
	double sum;	  /* of the visit that is under way */
	size_t sum_runs;  /* of these, how many */
	size_t item;	  /* that is being visited */
	bool control_due; /* an end is run before the item, as the machine drifts */
	bool control_bad; /* which end was it the last time */
	double offset;	  /* by what the machine is off now */
	size_t runs;	  /* after calibration, controls included */
};

/* -EINVAL for fewer than two items: the first is the good end, the last the bad one. */
int noisy_search_init(struct noisy_search *s, size_t count, const struct noisy_options *o,
		      struct err *e);
void noisy_search_free(struct noisy_search *s);
/*
 * Before anything is fed: how likely an item is the culprit, beside others; 1 unless told. One
 * whose image is that of its predecessor gets next to nothing. Kept above 0.
 */
void noisy_search_prior(struct noisy_search *s, size_t item, double weight);
/* In place of calibrating here. */
void noisy_search_calibrated(struct noisy_search *s, const struct calibration *c, size_t runs);

/* The item to run now, once. False: the search has ended, see @state. */
bool noisy_search_next(struct noisy_search *s, size_t *item);
/* What that run measured. 0, or -ENOMEM. */
int noisy_search_feed(struct noisy_search *s, double value, struct err *e);
/* It could not be built or measured. An end that cannot be ends the search. */
void noisy_search_skip(struct noisy_search *s);

/*
 * The smallest set of items that holds the culprit with @probability, the most likely first:
 * writes at most @count - 1 indexes, returns how many; *got, if wanted, is its probability.
 */
size_t noisy_search_set(const struct noisy_search *s, double probability, size_t *items,
			double *got);

/*
 * What lies closest around the set with NOISY_STOP and can be measured: *older precedes the
 * culprit, *newer is it or follows it.
 */
void noisy_search_around(const struct noisy_search *s, size_t *older, size_t *newer);

#endif
