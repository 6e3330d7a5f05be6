// SPDX-License-Identifier: GPL-2.0-or-later
/* Table reading: what runs come to, written with them, or made again of what they measured. */
#include "base/buf.h"
#include "store/internal.h"
#include "store/load.h"
#include "store/sql.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void bind_number(struct sql *q, double value)
{
	if (isnan(value))
		sql_null(q);
	else
		sql_real(q, value);
}

int readings_insert(struct store *s, int64_t run, const struct reading *readings, size_t n,
		    struct err *e)
{
	_cleanup_sql_ struct sql q;
	int rc = sql_prepare(s->db, "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			     &q, e);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct reading *x = &readings[i];
		char functions[20];

		snprintf(functions, sizeof(functions), "%016llx", (unsigned long long)x->functions);
		sql_int(&q, run);
		sql_text(&q, x->of.name);
		sql_text(&q, x->of.unit);
		sql_text(&q, x->of.item);
		sql_text(&q, reading_kind_name(x->of.kind));
		bind_number(&q, x->value);
		bind_number(&q, x->spread);
		sql_real(&q, x->unseen);
		sql_text(&q, functions);
		sql_int(&q, x->exact);
		sql_text(&q, x->why_not[0] ? x->why_not : NULL);
		rc = sql_run(&q, e);
	}
	return rc;
}

int store_add_replayed(struct store *s, const char *experiment, const char *side,
		       const struct reading *readings, size_t n, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "SELECT max(id) FROM run WHERE experiment = ? AND side = ?", &q,
			    e);

	if (r < 0)
		return r;
	sql_text(&q, experiment);
	sql_text(&q, side);
	if (sqlite3_step(q.stmt) != SQLITE_ROW || sqlite3_column_type(q.stmt, 0) == SQLITE_NULL)
		return sql_error(s->db, "reading", e);
	return readings_insert(s, sqlite3_column_int64(q.stmt, 0), readings, n, e);
}

static int conclude_run(struct store *s, const struct record *r, const struct record_run *run,
			int64_t id, struct err *e)
{
	const struct reading_source source = record_reading_source(r, run);
	_cleanup_free_ struct readings *readings = calloc(1, sizeof(*readings));

	if (!readings)
		return err_oom(e);
	if (!record_run_ok(run) || record_run_probed(run) ||
	    readings_of(&source, readings, NULL) < 0)
		return 0;
	return readings_insert(s, id, readings->at, readings->count, e);
}

static int forget(struct store *s, const char *experiment, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db,
			    "DELETE FROM reading WHERE kind != 'replayed' AND run IN (SELECT id "
			    "FROM run WHERE experiment = ? AND NOT trial)",
			    &q, e);

	if (r < 0)
		return r;
	sql_text(&q, experiment);
	return sql_run(&q, e);
}

int readings_conclude(struct store *s, const char *id, struct err *e)
{
	_cleanup_record_ struct record record = { 0 };
	_cleanup_sql_ struct sql q = { 0 };
	struct err damaged = { 0 };
	int r = forget(s, id, e);

	if (r < 0 || store_load(s, id, LOAD_ALL, &record, &damaged) < 0)
		return r;
	/* The record numbers its runs in this order. */
	r = sql_prepare(s->db, "SELECT id FROM run WHERE experiment = ? AND NOT trial ORDER BY id",
			&q, e);
	if (r < 0)
		return r;
	sql_text(&q, id);
	for (size_t i = 0; r == 0 && i < record.n_runs; i++) {
		if (sqlite3_step(q.stmt) != SQLITE_ROW)
			return sql_error(s->db, "reading", e);
		r = conclude_run(s, &record, &record.runs[i], sqlite3_column_int64(q.stmt, 0), e);
	}
	return r;
}

int readings_conclude_all(struct store *s, struct err *e)
{
	_cleanup_sql_ struct sql q = { 0 };
	int code = 0, r = sql_exec(s->db, "BEGIN IMMEDIATE", e);

	if (r < 0)
		return r;
	r = sql_prepare(s->db, "SELECT id FROM experiment", &q, e);
	while (r == 0 && (code = sqlite3_step(q.stmt)) == SQLITE_ROW)
		r = readings_conclude(s, (const char *)sqlite3_column_text(q.stmt, 0), e);
	if (r == 0 && code != SQLITE_DONE)
		r = sql_error(s->db, "reading", e);
	sql_done(&q);
	if (r == 0)
		r = sql_exec(s->db, "COMMIT", e);
	if (r < 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}
