/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Costs by what was written, rendered. */
#ifndef REPORT_VIEWS_MECHANISM_LINES_H
#define REPORT_VIEWS_MECHANISM_LINES_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/line_deltas.h"
#include "report/words/tone.h"

#include <jansson.h>

struct lines_view {
	const struct attribution *attribution; /* of the same runs; names the segments */
	const struct line_deltas *deltas;      /* NULL: none, and @missing says why */
	const char *missing[2];		       /* old, new; NULL: nothing is */
};

/* The member "lines" of a document. NULL: no memory. */
json_t *lines_json(const struct lines_view *v);
/* @top functions are listed, each with a few lines. */
void lines_text(const struct lines_view *v, unsigned top, const struct text_style *style,
		struct buf *out);

#endif
