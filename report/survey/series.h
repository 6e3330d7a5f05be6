/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each commit of a series costs in each scenario: "slowpath/series/1". */
#ifndef REPORT_SURVEY_SERIES_H
#define REPORT_SURVEY_SERIES_H

#include "base/buf.h"
#include "base/err.h"
#include "report/words/tone.h"

#include <jansson.h>
#include <stddef.h>

/* All strings are owned by whoever has the series. */
struct series_commit {
	char *id, *subject;
	char *spec;	/* of the kernel that was measured; NULL: none of its own was */
	char *reason;	/* it does not build; else NULL */
	size_t same_as; /* the commit whose kernel it is; its own place if it has one */
};

struct series_view {
	const char *id; /* of the experiment; NULL: nothing had to be measured */
	const char *tree;
	double threshold;
	const struct series_commit *commits; /* BASE first */
	size_t count;
	json_t *const *rows; /* of survey_row_json() */
	size_t n_rows;
};

/*
 *	{"schema", "id", "tree", "base", "tip", "threshold", "verdict", "commits", "scenarios"}
 *
 * commits: {"commit", "subject", "status", "same_as", "reason"}, BASE first; status is measured,
 * same or failed. scenarios: {"scenario", "metric", "unit", "item", "cells", "total"}; a cell for
 * every commit: {"commit", "value", "delta", "ratio", "verdict", "since", "reason", "functions"}
 * against the nearest commit before it that has a value (since), null where there is none; total is
 * TIP against BASE. The verdict is regression if one commit's is, inconclusive if one cannot be
 * told, else equivalent. A new reference, or NULL when out of memory.
 */
json_t *series_json(const struct series_view *v);
/* 1: a commit costs more than the threshold; 125: one cannot be told, and none does; else 0. */
int series_exit(const json_t *document);
/* A table a scenario. */
void series_text(const json_t *document, const struct text_style *style, struct buf *out);
/* For b4: [{"tool", "status", "summary", "url", "details"}], one of each commit but BASE,
 * and each of a tool of its own: "slowpath 2/5". */
json_t *series_b4(const json_t *document);

#endif
