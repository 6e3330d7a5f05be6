/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A series of kernels and its steps, rendered. */
#ifndef REPORT_VIEWS_SEARCH_NARROW_H
#define REPORT_VIEWS_SEARCH_NARROW_H

#include "base/buf.h"
#include "base/err.h"
#include "bisect/narrow.h"
#include "report/words/tone.h"

#include <jansson.h>

struct narrow_view {
	const char *id;
	const char *mode; /* exact, near-exact, timed, emulated */
	const struct scenario *scenario;
	const struct narrow *narrow;
	const char *qemu_version;
	const char *cpu_model; /* NULL: not known */
	double threshold;      /* fraction of the older side */
	double total_seconds;
	unsigned cpus;
};

/* The document of interface "slowpath/narrow/1": a new reference, or NULL when out of memory. */
json_t *narrow_json(const struct narrow_view *v);
/* The series drawn as bars, and its steps; @top functions of each are listed. */
int narrow_text(const struct narrow_view *v, unsigned top, const struct text_style *style,
		struct buf *out, struct err *e);

#endif
