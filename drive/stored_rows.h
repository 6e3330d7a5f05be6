/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a stored experiment, as the judge wants them. */
#ifndef DRIVE_STORED_ROWS_H
#define DRIVE_STORED_ROWS_H

#include "judge/table/rows.h"
#include "store/read.h"

/*
 * Reads them into @out, checked and sorted. A step that was tried again has a row for every
 * attempt; its block counts with the last good one.
 */
int stored_rows_read(struct store *s, const char *id, struct rows *out, struct err *e);

#endif
