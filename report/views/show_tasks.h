/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other tasks executed beside the measured one, run by run, as the database keeps it. */
#ifndef REPORT_VIEWS_SHOW_TASKS_H
#define REPORT_VIEWS_SHOW_TASKS_H

#include "base/buf.h"
#include "report/words/tone.h"
#include "store/record.h"

#include <jansson.h>

/* A table of all runs; nothing if no other task executed an instruction per item. */
void show_tasks_text(const struct record *r, const struct text_style *style, struct buf *out);
/* Of one run: [{"task", "value", "spread"}] in instructions per item, without limit. */
json_t *show_tasks_json(const struct record_run *run);

#endif
