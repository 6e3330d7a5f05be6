/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the traces of two kernels to what a model says of them. */
#ifndef DRIVE_ESTIMATING_H
#define DRIVE_ESTIMATING_H

#include "lab/traced.h"
#include "model/estimate.h"
#include "symbols/symbols.h"

struct estimating_side {
	const struct traced *traced;
	const struct symbols *symbols;
	struct estimate estimate;
	struct err err; /* code 0: there is an estimate */
};

/* Both at once; what goes wrong with one is in its err. -errno if not even that can be tried. */
int estimate_sides(const struct model *m, struct estimating_side sides[2], struct err *e);

/* The model of that name among those that came with the program, or of a file (with a slash). */
int estimating_model(const char *models_dir, const char *name, struct model *out, struct err *e);

#endif
