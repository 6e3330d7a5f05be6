/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run whose windows are traced, for a model of a processor to go through: nothing is counted.
 */
#ifndef LAB_TRACED_H
#define LAB_TRACED_H

#include "lab/run.h"

/* What the plugin wrote (proto/trace.h): a file that nobody else has any more. */
struct traced {
	const uint64_t *words;
	size_t n_words;
	bool regions; /* asked for: the windows are a program's regions of interest */
};

/* The iterations that are traced: the first ones warm what the last one finds. */
#define TRACED_ITERATIONS 2

/*
 * As exact_measure(), with TRACED_ITERATIONS traced in q->traced, which the caller frees whether
 * this fails or not, and the symbols of all that was executed kept.
 */
int traced_measure(const struct lab *lab, const struct run_request *q, struct run *run,
		   struct err *e);
void traced_free(struct traced *t);

#endif
