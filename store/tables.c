// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/tables.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "store/sql.h"

#include <errno.h>
#include <string.h>

void tables_free(struct tables *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->at[i].name);
		free(t->at[i].key);
	}
	free(t->at);
	*t = (struct tables){ 0 };
}

static int add(struct tables *t, struct sql *q, struct err *e)
{
	const char *name = (const char *)sqlite3_column_text(q->stmt, 0);
	const char *owner = (const char *)sqlite3_column_text(q->stmt, 1);
	const char *key = (const char *)sqlite3_column_text(q->stmt, 2);
	bool is_experiment = name && !owner && !strcmp(name, "experiment");
	struct table *grown;

	if (!name || (!is_experiment && (!owner || !key)) ||
	    (owner && strcmp(owner, "experiment") != 0 && strcmp(owner, "run") != 0))
		return err_set(e, EIO, "table '%s' hangs on no experiment and on no run",
			       name ? name : "");
	grown = realloc(t->at, (t->count + 1) * sizeof(*grown));
	if (!grown)
		return err_oom(e);
	t->at = grown;
	grown[t->count] = (struct table){ strdup(name), strdup(is_experiment ? "id" : key),
					  owner && !strcmp(owner, "run") };
	return grown[t->count].name && grown[t->count++].key ? 0 : err_oom(e);
}

int tables_read(sqlite3 *db, struct tables *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(db,
			    "SELECT m.name, f.\"table\", f.\"from\" FROM main.sqlite_master AS m "
			    "LEFT JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' "
			    "ORDER BY f.\"table\" IS NOT NULL, f.\"table\", m.name",
			    &q, e);

	*out = (struct tables){ 0 };
	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW)
		r = add(out, &q, e);
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(db, "reading", e);
	if (r < 0)
		tables_free(out);
	return r;
}

char *table_condition(const struct table *t, const char *database)
{
	return t->of_runs ? str_printf("%s IN (SELECT id FROM %s.run WHERE experiment = ?1)",
				       t->key, database)
			  : str_printf("%s = ?1", t->key);
}
