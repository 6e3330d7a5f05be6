/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other tasks executed beside the measured one (judge/counts/tasks.h). */
#ifndef REPORT_VIEWS_TASKS_H
#define REPORT_VIEWS_TASKS_H

#include "base/buf.h"
#include "judge/counts/comparison.h"
#include "report/words/table.h"

#include <jansson.h>

/* A table of tasks, and under each its functions that changed, @top at most; nothing if none ran.
 */
void tasks_text(const struct comparison *c, const char *item, unsigned top,
		const struct text_style *style, struct buf *b);
/* Member "other_tasks". */
void tasks_json(json_t *doc, const struct comparison *c);

#endif
