/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cost vectors of two kernels, rendered. */
#ifndef REPORT_VIEWS_ATTRIBUTE_H
#define REPORT_VIEWS_ATTRIBUTE_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/attribution.h"
#include "judge/counts/comparison.h"

#include <jansson.h>

struct attribute_view {
	const struct scenario *scenario;
	const struct kernel *kernels[2]; /* old, new */
	const struct comparison *comparison;
	const struct attribution *attribution;
};

/*
 * Adds to @doc: "mode", "unit", "classes", "segments", "functions", "unattributed", "state". 0, or
 * -ENOMEM.
 */
int attribute_json(const struct attribute_view *v, json_t *doc, struct err *e);
/* @top functions are listed. */
int attribute_text(const struct attribute_view *v, unsigned top, struct buf *out, struct err *e);

#endif
