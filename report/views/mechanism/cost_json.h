/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cost vectors of both sides, as several parts of a document have them. */
#ifndef REPORT_VIEWS_MECHANISM_COST_JSON_H
#define REPORT_VIEWS_MECHANISM_COST_JSON_H

#include "judge/why/attribution.h"

#include <jansson.h>
#include <stdbool.h>

/* "old", "new", "delta": {CLASS: x} each, of the first @n classes. */
void cost_json_pair(json_t *o, const struct cost_pair *p, enum cost n);
/* "calls_old", "calls_new". */
void cost_json_calls(json_t *o, const struct cost_pair *p);
/* A list of rows [@from, a->n_rows), each with its name. NULL: no memory. */
json_t *cost_json_rows(const struct attribution *a, const struct cost_pair *rows, size_t from,
		       enum cost n, bool with_calls);

#endif
