/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "lab/run.h"

#include "store/database.h"

#define SCHEMA_VERSION 7 /* as schema.sql sets it */
#define SCHEMA_OLDEST 6	 /* that can be brought to it */

struct store {
	struct database d;
	sqlite3 *db; /* d.db */
	char *data_dir;
	char *kept;    /* the copy, if it was migrated; NULL: it was not */
	int claims_fd; /* -1: nothing was claimed */
};

/* Gives back what store_claim() took, before the store is closed. */
void store_release(struct store *s, const char *id);
/* -ENOTSUP: a schema that this slowpath cannot read or bring to its own. */
int store_check_version(const char *path, int version, struct err *e);
/* -EBUSY if another process is at an experiment of the database. */
int store_nobody_is_at_it(struct store *s, struct err *e);
/* Writes a run's cost vectors and its call tree, of those that it has; part of store_add_run(). */
int run_costs_insert(struct store *s, int64_t id, const struct run *run, struct err *e);

#endif
