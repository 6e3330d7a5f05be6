// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/store.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/internal.h"
#include "store/migrate.h"
#include "store/schema_sql.h"
#include "store/sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 20000
#define OPEN_TIMEOUT_MS 120000 /* others may be migrating it */

void store_close(struct store *s)
{
	if (!s)
		return;
	database_close(&s->d);
	if (s->claims_fd >= 0)
		close(s->claims_fd);
	free(s->data_dir);
	free(s->kept);
	free(s);
}

const char *store_migrated(const struct store *s)
{
	return s->kept;
}

/* Two slowpaths may both find an empty file: the lock comes before the second look. */
static int make_schema(sqlite3 *db, struct err *e)
{
	int version = 0, r = sql_exec(db, "BEGIN IMMEDIATE", e);

	if (r < 0)
		return r;
	r = store_version(db, &version, e);
	if (r == 0 && version == 0)
		r = sql_exec(db, schema_sql, e);
	if (r == 0)
		r = sql_exec(db, "COMMIT", e);
	if (r < 0)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int store_check_version(const char *path, int version, struct err *e)
{
	if (version > SCHEMA_VERSION)
		return err_set(e, ENOTSUP,
			       "database %s has schema %d, this slowpath knows %d: it was "
			       "written by a newer slowpath; use that one, or another --home DIR",
			       path, version, SCHEMA_VERSION);
	if (version < SCHEMA_OLDEST)
		return err_set(e, ENOTSUP,
			       "database %s has schema %d, of a slowpath that was never released; "
			       "move the file away to start a new one",
			       path, version);
	return 0;
}

static int open_schema(struct store *s, struct err *e)
{
	int version = 0, r = store_version(s->db, &version, e);

	if (r < 0)
		return r;
	if (!version)
		return make_schema(s->db, e);
	r = store_check_version(s->d.path, version, e);
	if (r < 0 || version == SCHEMA_VERSION)
		return r;
	r = store_migrate(s, OPEN_TIMEOUT_MS, &s->kept, e);
	return r == 0 && s->kept ? readings_conclude_all(s, e) : r;
}

static int open_database(struct store *s, const char *path, struct err *e)
{
	int r = database_find(path, &s->d, e);

	if (r == 0)
		r = database_open(&s->d, OPEN_TIMEOUT_MS, e);
	s->db = s->d.db;
	if (r == 0)
		r = database_settled(&s->d, open_schema(s, e), e);
	if (r == 0)
		database_ready(&s->d, BUSY_TIMEOUT_MS);
	return r;
}

int store_open(const char *data_dir, struct store **out, struct err *e)
{
	_cleanup_(store_close_p) struct store *s = calloc(1, sizeof(*s));
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", data_dir);
	int r;

	if (s)
		s->claims_fd = -1;
	if (!s || !path)
		return err_oom(e);
	s->data_dir = strdup(data_dir);
	if (!s->data_dir)
		return err_oom(e);
	r = dir_make(data_dir, e);
	if (r < 0)
		return err_wrap(e, "the database has no folder (--home DIR names another)");
	r = open_database(s, path, e);
	if (r < 0)
		return r;
	*out = steal(&s);
	return 0;
}

void store_new_id(char out[STORE_ID_LEN])
{
	uint64_t random = 0;
	char utc[28];

	/* "2026-01-31T12:34:56.123456Z" to "20260131-123456-0123456789abcdef" */
	clock_utc(utc);
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint64_t)clock_ns() ^ (uint64_t)getpid() << 48;
	snprintf(out, STORE_ID_LEN, "%.4s%.2s%.2s-%.2s%.2s%.2s-%016llx", utc, utc + 5, utc + 8,
		 utc + 11, utc + 14, utc + 17, (unsigned long long)random);
}

int store_add_experiment(struct store *s, const struct store_experiment *x, struct err *e)
{
	_cleanup_free_ char *command = json_dumps(x->command, JSON_COMPACT);
	_cleanup_free_ char *environment =
		x->environment ? json_dumps(x->environment, JSON_COMPACT) : NULL;
	_cleanup_sql_ struct sql q = { 0 };
	char now[28];
	int r = database_writable(&s->d, e);

	if (r < 0)
		return r;
	r = sql_prepare(s->db,
			"INSERT INTO experiment (id, name, command, mode, purpose, started, "
			"slowpath_version, environment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			&q, e);

	if (r < 0)
		return r;
	clock_utc(now);
	sql_text(&q, x->id);
	sql_text(&q, x->name);
	sql_text(&q, command ? command : "null");
	sql_text(&q, x->mode);
	sql_text(&q, x->purpose);
	sql_text(&q, now);
	sql_text(&q, x->slowpath_version);
	sql_text(&q, environment ? environment : "null");
	r = sql_run(&q, e);
	return r < 0 ? r : store_claim(s, x->id, e);
}

int store_set_environment(struct store *s, const char *id, const json_t *environment, struct err *e)
{
	_cleanup_free_ char *text = json_dumps(environment, JSON_COMPACT);
	_cleanup_sql_ struct sql q;
	int r = text ? sql_prepare(s->db, "UPDATE experiment SET environment = ? WHERE id = ?", &q,
				   e)
		     : err_oom(e);

	if (r < 0)
		return r;
	sql_text(&q, text);
	sql_text(&q, id);
	return sql_run(&q, e);
}

int store_extend_experiment(struct store *s, const char *id, const json_t *command, struct err *e)
{
	_cleanup_free_ char *text = json_dumps(command, JSON_COMPACT);
	_cleanup_sql_ struct sql q;
	int r = text ? sql_prepare(
			       s->db,
			       "UPDATE experiment SET command = ?, finished = NULL WHERE id = ?",
			       &q, e)
		     : err_oom(e);

	if (r < 0)
		return r;
	sql_text(&q, text);
	sql_text(&q, id);
	return sql_run(&q, e);
}

int store_add_file(struct store *s, const char *experiment, const char *name, const char *text,
		   struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT OR IGNORE INTO experiment_file VALUES (?, ?, ?)", &q, e);

	if (r < 0)
		return r;
	sql_text(&q, experiment);
	sql_text(&q, name);
	sql_text(&q, text);
	return sql_run(&q, e);
}

int store_finish_experiment(struct store *s, const char *id, const json_t *effect, struct err *e)
{
	_cleanup_free_ char *text = effect ? json_dumps(effect, JSON_COMPACT) : NULL;
	_cleanup_sql_ struct sql q;
	char now[28];
	int r = sql_prepare(s->db, "UPDATE experiment SET finished = ?, effect = ? WHERE id = ?",
			    &q, e);

	if (r < 0)
		return r;
	clock_utc(now);
	sql_text(&q, now);
	sql_text(&q, text);
	sql_text(&q, id);
	return sql_run(&q, e);
}

int store_add_result(struct store *s, const char *experiment, const char *scenario,
		     const char *verdict, const json_t *document, struct err *e)
{
	_cleanup_free_ char *text = json_dumps(document, JSON_COMPACT | JSON_PRESERVE_ORDER);
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?)", &q, e);

	if (r < 0)
		return r;
	sql_text(&q, experiment);
	sql_text(&q, scenario);
	sql_text(&q, verdict);
	sql_text(&q, text ? text : "null");
	return sql_run(&q, e);
}

int store_mean_seconds(struct store *s, const char *mode, const char *scenario_sha256,
		       unsigned cpus, double *seconds, unsigned *runs, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(
		s->db,
		"SELECT count(*), avg(measure_seconds + "
		"CASE accelerator WHEN 'tcg-icount' THEN 0 ELSE boot_seconds END) FROM run "
		"JOIN experiment ON experiment.id = run.experiment WHERE "
		"status = 'ok' AND mode = ? AND scenario_sha256 = ? AND cpus = ?",
		&q, e);

	if (r < 0)
		return r;
	sql_text(&q, mode);
	sql_text(&q, scenario_sha256);
	sql_int(&q, cpus);
	if (q.bad || sqlite3_step(q.stmt) != SQLITE_ROW)
		return sql_error(s->db, "reading", e);
	*runs = (unsigned)sqlite3_column_int(q.stmt, 0);
	if (*runs)
		*seconds = sqlite3_column_double(q.stmt, 1);
	return database_settled(&s->d, 0, e);
}
