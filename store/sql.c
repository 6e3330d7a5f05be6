// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/sql.h"

#include "base/buf.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Also where SQLite wanted to make a file and says that it cannot open it. */
static bool is_full(int code, int number)
{
	return code == SQLITE_FULL || ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) &&
				       (number == ENOSPC || number == EDQUOT));
}

int sql_error_at(sqlite3 *db, const char *path, const char *what, struct err *e)
{
	const char *hint = "", *why = "";
	int code = sqlite3_errcode(db) & 0xff, number = sqlite3_system_errno(db);

	if (code != SQLITE_IOERR && code != SQLITE_CANTOPEN)
		number = 0; /* it is of an error before */
	if (number)
		why = strerror(number);
	if (is_full(code, number))
		hint = "; the disk is full: make room, nothing that was stored is lost";
	else if (code == SQLITE_READONLY || code == SQLITE_PERM ||
		 (code == SQLITE_CANTOPEN && number != EMFILE && number != ENFILE))
		hint = "; the home is not writable: choose another with --home DIR";
	else if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		hint = "; move the file away to start a new one";
	else if (code == SQLITE_BUSY)
		hint = "; another slowpath has held it for long";
	return err_set(e, EIO, "database %s: %s: %s%s%s%s%s", path, what, sqlite3_errmsg(db),
		       *why ? " (" : "", why, *why ? ")" : "", hint);
}

int sql_error(sqlite3 *db, const char *what, struct err *e)
{
	const char *path = sqlite3_db_filename(db, "main");

	return sql_error_at(db, path && path[0] ? path : "in memory", what, e);
}

int sql_exec(sqlite3 *db, const char *text, struct err *e)
{
	return sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK ? 0
								     : sql_error(db, "writing", e);
}

int sql_prepare(sqlite3 *db, const char *text, struct sql *out, struct err *e)
{
	*out = (struct sql){ .db = db };
	return sqlite3_prepare_v2(db, text, -1, &out->stmt, NULL) == SQLITE_OK
		       ? 0
		       : sql_error(db, "reading", e);
}

int sql_insert(sqlite3 *db, const char *table, const char *columns, struct sql *out, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };

	*out = (struct sql){ .db = db };
	buf_printf(&text, "INSERT INTO %s (%s) VALUES (?", table, columns);
	for (const char *p = columns; *p; p++) {
		if (*p == ',')
			buf_puts(&text, ", ?");
	}
	buf_puts(&text, ")");
	return buf_error(&text) ? err_oom(e) : sql_prepare(db, text.data, out, e);
}

static void note(struct sql *q, int code)
{
	if (code != SQLITE_OK && !q->bad)
		q->bad = code;
}

void sql_text(struct sql *q, const char *value)
{
	note(q, sqlite3_bind_text(q->stmt, ++q->bound, value, -1, SQLITE_STATIC));
}

void sql_int(struct sql *q, int64_t value)
{
	note(q, sqlite3_bind_int64(q->stmt, ++q->bound, value));
}

void sql_real(struct sql *q, double value)
{
	note(q, sqlite3_bind_double(q->stmt, ++q->bound, value));
}

void sql_null(struct sql *q)
{
	note(q, sqlite3_bind_null(q->stmt, ++q->bound));
}

int sql_run(struct sql *q, struct err *e)
{
	int code = q->bad ? q->bad : sqlite3_step(q->stmt);

	q->bound = 0;
	q->bad = 0;
	if (code != SQLITE_DONE) {
		int r = sql_error(q->db, "writing", e);

		sqlite3_reset(q->stmt);
		return r;
	}
	sqlite3_reset(q->stmt);
	return 0;
}

void sql_done(struct sql *q)
{
	sqlite3_finalize(q->stmt);
	q->stmt = NULL;
}

int sql_experiment(struct sql *q, const char *id, struct err *e)
{
	int r;

	sql_text(q, id);
	r = sqlite3_step(q->stmt);
	if (r == SQLITE_DONE)
		return err_set(e, ENOENT, "there is no experiment '%s' in the database", id);
	return r == SQLITE_ROW ? 0 : sql_error(q->db, "reading", e);
}
