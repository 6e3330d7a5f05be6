/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'compare --time' said against a count. The time is of runs that are kept as another
 * purpose's, and nothing that is made of an experiment's rows has it: so whoever makes a claim of
 * them has to know that it was contradicted.
 */
#ifndef REPORT_EVIDENCE_BY_TIME_H
#define REPORT_EVIDENCE_BY_TIME_H

#include "store/record.h"

/*
 * The reason that was kept with the verdict "suspect" of a replayed time, of @scenario or (NULL) of
 * the first that has one; the caller frees it. NULL: nothing contradicts. Foreign text.
 */
char *by_time(const struct record *r, const char *scenario);

#endif
