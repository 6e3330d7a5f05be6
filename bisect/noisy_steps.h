/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All the steps of a series where measurements are noisy: a noisy search (bisect/noisy_search.h),
 * then a look at both sides of what it names. If they do differ, it is a step. If one of them is
 * not at its end's level, there is a level between, and each part of the series that begins and
 * ends at different levels is searched by itself. The part's ends are run again in every look, and
 * all that is concluded follows from differences within looks. Pure, as the searches are.
 */
#ifndef BISECT_NOISY_STEPS_H
#define BISECT_NOISY_STEPS_H

#include "bisect/noisy_search.h"

#define NOISY_STEPS_MAX 16
/* Runs of a search, unless told; it gives up earlier than one that stands alone: with a level
 * between, it wanders. Then so many looks, of up to four runs each. */
#define NOISY_STEPS_RUNS 160
#define NOISY_STEPS_LOOKS 48

struct noisy_step {
	size_t last_good, first_bad; /* both measured; what lies between was not, or cannot tell */
	double old_value, new_value; /* their levels, by runs made for that */
	double probability;	     /* of the culprit being in (last_good, first_bad] */
	bool verified;		     /* the two differ, by runs made for that */
};

enum noisy_steps_state { NOISY_STEPS_RUNNING, NOISY_STEPS_REFUSED, NOISY_STEPS_DONE };

/* A part of the series that begins and ends at known levels. */
struct noisy_part {
	size_t first, last;
	double good, bad;
};

struct noisy_steps {
	enum noisy_steps_state state;
	size_t count;
	struct noisy_options options;
	struct calibration calibration; /* of the whole series' ends, once made */
	bool *skipped;
	bool *unchanged;			  /* it loads the same as the one before it */
	struct noisy_part parts[NOISY_STEPS_MAX]; /* still to be searched */
	size_t n_parts;
	struct noisy_part part; /* that is searched */
	struct noisy_search search;
	size_t sides[2]; /* that are looked at; sides[0] == sides[1]: none are */
	/* A look: the part's first item, both sides, its last; without what is named twice. */
	size_t look[4], look_items;
	double *looks[4]; /* what each measured, look by look */
	size_t look_at, n_looks, looks_wanted;
	struct noisy_step steps[NOISY_STEPS_MAX]; /* in the order in which they were found */
	size_t n_steps;
	size_t runs; /* after calibration */
};

int noisy_steps_init(struct noisy_steps *s, size_t count, const struct noisy_options *o,
		     struct err *e);
void noisy_steps_free(struct noisy_steps *s);

/* The item to run now, once. False: it is over, see @state and @steps. */
bool noisy_steps_next(struct noisy_steps *s, size_t *item);
/* What that run measured. 0, or -ENOMEM. */
int noisy_steps_feed(struct noisy_steps *s, double value, struct err *e);
/* As noisy_search_unchanged(): the items after @older up to @newer load the same as @older. */
void noisy_steps_unchanged(struct noisy_steps *s, size_t older, size_t newer);
/* It could not be built or measured. An end that cannot be ends it all. */
int noisy_steps_skip(struct noisy_steps *s, struct err *e);

#endif
