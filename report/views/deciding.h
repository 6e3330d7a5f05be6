/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a verdict is about: the metric that decided, and the part of it that is exact. */
#ifndef REPORT_VIEWS_DECIDING_H
#define REPORT_VIEWS_DECIDING_H

#include "base/buf.h"
#include "judge/counts/comparison.h"
#include "report/words/tone.h"

#include <jansson.h>

/* "REGRESSION", and ", exact part" where it is about no more. */
void deciding_verdict(const struct comparison *c, const char *sentence,
		      const struct text_style *style, struct buf *out);
/* "NEW / OLD = 1.0819 in executed instructions per page", without its end. */
void deciding_ratio(const struct comparison *c, const char *item, struct buf *out);
/*
 * "exact in 214 functions: +13.89 of +14.96; the other 9 vary by 2.1, most __free_one_page";
 * nothing where all is exact, or nothing is known.
 */
void deciding_parts(const struct comparison *c, const struct text_style *style, struct buf *out);
/* Members "part" and, where it is known, "exact_part" and "varying_part" of a row. */
void deciding_change_json(const struct reading_change *x, json_t *row);
/* Members "decides", "part", "exact_part", "varying_part" of a document. */
void deciding_json(const struct comparison *c, json_t *doc);

#endif
