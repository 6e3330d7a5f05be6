/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A database of an earlier schema becomes one of ours. Internal to store/. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/err.h"
#include "store/internal.h"

/*
 * Brings the open database of a schema from SCHEMA_OLDEST on to SCHEMA_VERSION: first a copy of the
 * file as it was, then one transaction, nobody else being at the database from before the copy to
 * the end; of several who want it, others wait up to @wait_ms. Whatever fails, the database is as
 * it was. *copy is the path of the copy (malloc'ed), or NULL if another process was faster. -EROFS:
 * it cannot be written; -EBUSY: a process is at one of its experiments.
 */
int store_migrate(struct store *s, unsigned wait_ms, char **copy, struct err *e);
/* user_version, the schema's number. */
int store_version(sqlite3 *db, int *out, struct err *e);

#endif
