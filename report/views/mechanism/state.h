/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of the pages before the windows, and what came of the work, rendered. */
#ifndef REPORT_VIEWS_MECHANISM_STATE_H
#define REPORT_VIEWS_MECHANISM_STATE_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/counts/comparison.h"
#include "report/words/tone.h"

#include <jansson.h>

struct state_view {
	const char *scenario;
	const char *titles[2]; /* old, new; [1] NULL: one kernel */
	const struct comparison *comparison;
};

/*
 * Adds "same", "checks" and "outcomes" to @doc; an entry has "old" and "new", or of one kernel
 * "value".
 */
int state_json(const struct state_view *v, json_t *doc, struct err *e);
int state_text(const struct state_view *v, const struct text_style *style, struct buf *out,
	       struct err *e);

#endif
