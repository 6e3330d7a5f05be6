/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A judged table, rendered. */
#ifndef REPORT_JUDGE_H
#define REPORT_JUDGE_H

#include "base/buf.h"
#include "judge/judgement.h"

#include <jansson.h>

/* "slowpath/judge/1": a new reference, or NULL when out of memory. */
json_t *judge_json(const struct rows *t, const struct judgement *j, enum judge_rules rules);
/* Both rule sets side by side, then the warnings. */
int judge_text(const struct rows *t, const struct judgement *j, struct buf *out);

#endif
