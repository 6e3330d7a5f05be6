// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/store.h"

#include "store/internal.h"
#include "store/sql.h"

#include <math.h>

static void put_share(struct sql *q, double share)
{
	if (isnan(share))
		sql_null(q);
	else
		sql_real(q, share);
}

static int add_all(struct store *s, const char *experiment, const char *scenario,
		   const struct code_facts *facts, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO code_fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &q, e);

	for (size_t i = 0; r == 0 && i < facts->count; i++) {
		const struct code_fact *f = &facts->at[i];

		sql_text(&q, experiment);
		sql_text(&q, scenario);
		sql_text(&q, code_fact_name(f->kind));
		sql_text(&q, f->one);
		sql_text(&q, f->other);
		put_share(&q, f->code);
		put_share(&q, f->callees);
		put_share(&q, f->callers);
		r = sql_run(&q, e);
	}
	return r;
}

int store_add_code_facts(struct store *s, const char *experiment, const char *scenario,
			 const struct code_facts *facts, struct err *e)
{
	int r = facts->count ? sql_exec(s->db, "BEGIN IMMEDIATE", e) : 0;

	if (r < 0 || !facts->count)
		return r;
	r = add_all(s, experiment, scenario, facts, e);
	if (r == 0)
		r = sql_exec(s->db, "COMMIT", e);
	if (r < 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}
