/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw rows as CSV, one a run and metric, with the columns that 'slowpath judge' reads. */
#ifndef REPORT_BUNDLE_ROWS_CSV_H
#define REPORT_BUNDLE_ROWS_CSV_H

#include "base/buf.h"
#include "store/record.h"

int rows_csv(const struct record *r, struct buf *out, struct err *e);

#endif
