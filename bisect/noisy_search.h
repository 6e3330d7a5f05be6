/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of an ordered list of kernels made things slower, where measurements are noisy: a Bayesian
 * search. Pure: who asks runs, and feeds what came of it, one run at a time.
 *
 * First the ends are calibrated (bisect/calibration.h); ends that do not differ are refused. Then
 * every item after the first is the culprit with some probability, and the item is visited that
 * parts the probability best. Before each run of it one of the ends is run, in turn, so that a
 * machine that changes is seen to: bisect/noisy_filter.h has what runs tell. A run's variance is
 *
 *     sd^2 + sd^2 / runs of calibration.
 *
 * sd starts with the calibration's, and follows the visits' own residuals: what one boot differs by
 * is not all that builds differ by. An item that cannot be measured tells nothing and keeps its
 * probability.
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
#include "bisect/noisy_filter.h"

#include <stdbool.h>
#include <stddef.h>

#define NOISY_STOP 0.99
#define NOISY_CREDIBLE 0.95

struct noisy_options {
	double smallest; /* difference of the ends that matters, in units of the values */
	size_t runs_max; /* after calibration, of the ends too; 0: 400, or 200 if steady */
	/* Runs of an item before another is chosen, at least: more where items are costly. */
	size_t visit_runs;
	bool steady; /* the machine does not change: ends are not run again */
};

enum noisy_state {
	NOISY_CALIBRATING,
	NOISY_SEARCHING,
	NOISY_REFUSED,	    /* the ends do not differ, or one of them cannot be measured */
	NOISY_NAMED,	    /* with probability .99 */
	NOISY_CREDIBLE_SET, /* runs_max is spent */
};

struct noisy_run {
	size_t item;
	double value;
	double offset; /* of the machine, as it seemed then */
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
	struct noisy_run *log; /* after calibration, runs of the ends included */
	size_t runs;
	struct noisy_filter filter;
	double filter_sd; /* that it was made with */
	size_t item;	  /* that is being visited */
	size_t item_runs; /* of it, in this visit */
	bool end_due;	  /* an end is run next */
	bool end_bad;	  /* which end was it the last time */
};

/* -EINVAL for fewer than two items: the first is the good end, the last the bad one. */
int noisy_search_init(struct noisy_search *s, size_t count, const struct noisy_options *o,
		      struct err *e);
void noisy_search_free(struct noisy_search *s);
/*
 * Before anything is fed: how likely an item is the culprit, beside others; 1 unless told. Kept
 * above 0.
 */
void noisy_search_prior(struct noisy_search *s, size_t item, double weight);
/*
 * The items after @older up to @newer load the same as @older: none of them is the culprit. At any
 * time; a visit is begun anew.
 */
void noisy_search_unchanged(struct noisy_search *s, size_t older, size_t newer);
/* In place of calibrating here. 0, or -ENOMEM. */
int noisy_search_calibrated(struct noisy_search *s, const struct calibration *c, size_t runs,
			    struct err *e);

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
