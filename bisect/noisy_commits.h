/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A noisy search (bisect/noisy_steps.h) over a chain of commits. Nothing is measured here: the
 * caller is asked for images and for single runs, in an order that follows from the answers alone.
 * Given the same answers again, it asks the same again, and that is how it is resumed.
 *
 * A commit that cannot be had tells nothing and stays a suspect. Commits between two of one image
 * are none.
 */
#ifndef BISECT_NOISY_COMMITS_H
#define BISECT_NOISY_COMMITS_H

#include "base/hash.h"
#include "bisect/commits.h"
#include "bisect/noisy_steps.h"

enum noisy_ends {
	NOISY_ENDS_UNKNOWN,
	NOISY_ENDS_DIFFER,
	NOISY_ENDS_ALIKE,  /* by less than what matters, or than the noise lets see */
	NOISY_ENDS_SAME,   /* they load the same */
	NOISY_ENDS_FAILED, /* one of them cannot be had, or fails again and again */
};

struct noisy_commits {
	struct noisy_options options;
	/* Builds a commit: 1 with what it loads as, 0 if it cannot be had, or -errno. */
	int (*image)(void *arg, const char *commit, struct hash_hex *out, struct err *e);
	/* Runs it once: 1 with what it took, above 0; 0 if the run failed; or -errno. */
	int (*run)(void *arg, const char *commit, double *out, struct err *e);
	void *arg;
	/* Of the chain from good to bad, the first one that is searched: */
	enum noisy_ends ends;
	char *failed_end; /* owned; NULL unless one failed */
	struct calibration calibration;
	size_t calibration_runs; /* of both ends together */
	/* Of all: */
	unsigned chains;
	size_t runs; /* good ones, calibrations included */
};

/*
 * A chain_search_fn; @arg is a struct noisy_commits. Values of steps are as run() gives them. Finds
 * no step if the ends do not differ; -EINVAL if the first chain's bad end is the faster one.
 */
int noisy_commits_search(void *arg, const struct history *chain, struct chain_step *steps,
			 size_t *n, struct err *e);
/* The smallest difference of the ends, as a fraction, that the calibration sees half of the time.
 */
double noisy_commits_detectable(const struct noisy_commits *x);
void noisy_commits_free(struct noisy_commits *x);

#endif
