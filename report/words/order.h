/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order that was asked for, and the one that came of it. */
#ifndef REPORT_WORDS_ORDER_H
#define REPORT_WORDS_ORDER_H

#include "lab/plan/steps.h"

#include <jansson.h>

/*
 * {"requested", "seed", "effective", "groups": [{"scenario", "cpus", "effective", "counts"}]} of
 * steps, planned or made; counts say how often each arm stood in each position. A new reference, or
 * NULL when out of memory.
 */
json_t *order_json(const struct experiment *x, const struct steps *steps);

#endif
