// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/load.h"

#include "base/buf.h"
#include "store/internal.h"
#include "store/record_check.h"
#include "store/sql.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct loader {
	struct store *s;
	const char *id;
	struct record *out;
	struct record_run *run; /* that the last row was of */
};

static const char *text(struct sql *q, int column)
{
	const char *value = (const char *)sqlite3_column_text(q->stmt, column);

	return value ? value : "";
}

static char *copy(struct sql *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL ? NULL : strdup(text(q, column));
}

static int damaged(const struct loader *l, const char *what, struct err *e)
{
	return err_set(e, EIO, "experiment '%s': %s in the database is damaged", l->id, what);
}

/* Every row of a query whose only parameter is the experiment. */
static int each(struct loader *l, const char *query,
		int (*fn)(struct loader *l, struct sql *q, struct err *e), struct err *e)
{
	struct sql q;
	int r = sql_prepare(l->s->db, query, &q, e);

	if (r < 0)
		return r;
	l->run = NULL;
	sql_text(&q, l->id);
	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW)
		r = fn(l, &q, e);
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(l->s->db, "reading", e);
	sql_done(&q);
	return r;
}

static int take_experiment(struct loader *l, struct sql *q, struct err *e)
{
	struct record *x = l->out;

	x->id = copy(q, 0);
	x->name = copy(q, 1);
	x->mode = copy(q, 2);
	x->purpose = copy(q, 3);
	x->started = copy(q, 4);
	x->finished = copy(q, 5);
	x->slowpath_version = copy(q, 6);
	x->command = json_loads(text(q, 7), 0, NULL);
	x->environment = json_loads(text(q, 8), JSON_DECODE_ANY, NULL);
	x->effect = json_loads(text(q, 9), 0, NULL);
	if (x->id && x->name && x->mode && x->purpose && x->started && x->slowpath_version &&
	    x->command && x->environment)
		return 0;
	return damaged(l, "its description", e);
}

static int take_field(struct record_run *run, const struct record_field *f, struct sql *q,
		      int column, struct err *e)
{
	void *at = (char *)run + f->offset;

	if (f->type == FIELD_INT) {
		*(int64_t *)at = sqlite3_column_int64(q->stmt, column);
	} else if (f->type == FIELD_REAL) {
		*(double *)at = sqlite3_column_type(q->stmt, column) == SQLITE_NULL
					? NAN
					: sqlite3_column_double(q->stmt, column);
	} else {
		*(char **)at = f->may_be_null ? copy(q, column) : strdup(text(q, column));
		if (!*(char **)at && !f->may_be_null)
			return err_oom(e);
	}
	return 0;
}

static int take_run(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = record_add_run(l->out);
	int r = run ? 0 : err_oom(e);

	for (int i = 0; r == 0 && i < RECORD_RUN_FIELDS; i++)
		r = take_field(run, &record_run_fields[i], q, i, e);
	if (r == 0)
		run->measured.profile.plugin_api = (unsigned)run->plugin_api;
	return r;
}

static int load_runs(struct loader *l, struct err *e)
{
	_cleanup_buf_ struct buf query = { 0 };
	int r = 0;

	for (int i = 0; i < RECORD_RUN_FIELDS; i++)
		r |= buf_printf(&query, "%s%s", i ? ", " : "SELECT ", record_run_fields[i].name);
	r |= buf_puts(&query, " FROM run WHERE experiment = ? ORDER BY id");
	return r ? err_oom(e) : each(l, query.data, take_run, e);
}

/* Rows come in the order of runs: the run of column 0, or NULL. */
static struct record_run *run_of(struct loader *l, struct sql *q)
{
	int64_t id = sqlite3_column_int64(q->stmt, 0);
	struct record_run *end = l->out->runs + l->out->n_runs;

	if (!l->run)
		l->run = l->out->runs;
	while (l->run < end && l->run->id < id)
		l->run++;
	return l->run < end && l->run->id == id ? l->run : NULL;
}

static int take_phase(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = run_of(l, q);
	unsigned phase = (unsigned)sqlite3_column_int(q->stmt, 1);

	if (!run || phase >= MARKER_PHASES)
		return damaged(l, "a phase", e);
	run->measured.phases[phase] = (struct report_phase){
		.phase = phase,
		.iterations = (uint32_t)sqlite3_column_int64(q->stmt, 2),
		.windows = (uint64_t)sqlite3_column_int64(q->stmt, 3),
		.tsc_ticks = (uint64_t)sqlite3_column_int64(q->stmt, 4),
		.minor_faults = (uint64_t)sqlite3_column_int64(q->stmt, 5),
		.major_faults = (uint64_t)sqlite3_column_int64(q->stmt, 6),
	};
	return 0;
}

static int take_slot(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = run_of(l, q);
	unsigned phase = (unsigned)sqlite3_column_int(q->stmt, 1);
	unsigned segment = (unsigned)sqlite3_column_int(q->stmt, 2);

	if (!run || phase >= MARKER_PHASES || segment >= MARKER_SEGMENTS)
		return damaged(l, "a count", e);
	run->measured.profile.slots[phase * MARKER_SEGMENTS + segment] = (struct profile_slot){
		.task = (uint64_t)sqlite3_column_int64(q->stmt, 4),
		.unattributed = (uint64_t)sqlite3_column_int64(q->stmt, 5),
		.interrupts = (uint64_t)sqlite3_column_int64(q->stmt, 6),
		.others = (uint64_t)sqlite3_column_int64(q->stmt, 7),
		.rep_iterations = (uint64_t)sqlite3_column_int64(q->stmt, 8),
		.retries = (uint64_t)sqlite3_column_int64(q->stmt, 9),
	};
	if (phase == MARKER_PHASE_EMPTY)
		return 0;
	snprintf(run->segments[segment], PLAN_NAME_BYTES, "%s", text(q, 3));
	if (segment >= run->n_segments)
		run->n_segments = segment + 1;
	return 0;
}

static int take_timing(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = run_of(l, q);
	struct timing *t;

	if (!run)
		return damaged(l, "a time", e);
	t = &run->measured.timing;
	t->clock.step_ns = (uint64_t)sqlite3_column_int64(q->stmt, 1);
	t->clock.read_ns = (uint64_t)sqlite3_column_int64(q->stmt, 2);
	t->timed = (struct report_timed){
		.rounds = (uint32_t)sqlite3_column_int64(q->stmt, 3),
		.rounds_max = (uint32_t)sqlite3_column_int64(q->stmt, 4),
		.min_time_ns = (uint64_t)sqlite3_column_int64(q->stmt, 5),
		.total_ns = (uint64_t)sqlite3_column_int64(q->stmt, 6),
		.minor_faults = (uint64_t)sqlite3_column_int64(q->stmt, 7),
		.major_faults = (uint64_t)sqlite3_column_int64(q->stmt, 8),
	};
	return t->timed.rounds && t->timed.rounds <= PLAN_MAX_ROUNDS ? 0 : damaged(l, "a time", e);
}

/* "[1,2,3]": exactly @n numbers (malloc'ed), or NULL. */
static uint64_t *parse_spans(const char *p, size_t n)
{
	uint64_t *out = calloc(n, sizeof(*out));

	for (size_t i = 0; out && i < n; i++) {
		char *end;

		if (*p != (i ? ',' : '[') || p[1] < '0' || p[1] > '9')
			break;
		out[i] = strtoull(p + 1, &end, 10);
		p = end;
		if (i + 1 == n && !strcmp(p, "]"))
			return out;
	}
	free(out);
	return NULL;
}

static int take_span(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = run_of(l, q);
	unsigned segment = (unsigned)sqlite3_column_int(q->stmt, 1);

	if (!run || segment != run->n_segments || segment >= MARKER_SEGMENTS)
		return damaged(l, "a span", e);
	snprintf(run->segments[segment], PLAN_NAME_BYTES, "%s", text(q, 2));
	run->measured.timing.spans_ns[segment] =
		parse_spans(text(q, 3), run->measured.timing.timed.rounds);
	run->n_segments++;
	return run->measured.timing.spans_ns[segment] ? 0 : damaged(l, "a span", e);
}

static int take_state(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = run_of(l, q);
	uint64_t value = sqlite3_column_type(q->stmt, 3) == SQLITE_NULL
				 ? REPORT_UNKNOWN
				 : (uint64_t)sqlite3_column_int64(q->stmt, 3);

	return run && record_take_state(run, text(q, 1), text(q, 2), value)
		       ? 0
		       : damaged(l, "a page state", e);
}

static int take_printed(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = run_of(l, q);
	struct output *o;

	if (!run || run->measured.output.n_metrics == OUTPUT_METRICS_MAX)
		return damaged(l, "a printed metric", e);
	o = &run->measured.output;
	snprintf(o->metrics[o->n_metrics].name, OUTPUT_NAME_BYTES, "%s", text(q, 1));
	o->metrics[o->n_metrics].value = sqlite3_column_double(q->stmt, 2);
	o->metrics[o->n_metrics++].spread = sqlite3_column_double(q->stmt, 3);
	return 0;
}

static int take_file(struct loader *l, struct sql *q, struct err *e)
{
	return record_add_file(l->out, text(q, 0), text(q, 1), e);
}

static int take_result(struct loader *l, struct sql *q, struct err *e)
{
	return record_add_result(l->out, text(q, 0), text(q, 1), text(q, 2), e);
}

static int take_program(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = run_of(l, q);

	if (!run || run->program_sha256)
		return damaged(l, "a program", e);
	run->program_sha256 = strdup(text(q, 1));
	run->program_words = strdup(text(q, 2));
	run->program_output = strdup(text(q, 3));
	return run->program_sha256 && run->program_words && run->program_output ? 0 : err_oom(e);
}

/* The functions of one run, by name and then by slot. */
static int load_functions(struct loader *l, struct record_run *run, struct sql *q, struct err *e)
{
	struct profile_function *list = NULL;
	size_t n = 0, cap = 0;
	int code;

	sqlite3_reset(q->stmt);
	q->bound = 0;
	sql_int(q, run->id);
	while ((code = sqlite3_step(q->stmt)) == SQLITE_ROW) {
		const char *name = text(q, 2);
		unsigned phase = (unsigned)sqlite3_column_int(q->stmt, 0);
		unsigned segment = (unsigned)sqlite3_column_int(q->stmt, 1);
		unsigned slot = phase * MARKER_SEGMENTS + segment;

		if (phase >= MARKER_PHASES || segment >= MARKER_SEGMENTS)
			break;
		if (!n || strcmp(list[n - 1].name, name) != 0) {
			if (n == cap) {
				struct profile_function *grown;

				cap = 2 * cap + 64;
				grown = realloc(list, cap * sizeof(*list));
				if (!grown)
					break;
				list = grown;
			}
			list[n] = (struct profile_function){ .name = strdup(name) };
			if (!list[n++].name)
				break;
		}
		list[n - 1].insns[slot] = (uint64_t)sqlite3_column_int64(q->stmt, 3);
		list[n - 1].calls[slot] = (uint64_t)sqlite3_column_int64(q->stmt, 4);
	}
	run->counts = record_add_counts(l->out, list, n);
	if (code != SQLITE_DONE)
		return damaged(l, "a function's count", e);
	return run->counts < 0 ? err_oom(e) : 0;
}

static int load_all_functions(struct loader *l, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(l->s->db,
			    "SELECT phase, segment, name, insns, calls FROM function_count "
			    "WHERE run = ? ORDER BY name",
			    &q, e);

	for (size_t i = 0; r == 0 && i < l->out->n_runs; i++) {
		struct record_run *run = &l->out->runs[i];

		if (record_run_ok(run) && record_run_counted(run))
			r = load_functions(l, run, &q, e);
	}
	record_link_counts(l->out);
	return r;
}

/* Sums of what load_functions() would read. @run has the database's number. */
static int check_function_sums(struct loader *l, const struct record_run *run, int64_t number,
			       struct sql *q, struct err *e)
{
	uint64_t sums[MARKER_SLOTS] = { 0 };
	int code;

	sqlite3_reset(q->stmt);
	q->bound = 0;
	sql_int(q, number);
	while ((code = sqlite3_step(q->stmt)) == SQLITE_ROW) {
		unsigned phase = (unsigned)sqlite3_column_int(q->stmt, 0);
		unsigned segment = (unsigned)sqlite3_column_int(q->stmt, 1);

		if (phase >= MARKER_PHASES || segment >= MARKER_SEGMENTS)
			break;
		sums[phase * MARKER_SEGMENTS + segment] =
			(uint64_t)sqlite3_column_int64(q->stmt, 2);
	}
	/* A sum that overflows is an error of the statement's. */
	if (code == SQLITE_ROW || code == SQLITE_ERROR)
		return err_set(e, EINVAL, "run %lld: a function's count is impossible",
			       (long long)run->id);
	return code == SQLITE_DONE ? record_check_sums(run, sums, e)
				   : sql_error(l->s->db, "reading", e);
}

/* For who reads no functions: they have to add up all the same. @numbers: the database's. */
static int check_all_function_sums(struct loader *l, const int64_t *numbers, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(l->s->db,
			    "SELECT phase, segment, sum(insns) FROM function_count WHERE run = ? "
			    "GROUP BY phase, segment",
			    &q, e);

	for (size_t i = 0; r == 0 && i < l->out->n_runs; i++) {
		const struct record_run *run = &l->out->runs[i];

		if (record_run_ok(run) && record_run_counted(run))
			r = check_function_sums(l, run, numbers[i], &q, e);
	}
	return r;
}

/* Runs get numbers of the experiment, not of the database: the same after a merge. */
static int number_and_check(struct loader *l, enum load_what what, struct err *e)
{
	_cleanup_free_ int64_t *numbers = calloc(l->out->n_runs + 1, sizeof(*numbers));
	int r;

	if (!numbers)
		return err_oom(e);
	for (size_t i = 0; i < l->out->n_runs; i++) {
		numbers[i] = l->out->runs[i].id;
		l->out->runs[i].id = (int64_t)i + 1;
	}
	r = record_check(l->out, e);
	if (r == 0 && what == LOAD_ROWS)
		r = check_all_function_sums(l, numbers, e);
	return r < 0 ? err_wrap(e, "experiment '%s'", l->id) : 0;
}

#define OF_RUNS(what, table, order)                                                                \
	"SELECT run, " what " FROM " table " JOIN run ON run.id = run WHERE experiment = ? ORDER " \
	"BY run" order

static int load(struct loader *l, enum load_what what, struct err *e)
{
	static const struct {
		const char *query;
		int (*take)(struct loader *l, struct sql *q, struct err *e);
	} parts[] = {
		{ OF_RUNS("phase, iterations, windows, clock_ticks, minor_faults, major_faults",
			  "phase", ", phase"),
		  take_phase },
		{ OF_RUNS("phase, segment, name, task, unattributed, interrupts, other_tasks, "
			  "rep_iterations, fault_retries",
			  "slot", ", phase, segment"),
		  take_slot },
		{ OF_RUNS("step_ns, read_ns, rounds, rounds_max, min_time_ns, total_ns, "
			  "minor_faults, major_faults",
			  "timing", ""),
		  take_timing },
		{ OF_RUNS("segment, name, spans_ns", "span", ", segment"), take_span },
		{ OF_RUNS("name, value, spread", "printed", ", name"), take_printed },
		{ OF_RUNS("sha256, words, output", "program", ""), take_program },
		{ OF_RUNS("moment, name, value", "page_state", ", moment, name"), take_state },
		{ "SELECT name, text FROM experiment_file WHERE experiment = ? ORDER BY name",
		  take_file },
		{ "SELECT scenario, verdict, document FROM result WHERE experiment = ? "
		  "ORDER BY scenario",
		  take_result },
	};
	int r = each(l,
		     "SELECT id, name, mode, purpose, started, finished, slowpath_version, "
		     "command, environment, effect FROM experiment WHERE id = ?",
		     take_experiment, e);

	if (r == 0 && !l->out->id)
		return err_set(e, ENOENT, "there is no experiment '%s' in the database", l->id);
	if (r == 0)
		r = load_runs(l, e);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(parts); i++)
		r = each(l, parts[i].query, parts[i].take, e);
	if (r == 0 && what == LOAD_ALL)
		r = load_all_functions(l, e);
	if (r == 0)
		r = number_and_check(l, what, e);
	return r;
}

int store_load(struct store *s, const char *id, enum load_what what, struct record *out,
	       struct err *e)
{
	struct loader l = { .s = s, .id = id, .out = out };
	int r;

	*out = (struct record){ 0 };
	r = load(&l, what, e);
	if (r < 0)
		record_free(out);
	return r;
}
