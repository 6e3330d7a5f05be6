// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes an experiment out of the database, with all that hangs on it. */
#include "base/buf.h"
#include "store/internal.h"
#include "store/sql.h"
#include "store/store.h"
#include "store/tables.h"

static int remove_rows(struct store *s, const struct table *t, const char *id, struct err *e)
{
	_cleanup_free_ char *of_it = table_condition(t, "main");
	_cleanup_free_ char *text =
		of_it ? str_printf("DELETE FROM main.%s WHERE %s", t->name, of_it) : NULL;
	_cleanup_sql_ struct sql q;
	int r = text ? sql_prepare(s->db, text, &q, e) : err_oom(e);

	if (r < 0)
		return r;
	sql_text(&q, id);
	return sql_run(&q, e);
}

/* What hangs on others goes first: @t has it behind them. */
static int remove_all(struct store *s, const struct tables *t, const char *id, struct err *e)
{
	int r = sql_exec(s->db, "BEGIN IMMEDIATE", e);

	if (r < 0)
		return r;
	for (size_t i = t->count; r == 0 && i-- > 0;)
		r = remove_rows(s, &t->at[i], id, e);
	if (r == 0)
		r = sql_exec(s->db, "COMMIT", e);
	if (r < 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int store_remove_experiment(struct store *s, const char *id, struct err *e)
{
	_cleanup_tables_ struct tables tables = { 0 };
	int r = store_claim(s, id, e);

	if (r < 0)
		return r;
	r = tables_read(s->db, &tables, e);
	if (r == 0)
		r = remove_all(s, &tables, id, e);
	store_release(s, id);
	return r;
}
