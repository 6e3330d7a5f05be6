// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/catalog.h"

#include "store/internal.h"
#include "store/sql.h"

static const char *column(struct sql *q, int i)
{
	return (const char *)sqlite3_column_text(q->stmt, i);
}

int store_each_experiment(struct store *s, catalog_fn fn, void *arg, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db,
			    "SELECT id, name, mode, purpose, started, finished, scenario, verdict "
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
			.scenario = column(&q, 6),
			.verdict = column(&q, 7),
		};

		r = fn(arg, &row, e);
	}
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(s->db, "reading", e);
	return database_settled(&s->d, r, e);
}
