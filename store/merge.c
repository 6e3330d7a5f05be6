// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Another database's experiments. It may be a stranger's: its tables have to be such as ours, and
 * what it says of itself is not believed. Columns are those that both have.
 */
#include "store/catalog.h"

#include "base/buf.h"
#include "base/file.h"
#include "store/internal.h"
#include "store/migrate.h"
#include "store/sql.h"
#include "store/tables.h"

#include <errno.h>
#include <string.h>

struct merge {
	struct store *s;
	int version; /* theirs */
	struct tables tables;
	char **columns;	 /* of each table, without its key: "name, text"; NULL: they have none */
	char *same_run;	 /* condition of equality of main.run AS m and other.run AS o */
	char *same_told; /* of m and o of table experiment, but for its end */
};

static void merge_free(struct merge *m)
{
	for (size_t i = 0; m->columns && i < m->tables.count; i++)
		free(m->columns[i]);
	free(m->columns);
	free(m->same_run);
	free(m->same_told);
	tables_free(&m->tables);
}

/* One number of a query with the id as its only parameter, if it has one. */
static int number(struct store *s, const char *query, const char *id, int64_t *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, query, &q, e);

	*out = 0;
	if (r < 0)
		return r;
	if (sqlite3_bind_parameter_count(q.stmt))
		sql_text(&q, id);
	if (sqlite3_step(q.stmt) != SQLITE_ROW)
		return sql_error(s->db, "reading", e);
	*out = sqlite3_column_int64(q.stmt, 0);
	return 0;
}

/* What an experiment gets when it ends. */
static bool is_end(const char *column)
{
	return !strcmp(column, "finished") || !strcmp(column, "effect");
}

/* One column of table @i: its name, whether they have it, with our type, and we can do without. */
static int add_column(struct merge *m, size_t i, struct sql *q, struct buf *list, struct err *e)
{
	const struct table *t = &m->tables.at[i];
	const char *name = (const char *)sqlite3_column_text(q->stmt, 0);
	bool ours = sqlite3_column_int(q->stmt, 1), theirs = sqlite3_column_int(q->stmt, 2);
	bool is_run = !strcmp(t->name, "run");
	struct buf same = { 0 };
	char **condition = is_run			    ? &m->same_run
			   : !strcmp(t->name, "experiment") ? &m->same_told
							    : NULL;
	int r;

	if (!theirs && ours && m->version < SCHEMA_VERSION && sqlite3_column_int(q->stmt, 3))
		return 0;
	if (!ours || !theirs)
		return err_set(e, EIO, "column '%s' of table %s is %s", name, t->name,
			       ours ? "missing or of another type" : "unknown");
	if (!strcmp(name, is_run ? "id" : t->key))
		return 0;
	r = buf_printf(list, "%s%s", list->len ? ", " : "", name);
	if (condition && !is_end(name)) {
		r |= buf_printf(&same, "%s%sm.%s IS o.%s", *condition ? *condition : "",
				*condition ? " AND " : "", name, name);
		free(*condition);
		*condition = buf_steal(&same);
	}
	return r ? err_oom(e) : 0;
}

static int read_columns(struct merge *m, size_t i, struct err *e)
{
	_cleanup_buf_ struct buf list = { 0 };
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(
		m->s->db,
		"SELECT o.name, 1, t.name IS NOT NULL, o.dflt_value IS NOT NULL OR NOT "
		"o.\"notnull\" FROM pragma_table_info(?1, 'main') AS o LEFT JOIN "
		"pragma_table_info(?1, 'other') AS t ON t.name = o.name AND t.type = o.type "
		"UNION ALL SELECT name, 0, 1, 0 FROM pragma_table_info(?1, 'other') WHERE name NOT "
		"IN (SELECT name FROM pragma_table_info(?1, 'main'))",
		&q, e);

	if (r < 0)
		return r;
	sql_text(&q, m->tables.at[i].name);
	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW)
		r = add_column(m, i, &q, &list, e);
	if (r != SQLITE_DONE)
		return r > 0 ? sql_error(m->s->db, "reading", e) : r;
	m->columns[i] = buf_steal(&list);
	return m->columns[i] ? 0 : err_oom(e);
}

/* Views and virtual tables would do whatever a stranger likes. An earlier schema has no later
 * tables. */
static int read_table(struct merge *m, size_t i, struct err *e)
{
	int64_t is_table;
	int r = number(m->s,
		       "SELECT count(*) FROM other.sqlite_master WHERE type = 'table' AND "
		       "rootpage > 0 AND name = ?",
		       m->tables.at[i].name, &is_table, e);

	if (r < 0 || is_table)
		return r < 0 ? r : read_columns(m, i, e);
	return m->version < SCHEMA_VERSION
		       ? 0
		       : err_set(e, EIO, "there is no table '%s'", m->tables.at[i].name);
}

static int merge_begin(struct merge *m, struct err *e)
{
	int r = tables_read(m->s->db, &m->tables, e);

	if (r < 0)
		return r;
	m->columns = calloc(m->tables.count, sizeof(*m->columns));
	if (!m->columns)
		return err_oom(e);
	for (size_t i = 0; r == 0 && i < m->tables.count; i++)
		r = read_table(m, i, e);
	if (r == 0 && (!m->same_run || !m->same_told))
		r = err_set(e, EIO, "there is no table of experiments, or none of runs");
	return r;
}

struct difference {
	int64_t described, files, only_here, only_there, finished_here, finished_there, end;
};

static int find_difference(struct merge *m, const char *id, struct difference *d, struct err *e)
{
	const struct {
		int64_t *out;
		char *query;
	} queries[] = {
		{ &d->described, str_printf("SELECT count(*) FROM main.experiment AS m JOIN "
					    "other.experiment AS o ON o.id = m.id WHERE m.id = ?1 "
					    "AND NOT (%s)",
					    m->same_told) },
		{ &d->end, strdup("SELECT count(*) FROM main.experiment AS m JOIN "
				  "other.experiment AS o ON o.id = m.id WHERE m.id = ?1 AND NOT "
				  "(m.finished IS o.finished AND m.effect IS o.effect)") },
		{ &d->files, strdup("SELECT count(*) FROM main.experiment_file AS m JOIN "
				    "other.experiment_file AS o ON o.experiment = m.experiment AND "
				    "o.name = m.name WHERE m.experiment = ?1 AND m.text IS NOT "
				    "o.text") },
		{ &d->only_here,
		  str_printf("SELECT count(*) FROM main.run AS m WHERE m.experiment = ?1 AND NOT "
			     "EXISTS (SELECT 1 FROM other.run AS o WHERE %s)",
			     m->same_run) },
		{ &d->only_there,
		  str_printf("SELECT count(*) FROM other.run AS o WHERE o.experiment = ?1 AND NOT "
			     "EXISTS (SELECT 1 FROM main.run AS m WHERE %s)",
			     m->same_run) },
		{ &d->finished_here, strdup("SELECT finished IS NOT NULL FROM main.experiment "
					    "WHERE id = ?1") },
		{ &d->finished_there, strdup("SELECT finished IS NOT NULL FROM other.experiment "
					     "WHERE id = ?1") },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		if (r == 0)
			r = queries[i].query ? number(m->s, queries[i].query, id, queries[i].out, e)
					     : err_oom(e);
		free(queries[i].query);
	}
	return r;
}

/* Of two that are there in both, one may be the other at an earlier time. */
static enum merge_outcome outcome_of(const struct difference *d)
{
	if (d->described || d->files || (d->only_here && d->only_there))
		return MERGE_CONFLICT;
	if (d->finished_here) {
		if (d->only_there || (!d->only_here && d->finished_there && d->end))
			return MERGE_CONFLICT;
		return MERGE_SAME;
	}
	if (d->only_here)
		return d->finished_there ? MERGE_CONFLICT : MERGE_SAME;
	return d->only_there || d->finished_there ? MERGE_GROWN : MERGE_SAME;
}

/*
 * Runs are compared as rows; what hangs on them is written with them, once.
 */
static int compare(struct merge *m, const char *id, enum merge_outcome *out, struct err *e)
{
	struct difference d = { 0 };
	int64_t here;
	int r = number(m->s, "SELECT count(*) FROM main.experiment WHERE id = ?", id, &here, e);

	*out = MERGE_ADDED;
	if (r < 0 || !here)
		return r;
	r = find_difference(m, id, &d, e);
	*out = outcome_of(&d);
	return r;
}

static int run_with_id(struct store *s, char *query, const char *id, struct err *e)
{
	_cleanup_free_ char *text = query;
	_cleanup_sql_ struct sql q = { 0 };
	int r = text ? sql_prepare(s->db, text, &q, e) : err_oom(e);

	if (r < 0)
		return r;
	if (sqlite3_bind_parameter_count(q.stmt))
		sql_text(&q, id);
	return sql_run(&q, e);
}

/* Which of their runs are not here, and the numbers that they get here, in their order. */
static int number_runs(struct merge *m, const char *id, struct err *e)
{
	int r = sql_exec(m->s->db,
			 "CREATE TEMP TABLE IF NOT EXISTS merged (number INTEGER PRIMARY KEY, "
			 "run INTEGER NOT NULL UNIQUE); DELETE FROM temp.merged",
			 e);

	return r < 0 ? r
		     : run_with_id(m->s,
				   str_printf("INSERT INTO temp.merged SELECT row_number() OVER "
					      "(ORDER BY o.id) + (SELECT coalesce(max(id), 0) FROM "
					      "main.run), o.id FROM other.run AS o WHERE "
					      "o.experiment = ?1 AND NOT EXISTS (SELECT 1 FROM "
					      "main.run AS m WHERE %s)",
					      m->same_run),
				   id, e);
}

/* The query (malloc'ed) that takes over what table @i has of an experiment, or NULL. */
static char *copy_query(const struct merge *m, size_t i, bool grown)
{
	const struct table *t = &m->tables.at[i];
	const char *columns = m->columns[i];

	if (!strcmp(t->name, "experiment"))
		return grown ? strdup("UPDATE main.experiment SET (finished, effect) = (SELECT "
				      "finished, effect FROM other.experiment WHERE id = ?1) WHERE "
				      "id = ?1")
			     : str_printf("INSERT INTO main.experiment (id, %s) SELECT id, %s FROM "
					  "other.experiment WHERE id = ?1",
					  columns, columns);
	if (!strcmp(t->name, "run"))
		return str_printf("INSERT INTO main.run (id, %s) SELECT number, %s FROM other.run "
				  "JOIN temp.merged AS n ON n.run = id ORDER BY number",
				  columns, columns);
	if (t->of_runs)
		return str_printf("INSERT INTO main.%s (%s, %s) SELECT n.number, %s FROM "
				  "temp.merged AS n JOIN other.%s AS o ON o.%s = n.run",
				  t->name, t->key, columns, columns, t->name, t->key);
	/* Files are the same, as far as they are there; results are concluded from more. */
	return str_printf("INSERT OR REPLACE INTO main.%s (%s, %s) SELECT %s, %s FROM other.%s "
			  "WHERE %s = ?1",
			  t->name, t->key, columns, t->key, columns, t->name, t->key);
}

static int copy(struct merge *m, const char *id, bool grown, struct err *e)
{
	int r = number_runs(m, id, e);

	for (size_t i = 0; r == 0 && i < m->tables.count; i++) {
		if (m->columns[i])
			r = run_with_id(m->s, copy_query(m, i, grown), id, e);
	}
	return r;
}

/* What a stranger concluded is not taken over: it is made again of what was measured. */
static int take_over(struct merge *m, const char *id, bool grown, struct err *e)
{
	int r = copy(m, id, grown, e);

	return r == 0 ? readings_conclude(m->s, id, e) : r;
}

static int merge_one(struct merge *m, const char *id, merge_fn fn, void *arg, struct err *e)
{
	enum merge_outcome outcome;
	int r = compare(m, id, &outcome, e);

	if (r == 0 && outcome == MERGE_GROWN)
		r = store_claim(m->s, id, e);
	if (r == 0 && (outcome == MERGE_ADDED || outcome == MERGE_GROWN))
		r = take_over(m, id, outcome == MERGE_GROWN, e);
	return r == 0 ? fn(arg, id, outcome, e) : err_wrap(e, "experiment '%s'", id);
}

static int merge_all(struct merge *m, merge_fn fn, void *arg, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(m->s->db, "SELECT id FROM other.experiment ORDER BY id", &q, e);

	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW) {
		const char *id = (const char *)sqlite3_column_text(q.stmt, 0);

		r = id ? merge_one(m, id, fn, arg, e) : err_set(e, EIO, "an experiment has no id");
	}
	return r == SQLITE_DONE ? 0 : r > 0 ? sql_error(m->s->db, "reading", e) : r;
}

/* The first write locks our database; BEGIN IMMEDIATE would lock theirs too. */
static int merge_locked(struct merge *m, const struct database *theirs, merge_fn fn, void *arg,
			struct err *e)
{
	int r = sql_exec(m->s->db, "BEGIN; DELETE FROM main.experiment WHERE 0", e);

	if (r == 0)
		r = merge_begin(m, e);
	if (r == 0)
		r = merge_all(m, fn, arg, e);
	r = database_settled(theirs, r, e);
	if (r == 0)
		r = sql_exec(m->s->db, "COMMIT", e);
	if (r < 0)
		sqlite3_exec(m->s->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static int attach(struct store *s, const char *uri, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "ATTACH ? AS other", &q, e);

	if (r < 0)
		return r;
	sql_text(&q, uri);
	return sql_run(&q, e);
}

/* What ours would be advised to is no advice for theirs. */
static int their_error(const struct database *theirs, struct err *e)
{
	if (!theirs->db)
		return e->code;
	err_clear(e);
	return err_set(e, EIO, "%s", sqlite3_errmsg(theirs->db));
}

static int check_whole(sqlite3 *db, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(db, "PRAGMA quick_check(1)", &q, e);
	const char *found;

	if (r < 0)
		return r;
	if (sqlite3_step(q.stmt) != SQLITE_ROW)
		return sql_error(db, "reading", e);
	found = (const char *)sqlite3_column_text(q.stmt, 0);
	return found && !strcmp(found, "ok") ? 0 : err_set(e, EBADMSG, "it is damaged");
}

static int open_theirs(const char *path, struct database *theirs, int *version, struct err *e)
{
	int r;

	if (!file_exists(path))
		return err_set(e, ENOENT, "there is no such database");
	r = database_find(path, theirs, e);
	if (r < 0)
		return r;
	if (database_open(theirs, 20000, e) < 0 || store_version(theirs->db, version, e) < 0)
		return their_error(theirs, e);
	if (*version > SCHEMA_VERSION)
		return err_set(e, ENOTSUP,
			       "it has schema %d, this slowpath knows %d: it was written by a "
			       "newer slowpath; merge with that one",
			       *version, SCHEMA_VERSION);
	if (*version < SCHEMA_OLDEST)
		return err_set(e, ENOTSUP, "not a database of slowpath's (schema %d, not %d to %d)",
			       *version, SCHEMA_OLDEST, SCHEMA_VERSION);
	r = check_whole(theirs->db, e);
	return r == -EIO ? their_error(theirs, e) : r;
}

int store_merge(struct store *s, const char *path, merge_fn fn, void *arg, struct err *e)
{
	struct database theirs = { 0 };
	struct merge m = { .s = s };
	int r = database_writable(&s->d, e);

	if (r < 0)
		return r;
	r = open_theirs(path, &theirs, &m.version, e);
	if (r == 0)
		r = attach(s, theirs.uri, e);
	if (r == 0) {
		r = merge_locked(&m, &theirs, fn, arg, e);
		sqlite3_exec(s->db, "DETACH other", NULL, NULL, NULL);
	}
	merge_free(&m);
	database_close(&theirs);
	return r < 0 ? err_wrap(e, "merge %s", path) : 0;
}
