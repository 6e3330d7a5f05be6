/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that CPUs share, of one kernel or two, rendered. */
#ifndef REPORT_VIEWS_MECHANISM_CONTENTION_H
#define REPORT_VIEWS_MECHANISM_CONTENTION_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/why/contention.h"
#include "kernel/store/title.h"
#include "report/words/tone.h"

#include <jansson.h>

struct contention_view {
	const struct scenario *scenario;
	unsigned n; /* kernels: 1 or 2 (old, new) */
	struct kernel_title titles[2];
	const struct contention_side *sides; /* n of them */
	unsigned cpus, top;
};

/* Adds to @doc: "item", "iteration", "segments", "functions". */
int contention_json(const struct contention_view *v, json_t *doc, struct err *e);
int contention_text(const struct contention_view *v, const struct text_style *style,
		    struct buf *out, struct err *e);

#endif
