/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "lab/run.h"
#include "reading/reading.h"

#include "store/database.h"

#define SCHEMA_VERSION 8 /* as schema.sql sets it */
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
/*
 * Writes what slots cost and a run's call tree, of those that it has, and what functions cost if
 * that is wanted (@functions); part of store_add_run().
 */
int run_costs_insert(struct store *s, int64_t id, const struct run *run, bool functions,
		     struct err *e);
/* Writes what a run comes to. */
int readings_insert(struct store *s, int64_t run, const struct reading *readings, size_t n,
		    struct err *e);
/*
 * What the runs of an experiment come to, made again of what they measured; part of the caller's
 * transaction. One that cannot be read is left without: it is no worse than it was.
 */
int readings_conclude(struct store *s, const char *experiment, struct err *e);
/* The same of all, as of a database that was migrated, in one transaction. */
int readings_conclude_all(struct store *s, struct err *e);

#endif
