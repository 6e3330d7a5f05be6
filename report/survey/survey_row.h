/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario's row of a survey, as the database keeps it and "slowpath/survey/1" has it. */
#ifndef REPORT_SURVEY_SURVEY_ROW_H
#define REPORT_SURVEY_SURVEY_ROW_H

#include "report/views/search/narrow.h"

/*
 * Of a series that was concluded: a new reference, or NULL when out of memory. Nothing in it is of
 * the time that it took, so the same measurements give the same.
 *
 *	{"scenario", "help", "mode", "metric", "unit", "item", "cpus", "iterations", "threshold",
 *	 "verdict", "reason", "rest", "undecided", "series", "states", "steps"}
 *
 * series: one of every kernel, in their order: {"kernel", "value", "spread", "exact", "why_not",
 * "state", "events"}, or {"kernel", "failed"} where it could not be measured. "state" is an index
 * into states: {"before", "after"}, numbers of pages by their names, without those that the guest
 * could not read. steps: {"last_good", "first_bad", "old", "new", "delta", "ratio", "verdict",
 * "reason", "part", "gradual", "functions", "unattributed", "state", "events", "audit",
 * "config_differences"}; functions are those that changed, all of them, the largest change first;
 * events and audit have what differs.
 */
json_t *survey_row_json(const struct narrow_view *v);
/* One of the steps, or two other kernels of the row that were compared. */
json_t *survey_row_step(const struct narrow_view *v, const struct narrow_step *s);

#endif
