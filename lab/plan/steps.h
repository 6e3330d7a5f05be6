/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boots of an experiment, in the order in which they are to be made: scenario after scenario,
 * of each every CPU count, of each every block, and in a block the arms in their drawn order. So
 * the arms take turns, and what an interrupted experiment has is whole blocks but one.
 */
#ifndef LAB_PLAN_STEPS_H
#define LAB_PLAN_STEPS_H

#include "lab/plan/experiment.h"

struct step {
	unsigned scenario; /* index into the experiment's */
	unsigned cpus;	   /* of the guest */
	unsigned block, position;
	unsigned arm; /* index into the experiment's */
};

struct steps {
	struct step *items;
	size_t count;
};

/* Pure, and the same for every reading of the same profile. -ENOMEM is the one error. */
int steps_make(const struct experiment *x, struct steps *out, struct err *e);
void steps_free(struct steps *s);
#define _cleanup_steps_ __attribute__((cleanup(steps_free)))

/* What the steps of one scenario at one CPU count achieve. */
void steps_effect(const struct experiment *x, const struct steps *s, unsigned scenario,
		  unsigned cpus, struct order_effect *out);

#endif
