/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cost vectors of two kernels, rendered. */
#ifndef REPORT_VIEWS_MECHANISM_ATTRIBUTE_H
#define REPORT_VIEWS_MECHANISM_ATTRIBUTE_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/attribution.h"
#include "judge/counts/comparison.h"
#include "report/words/tone.h"

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
/* What changed in functions, of which @top are listed, and whether the states were the same. */
int attribute_text(const struct attribute_view *v, unsigned top, const struct text_style *style,
		   struct buf *out, struct err *e);
/* What changed in the whole and in its segments. */
void attribute_totals(const struct attribute_view *v, const struct text_style *style,
		      struct buf *out);

#endif
