/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A judged table, rendered. */
#ifndef REPORT_VIEWS_JUDGE_H
#define REPORT_VIEWS_JUDGE_H

#include "base/buf.h"
#include "judge/judgement/judgement.h"
#include "report/words/tone.h"

#include <jansson.h>

/* "slowpath/judge/1": a new reference, or NULL when out of memory. */
json_t *judge_json(const struct rows *t, const struct judgement *j, enum judge_rules rules);
/* One of its rows; NULL also for the baseline, which only mean-cv has a row for. */
json_t *judge_row_json(const struct rows *t, const struct judged_row *r, enum judge_rules rules);
/*
 * The rows as CSV with a header, members as columns. With mean-cv of the published layout: the
 * columns of the published summary, as it writes them.
 */
void judge_csv(const struct rows *t, const struct judgement *j, enum judge_rules rules,
	       struct buf *out);
/*
 * For each scenario and CPU count a table of every metric with verdicts, then one by the published
 * rules; at the end the warnings, of those that say the same only one.
 */
void judge_text(const struct rows *t, const struct judgement *j, const struct text_style *style,
		struct buf *out);

#endif
