// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/store.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/schema_sql.h"
#include "store/internal.h"
#include "store/sql.h"
#include "vm/argv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SCHEMA_VERSION 2 /* as schema.sql sets it */
#define BUSY_TIMEOUT_MS 20000

void store_close(struct store *s)
{
	if (!s)
		return;
	sqlite3_close(s->db);
	free(s);
}

static int read_version(sqlite3 *db, int *out, struct err *e)
{
	struct sql q;
	int r = sql_prepare(db, "PRAGMA user_version", &q, e);

	if (r < 0)
		return r;
	if (sqlite3_step(q.stmt) == SQLITE_ROW)
		*out = sqlite3_column_int(q.stmt, 0);
	else
		r = sql_error(db, "reading", e);
	sql_done(&q);
	return r;
}

/* Two slowpaths may both find an empty file: the lock comes before the second look. */
static int make_schema(sqlite3 *db, struct err *e)
{
	int version = 0, r = sql_exec(db, "BEGIN IMMEDIATE", e);

	if (r < 0)
		return r;
	r = read_version(db, &version, e);
	if (r == 0 && version == 0)
		r = sql_exec(db, schema_sql, e);
	if (r == 0)
		r = sql_exec(db, "COMMIT", e);
	if (r < 0)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static int open_database(struct store *s, const char *path, struct err *e)
{
	int version = 0, r;

	if (sqlite3_open(path, &s->db) != SQLITE_OK)
		return s->db ? sql_error(s->db, path, e) : err_oom(e);
	sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
	r = sql_exec(s->db, "PRAGMA foreign_keys = ON", e);
	if (r == 0)
		r = read_version(s->db, &version, e);
	if (r < 0)
		return r;
	if (version > SCHEMA_VERSION)
		return err_set(e, ENOTSUP,
			       "database %s has schema %d, this slowpath knows %d: it was "
			       "written by a newer slowpath",
			       path, version, SCHEMA_VERSION);
	if (version && version < SCHEMA_VERSION)
		return err_set(e, ENOTSUP,
			       "database %s has schema %d, of a slowpath that was never released; "
			       "move the file away to start a new one",
			       path, version);
	return version ? 0 : make_schema(s->db, e);
}

int store_open(const char *data_dir, struct store **out, struct err *e)
{
	_cleanup_(store_close_p) struct store *s = calloc(1, sizeof(*s));
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", data_dir);
	int r;

	if (!s || !path)
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
	uint32_t random = 0;
	char utc[28];

	/* "2026-01-31T12:34:56.123456Z" to "20260131-123456-1a2b3c" */
	clock_utc(utc);
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint32_t)clock_ns();
	snprintf(out, STORE_ID_LEN, "%.4s%.2s%.2s-%.2s%.2s%.2s-%06x", utc, utc + 5, utc + 8,
		 utc + 11, utc + 14, utc + 17, random & 0xffffff);
}

int store_add_experiment(struct store *s, const struct store_experiment *x, struct err *e)
{
	_cleanup_free_ char *command = json_dumps(x->command, JSON_COMPACT);
	_cleanup_sql_ struct sql q;
	char now[28];
	int r = sql_prepare(s->db,
			    "INSERT INTO experiment (id, name, command, mode, purpose, started, "
			    "slowpath_version) VALUES (?, ?, ?, ?, ?, ?, ?)",
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
	return sql_run(&q, e);
}

int store_finish_experiment(struct store *s, const char *id, struct err *e)
{
	_cleanup_sql_ struct sql q;
	char now[28];
	int r = sql_prepare(s->db, "UPDATE experiment SET finished = ? WHERE id = ?", &q, e);

	if (r < 0)
		return r;
	clock_utc(now);
	sql_text(&q, now);
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

static json_t *perturbation_json(const struct perturbation *p)
{
	return json_pack("{s:i,s:i,s:i,s:I}", "seed", (int)p->seed, "extra_memory_mib",
			 p->extra_memory_mib, "initrd_pad_bytes", (int)p->initrd_pad_bytes,
			 "map_offset", (json_int_t)p->map_offset);
}

static void bind_kernel(struct sql *q, const struct kernel *k)
{
	sql_text(q, k->spec);
	sql_text(q, k->release);
	sql_text(q, k->version);
	sql_text(q, k->compiler);
	sql_text(q, k->vmlinux_sha256);
	sql_text(q, k->image_sha256);
	sql_text(q, k->config_sha256);
}

static char *full_cmdline(const char *added)
{
	return str_printf("%s%s%s", argv_base_cmdline(), added && added[0] ? " " : "",
			  added ? added : "");
}

static int insert_run(struct store *s, const struct store_run *r, int64_t *id, struct err *e)
{
	json_t *perturbation = perturbation_json(&r->request->perturbation);
	_cleanup_free_ char *disturbed = perturbation ? json_dumps(perturbation, 0) : NULL;
	_cleanup_free_ char *cmdline = full_cmdline(r->request->cmdline);
	_cleanup_free_ char *argv = r->run->argv ? json_dumps(r->run->argv, 0) : strdup("[]");
	_cleanup_sql_ struct sql q;
	int rc = sql_prepare(
		s->db,
		"INSERT INTO run VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		&q, e);

	json_decref(perturbation);
	if (rc < 0)
		return rc;
	if (!disturbed || !argv || !cmdline)
		return err_oom(e);
	sql_text(&q, r->experiment);
	sql_int(&q, r->block);
	sql_int(&q, r->position);
	sql_int(&q, r->attempt);
	sql_text(&q, r->side);
	sql_text(&q, r->failure_reason ? "failed" : "ok");
	sql_text(&q, r->failure_reason);
	sql_text(&q, r->request->scenario->name);
	sql_text(&q, r->request->scenario->sha256.text);
	sql_text(&q, scenario_item_name(r->request->scenario));
	sql_int(&q, (int64_t)scenario_items(r->request->scenario));
	bind_kernel(&q, r->request->kernel);
	sql_int(&q, r->request->cpus);
	sql_int(&q, r->request->memory_mib);
	sql_text(&q, cmdline);
	sql_text(&q, disturbed);
	sql_text(&q, r->qemu_version);
	sql_text(&q, argv);
	sql_text(&q, r->guest_sha256);
	sql_text(&q, r->plugin_sha256);
	sql_int(&q, r->run->profile.plugin_api);
	sql_int(&q, r->run->from_snapshot);
	sql_real(&q, r->run->boot_seconds);
	sql_real(&q, r->run->measure_seconds);
	sql_text(&q, r->run->environment ? r->run->environment : "");
	sql_text(&q, r->run->console ? r->run->console : "");
	rc = sql_run(&q, e);
	*id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

static int insert_phases(struct store *s, int64_t id, const struct exact_run *run, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO phase VALUES (?, ?, ?, ?, ?, ?, ?)", &q, e);

	for (unsigned i = 0; r == 0 && i < MARKER_PHASES; i++) {
		const struct report_phase *p = &run->phases[i];

		sql_int(&q, id);
		sql_int(&q, i);
		sql_int(&q, p->iterations);
		sql_int(&q, (int64_t)p->windows);
		sql_int(&q, (int64_t)p->tsc_ticks);
		sql_int(&q, (int64_t)p->minor_faults);
		sql_int(&q, (int64_t)p->major_faults);
		r = sql_run(&q, e);
	}
	return r;
}

static int insert_slots(struct store *s, int64_t id, const struct scenario *scenario,
			const struct exact_run *run, struct err *e)
{
	static const struct profile_slot nothing;
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO slot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &q, e);

	for (unsigned i = 0; r == 0 && i < MARKER_SLOTS; i++) {
		const struct profile_slot *p = &run->profile.slots[i];

		if (!memcmp(p, &nothing, sizeof(nothing)))
			continue;
		sql_int(&q, id);
		sql_int(&q, i / MARKER_SEGMENTS);
		sql_int(&q, i % MARKER_SEGMENTS);
		sql_text(&q, i / MARKER_SEGMENTS < MARKER_PHASE_EMPTY
				     ? scenario->segments[i % MARKER_SEGMENTS].name
				     : "");
		sql_int(&q, (int64_t)p->task);
		sql_int(&q, (int64_t)p->unattributed);
		sql_int(&q, (int64_t)p->interrupts);
		sql_int(&q, (int64_t)p->others);
		sql_int(&q, (int64_t)p->rep_iterations);
		sql_int(&q, (int64_t)p->retries);
		r = sql_run(&q, e);
	}
	return r;
}

static int insert_functions(struct store *s, int64_t id, const struct profile *p, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO function_count VALUES (?, ?, ?, ?, ?, ?)", &q, e);

	for (size_t i = 0; r == 0 && i < p->count * MARKER_SLOTS; i++) {
		const struct profile_function *f = &p->functions[i / MARKER_SLOTS];
		unsigned slot = i % MARKER_SLOTS;

		if (!f->insns[slot] && !f->calls[slot])
			continue;
		sql_int(&q, id);
		sql_int(&q, slot / MARKER_SEGMENTS);
		sql_int(&q, slot % MARKER_SEGMENTS);
		sql_text(&q, f->name);
		sql_int(&q, (int64_t)f->insns[slot]);
		sql_int(&q, (int64_t)f->calls[slot]);
		r = sql_run(&q, e);
	}
	return r;
}

static int insert_state(struct store *s, int64_t id, const char *moment,
			const struct report_state *state, struct err *e)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "online_cpus", state->online_cpus },
		{ "vmas", state->vmas },
		{ "present_pages", state->present_pages },
		{ "dirty_pages", state->dirty_pages },
		{ "pmd_mapped_pages", state->pmd_mapped_pages },
		{ "swapped_pages", state->swapped_pages },
	};
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO page_state VALUES (?, ?, ?, ?)", &q, e);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(rows); i++) {
		sql_int(&q, id);
		sql_text(&q, moment);
		sql_text(&q, rows[i].name);
		if (rows[i].value == REPORT_UNKNOWN)
			sql_null(&q);
		else
			sql_int(&q, (int64_t)rows[i].value);
		r = sql_run(&q, e);
	}
	return r;
}

int store_add_run(struct store *s, const struct store_run *r, struct err *e)
{
	int64_t id = 0;
	int rc = sql_exec(s->db, "BEGIN IMMEDIATE", e);

	if (rc < 0)
		return rc;
	rc = insert_run(s, r, &id, e);
	if (!r->failure_reason) {
		if (rc == 0)
			rc = insert_phases(s, id, r->run, e);
		if (rc == 0)
			rc = insert_slots(s, id, r->request->scenario, r->run, e);
		if (rc == 0)
			rc = insert_functions(s, id, &r->run->profile, e);
		if (rc == 0)
			rc = insert_state(s, id, "before", &r->run->before, e);
		if (rc == 0)
			rc = insert_state(s, id, "after", &r->run->after, e);
	}
	if (rc == 0)
		rc = sql_exec(s->db, "COMMIT", e);
	if (rc < 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int store_mean_seconds(struct store *s, const char *mode, const char *scenario_sha256,
		       unsigned cpus, double *seconds, unsigned *runs, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db,
			    "SELECT count(*), avg(measure_seconds) FROM run "
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
	return 0;
}
