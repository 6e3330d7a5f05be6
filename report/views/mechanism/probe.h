/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sizes of batches that a probe saw, rendered. */
#ifndef REPORT_VIEWS_MECHANISM_PROBE_H
#define REPORT_VIEWS_MECHANISM_PROBE_H

#include "base/buf.h"
#include "base/err.h"
#include "kernel/store/title.h"
#include "lab/probed.h"
#include "report/words/tone.h"

#include <jansson.h>

struct probe_view {
	const struct scenario *scenario;
	struct kernel_title title;
	const struct probed *probed;
	/* Where no place could be probed: out of exact counts, per iteration. */
	const char *counted; /* the function whose calls were counted; NULL: there was a probe */
	double calls, mean;
};

/* Why a place cannot be probed, for people: "; no function of that name: ...", or "". */
const char *probe_refusal_text(enum probe_refusal r);
/* Adds "places", "source", "function", "calls", "total", "mean", "classes"... to @doc. */
int probe_json(const struct probe_view *v, json_t *doc, struct err *e);
int probe_text(const struct probe_view *v, const struct text_style *style, struct buf *out,
	       struct err *e);

#endif
