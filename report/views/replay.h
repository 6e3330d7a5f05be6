/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times of one kernel function's code on this processor, rendered. */
#ifndef REPORT_VIEWS_REPLAY_H
#define REPORT_VIEWS_REPLAY_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/times/replayed.h"
#include "kernel/store/title.h"
#include "replay/native.h"
#include "report/words/tone.h"
#include "scenario/scenario.h"

#include <jansson.h>

struct replay_side_view {
	struct kernel_title title;
	const struct capture *capture;
	const struct replay_result *result;
	const struct replay_times *times; /* of enum replay_caches */
	double items;			  /* of a call */
};

struct replay_view {
	const struct scenario *scenario;
	const char *function, *segment;
	struct replay_side_view sides[2];
	const struct replayed *judged; /* of enum replay_caches; the first decides */
};

/*
 * "F in SEGMENT executes 2.24 times as many instructions; takes 2.00 times as long here (1.99 to
 * 2.01)", to be freed; NULL: no memory.
 */
char *replay_line(const struct replay_view *v);
/* What the verdict says, and why; to be freed, NULL: no memory. */
char *replay_reason(const struct replay_view *v);
/* Of what one call of each side executed. */
double replay_insns_ratio(const struct replay_view *v);
/*
 * {"kind", "ratio", "low", "high", "segment", "replaced", ...}, as compare has it too; with the
 * blocks that it follows from (report/evidence/in_time.h).
 */
json_t *replay_time_json(const struct replay_view *v);
/* Adds all of slowpath/replay/1 but what every document begins with. */
int replay_json(const struct replay_view *v, json_t *doc, struct err *e);
int replay_text(const struct replay_view *v, const struct text_style *style, struct buf *out,
		struct err *e);

#endif
