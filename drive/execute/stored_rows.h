/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a stored experiment, as the judge wants them. */
#ifndef DRIVE_EXECUTE_STORED_ROWS_H
#define DRIVE_EXECUTE_STORED_ROWS_H

#include "judge/table/rows.h"
#include "store/record.h"
#include "store/read.h"

/*
 * Reads them into @out, checked and sorted. A step that was tried again has a row for every
 * attempt; its block counts with the last good one.
 */
/* @metric: what decides instead of what the experiment says (scenario/metric.h); may be NULL. */
int stored_rows_read(struct store *s, const char *id, const char *metric, struct rows *out,
		     struct err *e);
/* The record that its rows are made of: with functions, where these have a say in the verdict. */
int stored_rows_load(struct store *s, const char *id, const char *metric, struct record *out,
		     struct err *e);

#endif
