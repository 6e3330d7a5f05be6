/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else was executed (judge/counts/events.h), in the text and the document of a comparison. */
#ifndef REPORT_VIEWS_EVENTS_H
#define REPORT_VIEWS_EVENTS_H

#include "base/buf.h"
#include "judge/counts/events.h"
#include "report/words/table.h"

#include <jansson.h>

/* Members "events" and "string_work"; null both where they are not known. */
void events_json(json_t *doc, const struct events *x);
/* Two rows more of the table of metrics: without string functions, and with strings by steps. */
void events_metrics(const struct events *x, struct table *t);
/* What is to be said below that table: how much of the work the metric leaves out. */
void events_outside(const struct events *x, const struct text_style *style, struct buf *b);
/* The events that differ, as a table; nothing if none does. */
void events_text(const struct events *x, const char *item, const struct text_style *style,
		 struct buf *b);

#endif
