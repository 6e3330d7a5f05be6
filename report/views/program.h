/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a comparison says of a foreign program: whether it did the same work, and what it printed.
 */
#ifndef REPORT_VIEWS_PROGRAM_H
#define REPORT_VIEWS_PROGRAM_H

#include "report/views/compare.h"

/* The document's member "program": a new reference; NULL when out of memory. */
json_t *program_json(const struct compare_view *v);
/* The lines below the tables. */
void program_text(const struct compare_view *v, const struct text_style *style, struct buf *out);

#endif
