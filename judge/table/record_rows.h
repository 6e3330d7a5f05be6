/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recorded experiment, as the judge wants it. */
#ifndef JUDGE_TABLE_RECORD_ROWS_H
#define JUDGE_TABLE_RECORD_ROWS_H

#include "judge/table/options.h"
#include "judge/table/rows.h"
#include "store/record.h"

/*
 * The sides of its kernels in the order that was asked for (a profile's, a series', or old, new and
 * candidate), of which some may have no run; NULL behind the last. Borrows from @r.
 */
const char *record_side(const struct record *r, size_t at);
/*
 * Its raw rows, checked and sorted, kernels in that order. A step that was tried again has a row
 * for every attempt; its block counts with the last good one.
 */
int record_rows(const struct record *r, struct rows *out, struct err *e);
/* As it was asked for: by its profile, or by the command line. Borrows from @r. */
struct judge_options record_judge_options(const struct record *r);

#endif
