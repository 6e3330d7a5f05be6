/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Estimated cycles of two kernels, rendered. */
#ifndef REPORT_VIEWS_MECHANISM_CYCLES_H
#define REPORT_VIEWS_MECHANISM_CYCLES_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/cycles.h"
#include "kernel/store/title.h"
#include "report/words/tone.h"

#include <jansson.h>

struct cycles_view {
	const struct scenario *scenario;
	struct kernel_title titles[2]; /* old, new */
	const struct model *model;
	const struct cycles *cycles;
	bool functions; /* a table of them too */
	unsigned top;
};

/* Adds to @doc: "model", "variants", "segments", "iteration", "functions", "readings". */
int cycles_json(const struct cycles_view *v, json_t *doc, struct err *e);
int cycles_text(const struct cycles_view *v, const struct text_style *style, struct buf *out,
		struct err *e);

#endif
