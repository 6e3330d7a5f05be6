/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a candidate closes a gap, rendered. */
#ifndef REPORT_VIEWS_SEARCH_FIXED_H
#define REPORT_VIEWS_SEARCH_FIXED_H

#include "base/buf.h"
#include "judge/why/audit.h"
#include "judge/counts/gap.h"
#include "report/words/tone.h"

#include <jansson.h>

struct fixed_view {
	const char *id;
	const char *mode; /* exact, near-exact, timed */
	const struct scenario *scenario;
	const struct kernel *kernels[3]; /* old, new, candidate */
	const struct gap *gap;
	const struct audit *audit; /* of OLD and the candidate */
	const char *qemu_version;
	const char *cpu_model; /* NULL: not known */
	double threshold;
	unsigned cpus, blocks;
	double total_seconds;
};

/* "slowpath/fixed/1": a new reference, or NULL when out of memory. */
json_t *fixed_json(const struct fixed_view *v);
int fixed_text(const struct fixed_view *v, unsigned top, const struct text_style *style,
	       struct buf *out, struct err *e);

#endif
