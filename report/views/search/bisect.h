/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_VIEWS_SEARCH_BISECT_H
#define REPORT_VIEWS_SEARCH_BISECT_H

#include "base/buf.h"
#include "report/words/tone.h"

#include <jansson.h>

/* The document of "slowpath/bisect/1" as text. */
void bisect_text(const json_t *document, const struct text_style *style, struct buf *out);

#endif
