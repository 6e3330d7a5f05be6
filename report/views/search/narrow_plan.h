/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What 'narrow' would take, rendered: kernels, downloads, measurements. */
#ifndef REPORT_VIEWS_SEARCH_NARROW_PLAN_H
#define REPORT_VIEWS_SEARCH_NARROW_PLAN_H

#include "base/buf.h"
#include "bisect/forecast.h"
#include "kernel/foresee.h"
#include "scenario/scenario.h"

#include <jansson.h>

struct narrow_plan {
	const struct scenario *scenario;
	const struct kernel_foreseen *kernels; /* oldest first */
	size_t count;
	struct forecast forecast; /* exact: kernels to measure, and bytes to download for them */
	bool timed, all;
	double threshold;
};

/* "slowpath/narrow-plan/1": a new reference, or NULL when out of memory. */
json_t *narrow_plan_json(const struct narrow_plan *p);
int narrow_plan_text(const struct narrow_plan *p, struct buf *out, struct err *e);

#endif
