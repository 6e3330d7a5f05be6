/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which metrics of a scenario a verdict is claimed for; the others describe. */
#ifndef JUDGE_TABLE_PRIMARY_H
#define JUDGE_TABLE_PRIMARY_H

#include "judge/table/options.h"
#include "judge/table/rows.h"

/* Either all metrics SEGMENT_..., or one. */
struct primary {
	const char *segment; /* NULL: metric */
	uint32_t metric;
};

/* Of the scenario whose first row (of a sorted table) is @at; see struct judge_options. */
struct primary primary_choose(const struct rows *t, const struct judge_options *o, size_t at);
bool primary_is(const struct rows *t, const struct primary *p, uint32_t metric);

#endif
