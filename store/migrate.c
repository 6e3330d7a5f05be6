// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What schema.sql has and the file has not is added to it: tables as their text is, columns with
 * their defaults. There is no second list of what changed.
 */
#include "store/migrate.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "store/schema_sql.h"
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

DEFINE_CLEANUP(sqlite3 *, sqlite3_close)

int store_version(sqlite3 *db, int *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(db, "PRAGMA user_version", &q, e);

	if (r < 0)
		return r;
	if (sqlite3_step(q.stmt) != SQLITE_ROW)
		return sql_error(db, "reading", e);
	*out = sqlite3_column_int(q.stmt, 0);
	return 0;
}

/* Whether the query, whose parameters are texts, has a row. */
static int has_row(sqlite3 *db, const char *query, const char *first, const char *second, bool *out,
		   struct err *e)
{
	_cleanup_sql_ struct sql q;
	int code, r = sql_prepare(db, query, &q, e);

	if (r < 0)
		return r;
	sql_text(&q, first);
	if (second)
		sql_text(&q, second);
	code = sqlite3_step(q.stmt);
	*out = code == SQLITE_ROW;
	return *out || code == SQLITE_DONE ? 0 : sql_error(db, "reading", e);
}

/* One column of ours: name, type, whether it may be NULL, default. */
static int add_column(sqlite3 *db, const char *table, struct sql *ours, struct err *e)
{
	const char *name = (const char *)sqlite3_column_text(ours->stmt, 0);
	const char *type = (const char *)sqlite3_column_text(ours->stmt, 1);
	bool may_be_null = !sqlite3_column_int(ours->stmt, 2), there = false;
	const char *value = (const char *)sqlite3_column_text(ours->stmt, 3);
	_cleanup_free_ char *text = NULL;
	int r = has_row(db, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", table, name,
			&there, e);

	if (r < 0 || there)
		return r;
	text = str_printf("ALTER TABLE %s ADD COLUMN %s %s%s%s%s", table, name, type,
			  may_be_null ? "" : " NOT NULL", value ? " DEFAULT " : "",
			  value ? value : "");
	return text ? sql_exec(db, text, e) : err_oom(e);
}

static int add_columns(sqlite3 *db, sqlite3 *ours, const char *table, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(ours,
			    "SELECT name, type, \"notnull\", dflt_value FROM pragma_table_info(?)",
			    &q, e);

	if (r < 0)
		return r;
	sql_text(&q, table);
	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW)
		r = add_column(db, table, &q, e);
	return r == SQLITE_DONE ? 0 : r > 0 ? sql_error(ours, "reading", e) : r;
}

/* One row of our sqlite_master. */
static int add_one(sqlite3 *db, sqlite3 *ours, struct sql *q, struct err *e)
{
	const char *name = (const char *)sqlite3_column_text(q->stmt, 0);
	bool is_table = sqlite3_column_int(q->stmt, 1), there = false;
	int r = has_row(db, "SELECT 1 FROM sqlite_master WHERE name = ?", name, NULL, &there, e);

	if (r < 0)
		return r;
	if (!there)
		return sql_exec(db, (const char *)sqlite3_column_text(q->stmt, 2), e);
	return is_table ? add_columns(db, ours, name, e) : 0;
}

static int add_what_is_missing(sqlite3 *db, struct err *e)
{
	_cleanup_(sqlite3_close_p) sqlite3 *ours = NULL;
	_cleanup_sql_ struct sql q = { 0 };
	int r;

	if (sqlite3_open(":memory:", &ours) != SQLITE_OK)
		return err_oom(e);
	r = sql_exec(ours, schema_sql, e);
	if (r == 0)
		r = sql_prepare(ours,
				"SELECT name, type = 'table', sql FROM sqlite_master "
				"WHERE sql IS NOT NULL ORDER BY type = 'table' DESC, rowid",
				&q, e);
	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW)
		r = add_one(db, ours, &q, e);
	return r == SQLITE_DONE ? 0 : r > 0 ? sql_error(ours, "reading", e) : r;
}

static int migrate(sqlite3 *db, struct err *e)
{
	_cleanup_free_ char *version = str_printf("PRAGMA user_version = %d", SCHEMA_VERSION);
	int r = version ? sql_exec(db, "BEGIN EXCLUSIVE", e) : err_oom(e);

	if (r < 0)
		return r;
	r = add_what_is_missing(db, e);
	if (r == 0)
		r = sql_exec(db, version, e);
	if (r == 0)
		r = sql_exec(db, "COMMIT", e);
	if (r < 0)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static int synced(const char *path, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0 ? 0 : err_errno(e, errno, "%s", path);
}

static int write_copy(sqlite3 *db, const char *path, struct err *e)
{
	_cleanup_(sqlite3_close_p) sqlite3 *copy = NULL;
	sqlite3_backup *backup;
	int r;

	if (sqlite3_open(path, &copy) != SQLITE_OK)
		return copy ? sql_error_at(copy, path, "opening", e) : err_oom(e);
	/* Half a copy is nothing, so it needs no journal. */
	r = sql_exec(copy, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", e);
	if (r < 0)
		return r;
	backup = sqlite3_backup_init(copy, "main", db, "main");
	if (backup)
		sqlite3_backup_step(backup, -1);
	return backup && sqlite3_backup_finish(backup) == SQLITE_OK
		       ? 0
		       : sql_error_at(copy, path, "writing", e);
}

static int same_bytes(const char *a, const char *b, bool *out, struct err *e)
{
	_cleanup_fclose_ FILE *x = fopen(a, "re"), *y = fopen(b, "re");
	char of_x[65536], of_y[65536];
	size_t n;

	if (!x || !y)
		return err_errno(e, errno, "%s", x ? b : a);
	do {
		n = fread(of_x, 1, sizeof(of_x), x);
		*out = fread(of_y, 1, sizeof(of_y), y) == n && !memcmp(of_x, of_y, n);
	} while (*out && n == sizeof(of_x));
	return ferror(x) || ferror(y) ? err_errno(e, EIO, "%s", ferror(x) ? a : b) : 0;
}

/* The finished copy @part gets its name. One that is there already stays, or is the same. */
static int publish(const char *path, const char *part, int version, char **out, struct err *e)
{
	for (unsigned i = 1; i < 1000; i++) {
		_cleanup_free_ char *name =
			i == 1 ? str_printf("%s.schema-%d", path, version)
			       : str_printf("%s.schema-%d.%u", path, version, i);
		bool same = false;
		int r = name ? 0 : err_oom(e);

		if (r == 0 && file_exists(name))
			r = same_bytes(part, name, &same, e);
		else if (r == 0 && rename(part, name) < 0)
			r = err_errno(e, errno, "%s", name);
		else
			same = true;
		if (r < 0)
			return r;
		if (!same)
			continue;
		*out = steal(&name);
		return 0;
	}
	return err_set(e, EEXIST, "%s.schema-%d: there are too many", path, version);
}

/* Nobody writes while it is made, so there is one at a time. */
static int keep_copy(struct store *s, int version, char **out, struct err *e)
{
	_cleanup_free_ char *part = str_printf("%s.schema-%d.part", s->d.file, version);
	int r;

	if (!part)
		return err_oom(e);
	unlink(part);
	r = write_copy(s->d.db, part, e);
	if (r == 0)
		r = synced(part, e);
	if (r == 0)
		r = publish(s->d.file, part, version, out, e);
	unlink(part);
	return r < 0 ? r : synced(s->data_dir, e);
}

/* With the lock held from the first transaction to the last. */
static int migrate_locked(struct store *s, int version, char **copy, struct err *e)
{
	/* From a log, the lock could not be given back: out of it, if there is one. */
	int r = sql_exec(s->d.db,
			 "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; "
			 "BEGIN EXCLUSIVE; COMMIT",
			 e);

	if (r == 0)
		r = store_nobody_is_at_it(s, e);
	if (r == 0)
		r = keep_copy(s, version, copy, e);
	if (r == 0)
		r = migrate(s->d.db, e);
	/* Else the lock is given back as the database is closed. */
	return r < 0 ? r
		     : sql_exec(s->d.db,
				"PRAGMA locking_mode = NORMAL; SELECT count(*) FROM experiment", e);
}

int store_migrate(struct store *s, unsigned wait_ms, char **copy, struct err *e)
{
	_cleanup_close_ int fd = -1;
	int version = 0, r;

	*copy = NULL;
	if (s->d.access != DATABASE_WRITABLE)
		return err_set(e, EROFS,
			       "database %s is of an earlier slowpath and has to be migrated, but "
			       "it cannot be written: open it once as who can, or copy the file to "
			       "another --home DIR",
			       s->d.path);
	fd = database_lock(&s->d, wait_ms);
	r = store_version(s->d.db, &version, e);
	if (r < 0 || version == SCHEMA_VERSION)
		return r;
	r = migrate_locked(s, version, copy, e);
	if (r == 0)
		return 0;
	free(*copy);
	*copy = NULL;
	return err_wrap(e,
			"database %s has schema %d and could not be brought to %d; it is as it was",
			s->d.path, version, SCHEMA_VERSION);
}
