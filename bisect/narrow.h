/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A series of kernels, what was measured of them, and the steps that come of it. Pure, as the
 * searches are, but for configs that are compared (judge/why/audit.h reads them).
 */
#ifndef BISECT_NARROW_H
#define BISECT_NARROW_H

#include "bisect/exact_search.h"
#include "bisect/noisy_steps.h"
#include "judge/why/audit.h"
#include "judge/counts/comparison.h"
#include "kernel/store/store.h"

struct narrow_item {
	char *spec;	       /* as it was asked for, or expanded; owned */
	struct kernel *kernel; /* NULL until it is known; owned */
	enum search_item_state state;
	/* Of the iteration; timed: the median of runs, and their MAD as its spread. */
	struct reading reading;
	unsigned runs;	/* good ones */
	double *values; /* timed: of each; owned */
	struct run run; /* exact: the measurement; timed: the first good one */
	bool lent;	/* the run is somebody else's */
	char *reason;	/* why it was skipped; owned */
};

struct narrow_step {
	size_t last_good, first_bad; /* items; neighbours among those that were measured */
	bool gradual; /* the ends, whose change no two neighbours between them show */
	double old_value, new_value;
	double probability; /* timed: of it being there; exact: 1 */
	enum verdict verdict;
	char reason[1024];
	bool compared; /* exact: */
	struct comparison comparison;
	struct audit audit;
};

struct narrow {
	struct narrow_item *items; /* oldest first */
	size_t count;
	struct narrow_step *steps; /* oldest first */
	size_t n_steps;
	bool lending;	  /* runs that are handed in now belong to who does, and outlive this */
	bool exact;	  /* every item's reading is */
	size_t undecided; /* neighbours that cannot be told apart, nor be called alike */
	double rest;	  /* what the ends differ by, less all steps: changes below the threshold */
	enum verdict verdict;
	char reason[1024];
};

/* Takes over @specs' strings, and leaves it empty. -ENOMEM, -EINVAL for fewer than two. */
int narrow_init(struct narrow *n, char **specs, size_t count, struct err *e);
void narrow_free(struct narrow *n);

/*
 * Takes over a good run of an item and fills its value and spread by @s's iteration. @run is empty
 * afterwards.
 */
int narrow_measured(struct narrow *n, size_t item, const struct scenario *s, unsigned cpus,
		    struct run *run, struct err *e);
/*
 * One more good run of an item, timed: *value gets what it says. -EPROTO with status
 * ERR_UNMEASURED if the guest's clock cannot tell. @run is taken over in any case.
 */
int narrow_timed(struct narrow *n, size_t item, const struct scenario *s, struct run *run,
		 double *value, struct err *e);
/* An item that could not be built or measured, and why. 0, or -ENOMEM. */
int narrow_skipped(struct narrow *n, size_t item, const char *reason, struct err *e);

/*
 * Whether functions changed by the threshold together between two measured items, whatever they sum
 * up to: what exact_search.hidden asks.
 */
bool narrow_functions_differ(const struct narrow *n, const struct scenario *s, unsigned cpus,
			     double threshold, size_t older, size_t newer);
/* Whether two measured items differ in what is exact of both (reading/parts.h), if not as a whole.
 */
bool narrow_part_differs(const struct narrow *n, const struct scenario *s, unsigned cpus,
			 double threshold, size_t older, size_t newer);
/* What an exact search that has ended comes to: steps with verdicts, and one verdict of all. */
int narrow_conclude(struct narrow *n, const struct exact_search *search, const struct scenario *s,
		    unsigned cpus, struct err *e);
/*
 * Two measured items against each other, wherever they stand, as a step is compared. @out is freed
 * by narrow_step_free(), also after a failure.
 */
int narrow_compare(const struct narrow *n, const struct search_step *at, const struct scenario *s,
		   unsigned cpus, double threshold, struct narrow_step *out, struct err *e);
void narrow_step_free(struct narrow_step *s);
/*
 * narrow_conclude() of a noisy search, over ln of the values: its steps are `suspect` at most, as
 * every kernel is one build, and `inconclusive` where the two sides were not told apart.
 */
int narrow_conclude_timed(struct narrow *n, const struct noisy_steps *search, double threshold,
			  struct err *e);

/* 1 if a step is a regression, or suspect and slower; 125 if nothing can be said; else 0. */
int narrow_exit(const struct narrow *n);

double narrow_ratio(const struct narrow_step *s);

#endif
