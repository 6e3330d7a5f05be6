// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/read.h"

#include "proto/marker.h"
#include "store/internal.h"
#include "store/sql.h"
#include "store/timing.h"
#include "vm/argv.h"

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
	sql_text(&q, id);
	r = sqlite3_step(q.stmt);
	if (r == SQLITE_DONE)
		return err_set(e, ENOENT, "there is no experiment '%s' in the database", id);
	if (r != SQLITE_ROW)
		return sql_error(s->db, "reading", e);
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

/* The task's counts of one segment, by phase. */
struct segment_counts {
	char name[PLAN_NAME_BYTES];
	double task[MARKER_PHASE_EMPTY];
};

struct run_counts {
	struct segment_counts segments[MARKER_SEGMENTS];
	unsigned n_segments;
	double iterations; /* N */
};

static int read_counts(struct store *s, int64_t run, struct run_counts *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db,
			    "SELECT slot.segment, slot.phase, slot.name, slot.task, "
			    "(SELECT iterations FROM phase WHERE run = slot.run AND phase = 0) "
			    "FROM slot WHERE run = ? AND phase < 4",
			    &q, e);

	*out = (struct run_counts){ 0 };
	if (r < 0)
		return r;
	sql_int(&q, run);
	while ((r = sqlite3_step(q.stmt)) == SQLITE_ROW) {
		unsigned segment = (unsigned)sqlite3_column_int(q.stmt, 0);
		unsigned phase = (unsigned)sqlite3_column_int(q.stmt, 1);
		struct segment_counts *c;

		if (segment >= MARKER_SEGMENTS || phase >= MARKER_PHASE_EMPTY)
			return err_set(e, EIO, "run %lld: its counts are damaged", (long long)run);
		c = &out->segments[segment];
		snprintf(c->name, sizeof(c->name), "%s", text(&q, 2));
		c->task[phase] = (double)sqlite3_column_int64(q.stmt, 3);
		out->iterations = (double)sqlite3_column_int64(q.stmt, 4);
		if (segment >= out->n_segments)
			out->n_segments = segment + 1;
	}
	if (r != SQLITE_DONE)
		return sql_error(s->db, "reading", e);
	if (!out->n_segments || out->iterations <= 0)
		return err_set(e, EIO, "run %lld has no counts", (long long)run);
	return 0;
}

/* Mean of the two slopes, as judge/comparison.c has it. */
static double cost(const struct segment_counts *c, double divisor)
{
	double first = (c->task[1] - c->task[0]) / divisor;
	double second = (c->task[3] - c->task[2]) / divisor;

	return (first + second) / 2;
}

struct run_reader {
	struct store *s;
	struct sql q; /* of the runs */
	store_row_fn fn;
	void *arg;
};

static bool is_counted(struct sql *q)
{
	return !strcmp(text(q, 13), accel_name(ACCEL_ICOUNT));
}

/* The mode as results are labelled with it: timing under TCG is emulated. */
static const char *mode_of(const char *accelerator)
{
	return !strcmp(accelerator, accel_name(ACCEL_ICOUNT)) ? "exact"
	       : !strcmp(accelerator, accel_name(ACCEL_KVM))  ? "timed"
							      : "emulated";
}

/* The run at hand, as far as it is not about a metric. @id: room for the run_id. */
static struct stored_row row_of(struct run_reader *in, char id[64])
{
	struct sql *q = &in->q;
	struct stored_row row = {
		.experiment = text(q, 1),
		.block = (unsigned)sqlite3_column_int(q->stmt, 2),
		.position = (unsigned)sqlite3_column_int(q->stmt, 3),
		.attempt = (unsigned)sqlite3_column_int(q->stmt, 4),
		.kernel = text(q, 5),
		.release = text(q, 6),
		.scenario = text(q, 7),
		.cpus = (unsigned)sqlite3_column_int(q->stmt, 8),
		.ok = !strcmp(text(q, 9), "ok"),
		.metric = "",
		.mode = mode_of(text(q, 13)),
		.unit = is_counted(q) ? "insns" : "ns",
		.run_id = id,
	};

	snprintf(id, 64, "%.40s-%lld", row.experiment, (long long)sqlite3_column_int64(q->stmt, 0));
	if (!row.ok)
		row.reason = text(q, 10);
	return row;
}

static int emit(struct run_reader *in, struct stored_row *row, const char *segment, double value,
		struct err *e)
{
	char metric[64];

	snprintf(metric, sizeof(metric), "%s_%s_per_%s", segment, row->unit, text(&in->q, 11));
	row->metric = metric;
	row->value = row->ok ? value : 0;
	return in->fn(in->arg, row, e);
}

/* A good run of the same scenario, to know the metrics of one that failed; 0 if there is none. */
static int64_t sibling(struct run_reader *in, const struct stored_row *row)
{
	_cleanup_sql_ struct sql q;
	int64_t found = 0;

	if (sql_prepare(in->s->db,
			"SELECT id FROM run WHERE experiment = ? AND scenario = ? AND "
			"status = 'ok' LIMIT 1",
			&q, NULL) < 0)
		return 0;
	sql_text(&q, row->experiment);
	sql_text(&q, row->scenario);
	if (sqlite3_step(q.stmt) == SQLITE_ROW)
		found = sqlite3_column_int64(q.stmt, 0);
	return found;
}

static int emit_counted(struct run_reader *in, struct stored_row *row, int64_t run, double items,
			struct err *e)
{
	struct run_counts c;
	double sum = 0;
	int r = read_counts(in->s, run, &c, e);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < c.n_segments; i++)
		sum += cost(&c.segments[i], c.iterations * items);
	r = emit(in, row, "iteration", sum, e);
	for (unsigned i = 0; r == 0 && i < c.n_segments; i++)
		r = emit(in, row, c.segments[i].name, cost(&c.segments[i], c.iterations * items),
			 e);
	return r;
}

/* A metric that the clock cannot tell is a failed one of a good run. */
static int emit_timed(struct run_reader *in, struct stored_row *row, int64_t run, double items,
		      struct err *e)
{
	const struct stored_row whole = *row;
	struct timed_metrics m;
	int r = timing_read(in->s, run, &m, e);

	for (unsigned i = 0; r == 0 && i < m.count; i++) {
		*row = whole;
		if (row->ok && m.at[i].refused[0]) {
			row->ok = false;
			row->reason = m.at[i].refused;
		}
		r = emit(in, row, m.at[i].name, m.at[i].median_ns / items, e);
	}
	return r;
}

static int emit_metrics(struct run_reader *in, struct stored_row *row, struct err *e)
{
	int64_t run = row->ok ? sqlite3_column_int64(in->q.stmt, 0) : sibling(in, row);
	double items = (double)sqlite3_column_int64(in->q.stmt, 12);

	if (!run)
		return emit(in, row, "iteration", 0, e);
	if (items <= 0)
		return err_set(e, EIO, "run %lld: its description is damaged", (long long)run);
	return is_counted(&in->q) ? emit_counted(in, row, run, items, e)
				  : emit_timed(in, row, run, items, e);
}

static int each(struct store *s, const char *id, store_row_fn fn, void *arg, bool metrics,
		struct err *e)
{
	struct run_reader in = { .s = s, .fn = fn, .arg = arg };
	int r = sql_prepare(s->db,
			    "SELECT id, experiment, block, position, attempt, side, "
			    "kernel_release, scenario, cpus, status, failure_reason, item, items, "
			    "accelerator "
			    "FROM run WHERE experiment = ? ORDER BY id",
			    &in.q, e);

	if (r < 0)
		return r;
	sql_text(&in.q, id);
	while (r == 0 && (r = sqlite3_step(in.q.stmt)) == SQLITE_ROW) {
		char run_id[64];
		struct stored_row row = row_of(&in, run_id);

		r = metrics ? emit_metrics(&in, &row, e) : fn(arg, &row, e);
	}
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(s->db, "reading", e);
	sql_done(&in.q);
	return r;
}

int store_each_row(struct store *s, const char *id, store_row_fn fn, void *arg, struct err *e)
{
	return each(s, id, fn, arg, true, e);
}

int store_each_run(struct store *s, const char *id, store_row_fn fn, void *arg, struct err *e)
{
	return each(s, id, fn, arg, false, e);
}
