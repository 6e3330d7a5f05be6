// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/read.h"

#include "store/internal.h"
#include "store/load.h"
#include "store/sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void stored_experiment_free(struct stored_experiment *x)
{
	free(x->id);
	free(x->name);
	free(x->mode);
	free(x->purpose);
	free(x->finished);
	json_decref(x->command);
	*x = (struct stored_experiment){ 0 };
}

static const char *text(struct sql *q, int column)
{
	const char *value = (const char *)sqlite3_column_text(q->stmt, column);

	return value ? value : "";
}

static char *copy(struct sql *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL ? NULL : strdup(text(q, column));
}

int store_find_experiment(struct store *s, const char *id, struct stored_experiment *out,
			  struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db,
			    "SELECT id, name, mode, purpose, finished, command FROM experiment "
			    "WHERE id = ?",
			    &q, e);

	*out = (struct stored_experiment){ 0 };
	if (r < 0)
		return r;
	r = database_settled(&s->d, sql_experiment(&q, id, e), e);
	if (r < 0)
		return r;
	out->id = copy(&q, 0);
	out->name = copy(&q, 1);
	out->mode = copy(&q, 2);
	out->purpose = copy(&q, 3);
	out->finished = copy(&q, 4);
	out->command = json_loads(text(&q, 5), 0, NULL);
	if (out->id && out->name && out->mode && out->purpose && out->command)
		return 0;
	stored_experiment_free(out);
	return err_set(e, EIO, "experiment '%s': its description in the database is damaged", id);
}

int store_each_row(struct store *s, const char *id, store_row_fn fn, void *arg, struct err *e)
{
	_cleanup_record_ struct record record;
	int r = store_load(s, id, LOAD_ALL, &record, e);

	return r < 0 ? r : record_each_row(&record, fn, arg, e);
}

int store_each_run(struct store *s, const char *id, store_row_fn fn, void *arg, struct err *e)
{
	_cleanup_record_ struct record record;
	int r = store_load(s, id, LOAD_ROWS, &record, e);

	return r < 0 ? r : record_each_run(&record, fn, arg, e);
}

int store_next_block(struct store *s, const char *id, unsigned *out, struct err *e)
{
	_cleanup_sql_ struct sql q = { 0 };
	int r = sql_prepare(
		s->db, "SELECT COALESCE(MAX(block) + 1, 0) FROM run WHERE experiment = ?", &q, e);

	*out = 0;
	if (r == 0)
		r = sql_experiment(&q, id, e);
	if (r == 0)
		*out = (unsigned)sqlite3_column_int64(q.stmt, 0);
	return r;
}
