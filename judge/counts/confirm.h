/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is an exact verdict fragile? Eight perturbations, declared here and nowhere else, each measured
 * on both sides from fresh boots. The verdict stands with 8 of 8 deltas of one sign (sign test,
 * p = 2 * 2^-8 = .0078), |median| at least the threshold and at least 3 MAD. Perturbations that
 * change nothing would make the MAD small; so each delta alone has to reach the threshold too, and
 * none may have changed the state.
 */
#ifndef JUDGE_COUNTS_CONFIRM_H
#define JUDGE_COUNTS_CONFIRM_H

#include "judge/counts/comparison.h"
#include "lab/exact.h"

#include <stdbool.h>
#include <stddef.h>

#define CONFIRM_RUNS 8

struct confirm_plan {
	const char *what;
	struct perturbation perturbation;
};

/* CONFIRM_RUNS of them. */
const struct confirm_plan *confirm_plans(void);

struct confirmation {
	struct {
		const char *what;
		double delta;	      /* of the iteration's metric */
		bool different_state; /* the perturbed sides did not do the same work */
	} rows[CONFIRM_RUNS];
	size_t count;
	double median_delta, mad; /* MAD without a factor */
	bool confirmed;
};

/* Fills in the rest once all rows stand; @threshold as a fraction of @old_value. */
void confirm_judge(struct confirmation *f, double old_value, double threshold);
/* Lowers a verdict that was not confirmed, or whose opposite was. */
void confirm_apply(struct confirmation *f, struct comparison *c);

#endif
