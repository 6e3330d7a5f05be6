/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of the schema, and what their rows hang on, as the database says itself: whatever
 * handles an experiment whole (remove, merge) asks here, so that no list of tables or columns is
 * kept beside schema.sql. Internal to store/.
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include "base/err.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

struct table {
	char *name;
	char *key;    /* column with the id of what a row hangs on; "id" in table experiment */
	bool of_runs; /* it hangs on a run, else on the experiment */
};

struct tables {
	struct table *at; /* experiment, then what hangs on it, then what hangs on runs */
	size_t count;
};

/* -EIO if a table hangs on neither (by its foreign key): it is not our schema. */
int tables_read(sqlite3 *db, struct tables *out, struct err *e);
void tables_free(struct tables *t);
#define _cleanup_tables_ __attribute__((cleanup(tables_free)))

/* The condition of a row's being of the experiment ?1, in @database (malloc'ed); NULL: no memory.
 */
char *table_condition(const struct table *t, const char *database);

#endif
