/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the database holds, rendered: the list of experiments, and one of them. */
#ifndef REPORT_VIEWS_SHOW_H
#define REPORT_VIEWS_SHOW_H

#include "base/buf.h"
#include "report/words/tone.h"
#include "store/record.h"

#include <jansson.h>

/*
 * The verdict of a whole experiment: of its results, or where it has none, of judging its runs.
 * NULL: nothing was concluded, and nothing can be. Not owned.
 */
const char *record_verdict(const struct record *r);

/*
 * Its claims (report/views/claims.h), of its results, or where it has none, of judging its runs. A
 * new reference; NULL: out of memory.
 */
json_t *record_claims(const struct record *r);

/* "slowpath/show/1": a new reference, or NULL when out of memory. */
json_t *show_json(const struct record *r);
/* Texts from guests and users are made printable. */
void show_text(const struct record *r, const struct text_style *style, struct buf *out);

#endif
