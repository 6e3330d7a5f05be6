/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a model says of the traced windows of one kernel: cycles, once for each variant of the
 * model's ensemble, of the last window of each segment, the caches, TLBs and predictors warm from
 * all windows before it.
 */
#ifndef MODEL_ESTIMATE_H
#define MODEL_ESTIMATE_H

#include "model/model.h"
#include "model/notes.h"
#include "proto/marker.h"

#define ESTIMATE_VARIANTS_MAX 32

struct segment_estimate {
	bool there; /* it has two windows or more */
	struct window_counts counts;
	double cycles[ESTIMATE_VARIANTS_MAX]; /* of the window */
	double serial_share; /* of the cycles as the file has it: of what executes alone */
	/* By function, in the window: owned, struct estimate has their number. */
	uint64_t *insns;
	double *function_cycles; /* as the file has it */
};

struct estimate {
	struct segment_estimate segments[MARKER_SEGMENTS];
	size_t n_functions;
	unsigned n_variants;
};

/* @n_functions: numbers of functions in the trace are below that. */
int estimate_make(const struct model *m, const struct trace *t, size_t n_functions,
		  struct estimate *out, struct err *e);
void estimate_free(struct estimate *x);

#endif
