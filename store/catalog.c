// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/catalog.h"

#include "base/buf.h"
#include "base/file.h"
#include "store/internal.h"
#include "store/sql.h"

static const char *column(struct sql *q, int i)
{
	return (const char *)sqlite3_column_text(q->stmt, i);
}

/* Documents have every function in them; only SQLite is to read all of that. */
#define DIGEST                                                                                 \
	"CASE json_type(document) WHEN 'array' THEN document WHEN 'object' THEN json_object("  \
	"'mode', json_extract(document, '$.mode'), 'cpus', json_extract(document, '$.cpus'), " \
	"'metrics', json_extract(document, '$.metrics'), 'decides', "                          \
	"json_extract(document, '$.decides'), 'part', json_extract(document, '$.part'), "      \
	"'exact_part', CASE json_type(document, '$.exact_part') WHEN 'array' THEN "            \
	"json_extract(document, '$.exact_part') END, "                                         \
	"'good', json_extract(document, '$.good'), 'bad', json_extract(document, '$.bad'), "   \
	"'culprits', json_extract(document, '$.culprits'), "                                   \
	"'steps', json_array_length(document, '$.steps')) END"

int store_each_experiment(struct store *s, catalog_fn fn, void *arg, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db,
			    "SELECT id, name, mode, purpose, started, finished, command, scenario, "
			    "verdict, CASE WHEN json_valid(document) THEN " DIGEST " END "
			    "FROM experiment LEFT JOIN result ON result.experiment = id "
			    "ORDER BY started, id, scenario",
			    &q, e);

	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW) {
		const struct catalog_row row = {
			.id = column(&q, 0),
			.name = column(&q, 1),
			.mode = column(&q, 2),
			.purpose = column(&q, 3),
			.started = column(&q, 4),
			.finished = column(&q, 5),
			.command = column(&q, 6),
			.scenario = column(&q, 7),
			.verdict = column(&q, 8),
			.digest = column(&q, 9),
		};

		r = fn(arg, &row, e);
	}
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(s->db, "reading", e);
	return database_settled(&s->d, r, e);
}

int store_each_id(const char *data_dir, unsigned limit, catalog_id_fn fn, void *arg, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", data_dir);
	_cleanup_(database_close) struct database d = { 0 };
	_cleanup_sql_ struct sql q = { 0 };
	int r;

	if (!path)
		return err_oom(e);
	if (!file_exists(path))
		return 0;
	r = database_find(path, &d, e);
	if (r == 0)
		r = database_open(&d, 0, e);
	if (r == 0)
		r = sql_prepare(d.db, "SELECT id FROM experiment ORDER BY started DESC, id LIMIT ?",
				&q, e);
	if (r < 0)
		return r;
	sql_int(&q, limit);
	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW)
		r = fn(arg, column(&q, 0), e);
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(d.db, "reading", e);
	return database_settled(&d, r, e);
}

int store_each_kernel(struct store *s, const char *id, catalog_kernel_fn fn, void *arg,
		      struct err *e)
{
	_cleanup_sql_ struct sql q;
	/* Of min() and bare columns, SQLite takes the row that has the minimum. */
	int r = sql_prepare(s->db,
			    "SELECT experiment, side, kernel_spec, kernel_release, kernel_subject, "
			    "vmlinux_sha256, min(id) FROM run WHERE ?1 IS NULL OR experiment = ?1 "
			    "GROUP BY experiment, side ORDER BY experiment, min(id)",
			    &q, e);

	if (r < 0)
		return r;
	sql_text(&q, id);
	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW) {
		const struct catalog_kernel k = {
			.experiment = column(&q, 0),
			.side = column(&q, 1),
			.spec = column(&q, 2),
			.release = column(&q, 3),
			.subject = column(&q, 4),
			.vmlinux_sha256 = column(&q, 5),
		};

		r = fn(arg, &k, e);
	}
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(s->db, "reading", e);
	return r;
}
