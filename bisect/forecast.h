/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a search over a series will take, before it is made. Pure. */
#ifndef BISECT_FORECAST_H
#define BISECT_FORECAST_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Items that are measured, and what of their weights comes together. */
struct forecast_part {
	double items, weight;
};

struct forecast {
	struct forecast_part ends; /* what is measured in any case; all there is to it if the ends
				    * do not differ */
	struct forecast_part one_step; /* in the mean over all places of one step */
	struct forecast_part most;     /* there are steps everywhere */
};

/*
 * Of an exact search over @count items that takes two at a time: it is made for each place that one
 * step can have. @weights: of each item, such as bytes to fetch. @all: every item is measured. 0,
 * -EINVAL for fewer than two items, or -ENOMEM.
 */
int forecast_exact(const uint64_t *weights, size_t count, bool all, struct forecast *out,
		   struct err *e);

#endif
