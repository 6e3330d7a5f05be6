// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/loader.h"

#include "store/internal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

/* As of what is counted (lab/counts/profile.c), so that sums do not overflow; in ns, two years. */
#define COUNT_MAX (INT64_C(1) << 56)

static void note(struct loader *l, struct sql *q, int column, const char *found)
{
	if (l->column)
		return;
	l->column = sqlite3_column_name(q->stmt, column);
	l->found = found;
}

/* What a value is that should be a number. */
static const char *kind_of(int type)
{
	return type == SQLITE_TEXT    ? "a text"
	       : type == SQLITE_BLOB  ? "a blob"
	       : type == SQLITE_FLOAT ? "a fraction"
	       : type == SQLITE_NULL  ? "nothing"
				      : "a number";
}

int64_t loader_int(struct loader *l, struct sql *q, int column)
{
	int type = sqlite3_column_type(q->stmt, column);

	if (type != SQLITE_INTEGER)
		note(l, q, column, kind_of(type));
	return sqlite3_column_int64(q->stmt, column);
}

uint64_t loader_count(struct loader *l, struct sql *q, int column)
{
	int64_t value = loader_int(l, q, column);

	if (value < 0 || value > COUNT_MAX)
		note(l, q, column, value < 0 ? "a negative number" : "too large a number");
	return (uint64_t)value;
}

double loader_real(struct loader *l, struct sql *q, int column)
{
	int type = sqlite3_column_type(q->stmt, column);

	if (type == SQLITE_NULL)
		return NAN;
	if (type != SQLITE_FLOAT && type != SQLITE_INTEGER)
		note(l, q, column, kind_of(type));
	return sqlite3_column_double(q->stmt, column);
}

const char *loader_text(struct loader *l, struct sql *q, int column)
{
	int type = sqlite3_column_type(q->stmt, column);
	const char *value = (const char *)sqlite3_column_text(q->stmt, column);

	if (type != SQLITE_TEXT && type != SQLITE_NULL)
		note(l, q, column, kind_of(type));
	return value ? value : "";
}

void loader_not_null(struct loader *l, struct sql *q, int column)
{
	if (sqlite3_column_type(q->stmt, column) == SQLITE_NULL)
		note(l, q, column, kind_of(SQLITE_NULL));
}

int loader_damaged(const struct loader *l, const char *what, struct err *e)
{
	char run[48] = "";

	if (l->run)
		snprintf(run, sizeof(run), "run %zu, ", (size_t)(l->run - l->out->runs) + 1);
	if (l->column)
		return err_set(e, EIO, "experiment '%s' in the database is damaged: %s%s: %s is %s",
			       l->id, run, l->table, l->column, l->found);
	return what ? err_set(e, EIO, "experiment '%s' in the database is damaged: %s%s", l->id,
			      run, what)
		    : 0;
}

bool loader_is_counted(const struct record_run *run)
{
	return record_run_ok(run) && record_run_counted(run);
}

bool loader_is_bare(const struct record_run *run)
{
	return loader_is_counted(run) && !run->n_readings;
}

int loader_rows(struct loader *l, struct sql *q, loader_fn fn, struct err *e)
{
	int r = 0;

	while (r == 0 && (r = sqlite3_step(q->stmt)) == SQLITE_ROW) {
		r = fn(l, q, e);
		if (r == 0 && l->column)
			r = loader_damaged(l, NULL, e);
	}
	return r == SQLITE_DONE ? 0 : r > 0 ? sql_error(l->s->db, "reading", e) : r;
}

int loader_each(struct loader *l, const char *table, const char *query,
		bool (*wanted)(const struct record_run *run), loader_fn fn, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(l->s->db, query, &q, e);

	l->table = table;
	for (size_t i = 0; r == 0 && i < l->out->n_runs; i++) {
		l->run = &l->out->runs[i];
		if (wanted && !wanted(l->run))
			continue;
		sqlite3_reset(q.stmt);
		q.bound = 0;
		sql_int(&q, l->run->id);
		r = fn(l, &q, e);
	}
	return r;
}
