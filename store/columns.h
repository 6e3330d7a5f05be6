/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of what hangs on a run, for the tables of the database and for the files of a bundle
 * alike: what is added to such a list is written, loaded, put into bundles and read from them. Only
 * schema.sql has them once more, with types and what they mean. Those of the run itself are
 * RUN_COLUMNS in store/record.h.
 */
#ifndef STORE_COLUMNS_H
#define STORE_COLUMNS_H

/* Behind "run", the run's number. */
#define COLUMNS_PRINTED "name,value,spread"
#define COLUMNS_PROGRAM "sha256,words,output,notes,steady,unsteady,region,setup"
#define COLUMNS_STATE "moment,name,value" /* table page_state */

#include "base/buf.h"
#include "lab/run.h"

#include <stddef.h>

/* A number that a run has of each of its phases, of each slot, or of its times. */
struct number_column {
	const char *name;
	size_t offset; /* in struct run, of row 0 */
	size_t step;   /* from a row to the next */
	size_t bytes;  /* 4 or 8 */
};

struct number_table {
	const char *name;
	const char *keys; /* the columns before the numbers, behind "run" */
	const struct number_column *columns;
	size_t count;
};

/* Rows are phases, slots (phase * MARKER_SEGMENTS + segment), and one. */
extern const struct number_table phase_numbers, slot_numbers, timing_numbers;

uint64_t number_get(const struct number_column *c, const struct run *run, size_t row);
void number_set(const struct number_column *c, struct run *run, size_t row, uint64_t value);
/* The largest that it can be: as SQLite has it, or as its member has. */
uint64_t number_max(const struct number_column *c);
/* The keys and the columns, divided by commas. */
void number_names(const struct number_table *t, struct buf *out);

#endif
