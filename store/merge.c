// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/catalog.h"

#include "base/file.h"
#include "store/internal.h"
#include "store/sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* All of a run but its number, which is the database's own affair. */
#define RUN_COLUMNS                                                                             \
	"experiment, block, position, attempt, side, status, failure_reason, scenario, "        \
	"scenario_sha256, item, items, kernel_spec, kernel_subject, kernel_release, "           \
	"kernel_version, compiler, "                                                            \
	"vmlinux_sha256, image_sha256, config_sha256, cpus, memory_mib, guest_cmdline, "        \
	"perturbation, started, accelerator, affinity, load_before, load_after, qemu_version, " \
	"qemu_argv, guest_sha256, plugin_sha256, plugin_api, from_snapshot, boot_seconds, "     \
	"measure_seconds, environment, console"

static int attach(struct store *s, const char *path, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "ATTACH ? AS other", &q, e);

	if (r < 0)
		return r;
	sql_text(&q, path);
	return sql_run(&q, e);
}

/* One number of a query with the id as its only parameter. */
static int number(struct store *s, const char *query, const char *id, int64_t *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, query, &q, e);

	*out = 0;
	if (r < 0)
		return r;
	if (id)
		sql_text(&q, id);
	if (sqlite3_step(q.stmt) != SQLITE_ROW)
		return sql_error(s->db, "reading", e);
	*out = sqlite3_column_int64(q.stmt, 0);
	return 0;
}

static int check_version(struct store *s, const char *path, struct err *e)
{
	int64_t ours, theirs;
	int r = number(s, "PRAGMA main.user_version", NULL, &ours, e);

	if (r == 0)
		r = number(s, "PRAGMA other.user_version", NULL, &theirs, e);
	if (r == 0 && ours != theirs)
		r = err_set(e, ENOTSUP,
			    "%s: not a database of this slowpath (schema %lld, not %lld)", path,
			    (long long)theirs, (long long)ours);
	return r;
}

/* Runs are compared as rows; what hangs on them is written with them, once. */
static int compare(struct store *s, const char *id, enum merge_outcome *out, struct err *e)
{
	int64_t here, differences;
	int r = number(s, "SELECT count(*) FROM main.experiment WHERE id = ?", id, &here, e);

	*out = MERGE_ADDED;
	if (r < 0 || !here)
		return r;
	r = number(s,
		   "SELECT (SELECT count(*) FROM (SELECT " RUN_COLUMNS " FROM main.run WHERE "
		   "experiment = ?1 EXCEPT SELECT " RUN_COLUMNS " FROM other.run)) + "
		   "(SELECT count(*) FROM (SELECT " RUN_COLUMNS " FROM other.run WHERE "
		   "experiment = ?1 EXCEPT SELECT " RUN_COLUMNS " FROM main.run)) + "
		   "(SELECT count(*) FROM (SELECT * FROM main.experiment WHERE id = ?1 "
		   "EXCEPT SELECT * FROM other.experiment))",
		   id, &differences, e);
	*out = r == 0 && differences ? MERGE_CONFLICT : MERGE_SAME;
	return r;
}

static int run_with_id(struct store *s, const char *query, const char *id, int64_t offset,
		       struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, query, &q, e);

	if (r < 0)
		return r;
	sql_text(&q, id);
	if (sqlite3_bind_parameter_count(q.stmt) > 1)
		sql_int(&q, offset);
	return sql_run(&q, e);
}

#define OF_RUNS(table, rest)                                                                   \
	"INSERT INTO main." table " SELECT run + ?2, " rest " FROM other." table " WHERE run " \
	"IN (SELECT id FROM other.run WHERE experiment = ?1)"

static int copy(struct store *s, const char *id, struct err *e)
{
	static const char *const queries[] = {
		"INSERT INTO main.experiment SELECT * FROM other.experiment WHERE id = ?1",
		"INSERT INTO main.experiment_file SELECT * FROM other.experiment_file "
		"WHERE experiment = ?1",
		"INSERT INTO main.run (id, " RUN_COLUMNS ") SELECT id + ?2, " RUN_COLUMNS
		" FROM other.run WHERE experiment = ?1",
		OF_RUNS("phase", "phase, iterations, windows, clock_ticks, minor_faults, "
				 "major_faults"),
		OF_RUNS("slot", "phase, segment, name, task, unattributed, interrupts, "
				"other_tasks, rep_iterations, fault_retries"),
		OF_RUNS("function_count", "phase, segment, name, insns, calls"),
		OF_RUNS("slot_cost", "phase, segment, loads, stores, atomics, branches, calls, "
				     "tlb_flushes, rep_iterations, faults, interrupts"),
		OF_RUNS("function_cost", "phase, segment, name, loads, stores, atomics, branches, "
					 "calls, tlb_flushes, rep_iterations"),
		OF_RUNS("tree_node", "node, parent, name"),
		OF_RUNS("tree_count", "node, phase, segment, insns, calls"),
		OF_RUNS("timing", "step_ns, read_ns, rounds, rounds_max, min_time_ns, total_ns, "
				  "minor_faults, major_faults"),
		OF_RUNS("span", "segment, name, spans_ns"),
		OF_RUNS("page_state", "moment, name, value"),
		OF_RUNS("printed", "name, value, spread"),
		OF_RUNS("program", "sha256, words, output"),
		"INSERT INTO main.result SELECT * FROM other.result WHERE experiment = ?1",
	};
	int64_t offset;
	int r = number(s, "SELECT coalesce(max(id), 0) FROM main.run", NULL, &offset, e);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(queries); i++)
		r = run_with_id(s, queries[i], id, offset, e);
	return r;
}

static int merge_one(struct store *s, const char *id, merge_fn fn, void *arg, struct err *e)
{
	enum merge_outcome outcome;
	int r = compare(s, id, &outcome, e);

	if (r == 0 && outcome == MERGE_ADDED)
		r = copy(s, id, e);
	return r == 0 ? fn(arg, id, outcome, e) : err_wrap(e, "experiment '%s'", id);
}

static int merge_all(struct store *s, merge_fn fn, void *arg, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "SELECT id FROM other.experiment ORDER BY id", &q, e);

	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW) {
		const char *id = (const char *)sqlite3_column_text(q.stmt, 0);

		r = id ? merge_one(s, id, fn, arg, e) : err_set(e, EIO, "an experiment has no id");
	}
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(s->db, "reading", e);
	return r;
}

int store_merge(struct store *s, const char *path, merge_fn fn, void *arg, struct err *e)
{
	int r;

	/* ATTACH would make it. */
	if (!file_exists(path))
		return err_set(e, ENOENT, "%s: there is no such database", path);
	r = attach(s, path, e);
	if (r < 0)
		return r;
	r = check_version(s, path, e);
	if (r == 0)
		r = sql_exec(s->db, "BEGIN IMMEDIATE", e);
	if (r == 0) {
		r = merge_all(s, fn, arg, e);
		if (r == 0)
			r = sql_exec(s->db, "COMMIT", e);
		if (r < 0)
			sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	}
	sqlite3_exec(s->db, "DETACH other", NULL, NULL, NULL);
	return r;
}
