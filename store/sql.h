/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements, bound and stepped with errors in our dialect; internal to store/. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/err.h"

#include <sqlite3.h>
#include <stdint.h>

struct sql {
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int bound; /* parameters so far */
	int bad;   /* first SQLite error while binding */
};

int sql_exec(sqlite3 *db, const char *text, struct err *e);
int sql_prepare(sqlite3 *db, const char *text, struct sql *out, struct err *e);
/* An INSERT of rows that have these columns, which commas divide. */
int sql_insert(sqlite3 *db, const char *table, const char *columns, struct sql *out, struct err *e);
void sql_text(struct sql *q, const char *value); /* NULL binds NULL */
void sql_int(struct sql *q, int64_t value);
void sql_real(struct sql *q, double value);
void sql_null(struct sql *q);
/* Runs an INSERT or UPDATE and makes the statement ready for the next row. */
int sql_run(struct sql *q, struct err *e);
void sql_done(struct sql *q);
#define _cleanup_sql_ __attribute__((cleanup(sql_done)))

/* Steps to the only row of a query about the experiment @id, its parameter; -ENOENT: no row. */
int sql_experiment(struct sql *q, const char *id, struct err *e);
/* The error that the connection is in, with what to do about it; negative. */
int sql_error(sqlite3 *db, const char *what, struct err *e);
/* As that, of a database that has no name yet, or another one: @path. */
int sql_error_at(sqlite3 *db, const char *path, const char *what, struct err *e);

#endif
