// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/load.h"

#include "base/buf.h"
#include "store/columns.h"
#include "store/internal.h"
#include "store/loader.h"
#include "store/record_check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *copy(struct loader *l, struct sql *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL
		       ? NULL
		       : strdup(loader_text(l, q, column));
}

/* Every row of a query whose parameters are the experiment and, if it has two, the scenario. */
static int each(struct loader *l, const char *table, const char *query, loader_fn fn, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(l->s->db, query, &q, e);

	if (r < 0)
		return r;
	l->run = NULL;
	l->table = table;
	sql_text(&q, l->id);
	if (sqlite3_bind_parameter_count(q.stmt) > 1)
		sql_text(&q, l->scenario);
	return loader_rows(l, &q, fn, e);
}

static int take_experiment(struct loader *l, struct sql *q, struct err *e)
{
	struct record *x = l->out;

	x->id = copy(l, q, 0);
	x->name = copy(l, q, 1);
	x->mode = copy(l, q, 2);
	x->purpose = copy(l, q, 3);
	x->started = copy(l, q, 4);
	x->finished = copy(l, q, 5);
	x->slowpath_version = copy(l, q, 6);
	x->command = json_loads(loader_text(l, q, 7), 0, NULL);
	x->environment = json_loads(loader_text(l, q, 8), JSON_DECODE_ANY, NULL);
	x->effect = json_loads(loader_text(l, q, 9), 0, NULL);
	if (x->id && x->name && x->mode && x->purpose && x->started && x->slowpath_version &&
	    x->command && x->environment)
		return 0;
	return loader_damaged(l, "its description", e);
}

static int take_field(struct loader *l, const struct record_field *f, struct sql *q, int column,
		      struct err *e)
{
	void *at = (char *)l->run + f->offset;

	if (!f->may_be_null)
		loader_not_null(l, q, column);
	if (f->type == FIELD_INT) {
		*(int64_t *)at = loader_int(l, q, column);
	} else if (f->type == FIELD_REAL) {
		*(double *)at = loader_real(l, q, column);
	} else {
		*(char **)at =
			f->may_be_null ? copy(l, q, column) : strdup(loader_text(l, q, column));
		if (!*(char **)at && !f->may_be_null)
			return err_oom(e);
	}
	return 0;
}

static int take_run(struct loader *l, struct sql *q, struct err *e)
{
	int r = 0;

	l->run = record_add_run(l->out);
	if (!l->run)
		return err_oom(e);
	for (int i = 0; r == 0 && i < RECORD_RUN_FIELDS; i++)
		r = take_field(l, &record_run_fields[i], q, i, e);
	l->run->measured.profile.plugin_api = (unsigned)l->run->plugin_api;
	return r;
}

static int load_runs(struct loader *l, struct err *e)
{
	_cleanup_buf_ struct buf query = { 0 };

	for (int i = 0; i < RECORD_RUN_FIELDS; i++)
		buf_printf(&query, "%s%s", i ? ", " : "SELECT ", record_run_fields[i].name);
	buf_puts(&query, " FROM run WHERE experiment = ? AND NOT trial");
	if (l->scenario)
		buf_puts(&query, " AND scenario = ?");
	buf_puts(&query, " ORDER BY id");
	return buf_error(&query) ? err_oom(e) : each(l, "run", query.data, take_run, e);
}

/* Columns of the query from @first on. */
static void take_numbers(struct loader *l, struct sql *q, int first, const struct number_table *t,
			 size_t row)
{
	for (size_t i = 0; i < t->count; i++)
		number_set(&t->columns[i], &l->run->measured, row,
			   loader_count(l, q, first + (int)i));
}

static int take_phase(struct loader *l, struct sql *q, struct err *e)
{
	uint64_t phase = loader_count(l, q, 0);

	if (phase >= MARKER_PHASES)
		return loader_damaged(l, "there is no such phase", e);
	l->run->measured.phases[phase].phase = (uint32_t)phase;
	take_numbers(l, q, 1, &phase_numbers, phase);
	return 0;
}

static int take_slot(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = l->run;
	uint64_t phase = loader_count(l, q, 0), segment = loader_count(l, q, 1);

	if (phase >= MARKER_PHASES || segment >= MARKER_SEGMENTS)
		return loader_damaged(l, "a slot is of no phase or segment", e);
	take_numbers(l, q, 3, &slot_numbers, phase * MARKER_SEGMENTS + segment);
	if (phase == MARKER_PHASE_EMPTY)
		return 0;
	snprintf(run->segments[segment], PLAN_NAME_BYTES, "%s", loader_text(l, q, 2));
	if (segment >= run->n_segments)
		run->n_segments = (unsigned)segment + 1;
	return 0;
}

/* A row of schema 7 lacks some; then none is told. */
static int take_slot_cost(struct loader *l, struct sql *q, struct err *e)
{
	struct profile *p = &l->run->measured.profile;
	uint64_t phase = loader_count(l, q, 0), segment = loader_count(l, q, 1);

	if (phase >= MARKER_PHASES || segment >= MARKER_SEGMENTS)
		return loader_damaged(l, "what a slot cost is of no phase or segment", e);
	for (int c = COST_LOADS; c < COST_COUNT; c++)
		p->slots[phase * MARKER_SEGMENTS + segment].costs[c] =
			loader_count(l, q, 2 + c - COST_LOADS);
	p->events = true;
	return 0;
}

static int take_timing(struct loader *l, struct sql *q, struct err *e)
{
	const struct timing *t = &l->run->measured.timing;

	take_numbers(l, q, 0, &timing_numbers, 0);
	return t->timed.rounds && t->timed.rounds <= PLAN_MAX_ROUNDS
		       ? 0
		       : loader_damaged(l, "timing has no such number of rounds", e);
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
	struct record_run *run = l->run;
	uint64_t segment = loader_count(l, q, 0);

	if (segment != run->n_segments || segment >= MARKER_SEGMENTS)
		return loader_damaged(l, "a span is of no segment", e);
	snprintf(run->segments[segment], PLAN_NAME_BYTES, "%s", loader_text(l, q, 1));
	run->measured.timing.spans_ns[segment] =
		parse_spans(loader_text(l, q, 2), run->measured.timing.timed.rounds);
	run->n_segments++;
	return run->measured.timing.spans_ns[segment]
		       ? 0
		       : loader_damaged(l, "a span is not one number a round", e);
}

static int take_state(struct loader *l, struct sql *q, struct err *e)
{
	uint64_t value = sqlite3_column_type(q->stmt, 2) == SQLITE_NULL
				 ? REPORT_UNKNOWN
				 : (uint64_t)loader_int(l, q, 2);

	return record_take_state(l->run, loader_text(l, q, 0), loader_text(l, q, 1), value)
		       ? 0
		       : loader_damaged(l, "there is no such page state", e);
}

static int take_printed(struct loader *l, struct sql *q, struct err *e)
{
	struct output *o = &l->run->measured.output;

	if (o->n_metrics == OUTPUT_METRICS_MAX)
		return loader_damaged(l, "there are too many printed metrics", e);
	snprintf(o->metrics[o->n_metrics].name, OUTPUT_NAME_BYTES, "%s", loader_text(l, q, 0));
	o->metrics[o->n_metrics].value = loader_real(l, q, 1);
	o->metrics[o->n_metrics++].spread = loader_real(l, q, 2);
	return 0;
}

static int take_file(struct loader *l, struct sql *q, struct err *e)
{
	return record_add_file(l->out, loader_text(l, q, 0), loader_text(l, q, 1), e);
}

static int take_result(struct loader *l, struct sql *q, struct err *e)
{
	return record_add_result(l->out, loader_text(l, q, 0), loader_text(l, q, 1),
				 loader_text(l, q, 2), e);
}

static int take_fact(struct loader *l, struct sql *q, struct err *e)
{
	struct code_fact f = { .code = loader_real(l, q, 4),
			       .callees = loader_real(l, q, 5),
			       .callers = loader_real(l, q, 6) };

	if (!code_fact_kind_of(loader_text(l, q, 1), &f.kind))
		return loader_damaged(l, "there is no such kind", e);
	f.one = (char *)loader_text(l, q, 2);
	f.other = (char *)loader_text(l, q, 3);
	return record_add_fact(l->out, loader_text(l, q, 0), &f, e);
}

static int take_program(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = l->run;
	struct output *o = &run->measured.output;

	run->program_sha256 = strdup(loader_text(l, q, 0));
	run->program_words = strdup(loader_text(l, q, 1));
	run->program_output = strdup(loader_text(l, q, 2));
	o->notes = strdup(loader_text(l, q, 3));
	o->steady = strdup(loader_text(l, q, 4));
	o->unsteady = strdup(loader_text(l, q, 5));
	o->region = loader_int(l, q, 6) != 0;
	run->program_setup = strdup(loader_text(l, q, 7));
	return run->program_sha256 && run->program_words && run->program_output && o->notes &&
			       o->steady && o->unsteady && run->program_setup
		       ? 0
		       : err_oom(e);
}

/* In the order of the primary key, so nothing is sorted. */
#define OF_RUN(columns, table, order) \
	table, "SELECT " columns " FROM " table " WHERE run = ? ORDER BY run" order

/* Every row of a part's query to the part's function. */
static int take_rows(struct loader *l, struct sql *q, struct err *e)
{
	const loader_fn *take = l->arg;

	return loader_rows(l, q, *take, e);
}

static int load_numbers(struct loader *l, struct err *e)
{
	static const struct {
		const struct number_table *table;
		const char *order;
		loader_fn take;
	} parts[] = {
		{ &phase_numbers, ", phase", take_phase },
		{ &slot_numbers, ", phase, segment", take_slot },
		{ &timing_numbers, "", take_timing },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(parts); i++) {
		loader_fn take = parts[i].take;
		_cleanup_buf_ struct buf query = { 0 };

		buf_puts(&query, "SELECT ");
		number_names(parts[i].table, &query);
		buf_printf(&query, " FROM %s WHERE run = ? ORDER BY run%s", parts[i].table->name,
			   parts[i].order);
		l->arg = &take;
		r = buf_error(&query)
			    ? err_oom(e)
			    : loader_each(l, parts[i].table->name, query.data, NULL, take_rows, e);
	}
	return r;
}

static int load_parts(struct loader *l, struct err *e)
{
	static const struct {
		const char *table, *query;
		loader_fn take;
	} parts[] = {
		{ "slot_cost",
		  "SELECT phase, segment, loads, stores, atomics, branches, calls, tlb_flushes, "
		  "rep_iterations, faults, interrupts, switches, ipis, lock_calls, string_bytes, "
		  "string_insns FROM slot_cost WHERE run = ? AND string_insns IS NOT NULL "
		  "ORDER BY run, phase, segment",
		  take_slot_cost },
		{ OF_RUN("segment, name, spans_ns", "span", ", segment"), take_span },
		{ OF_RUN(COLUMNS_PRINTED, "printed", ", name"), take_printed },
		{ OF_RUN(COLUMNS_PROGRAM, "program", ""), take_program },
		{ OF_RUN(COLUMNS_STATE, "page_state", ", moment, name"), take_state },
	};
	int r = load_numbers(l, e);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(parts); i++) {
		loader_fn take = parts[i].take;

		l->arg = &take;
		r = loader_each(l, parts[i].table, parts[i].query, NULL, take_rows, e);
	}
	return r;
}

/* Functions themselves only of those runs of which nothing was concluded that has seen them. */
static int load_checked(struct loader *l, struct err *e)
{
	int r = loader_readings(l, e);

	if (r == 0)
		r = loader_check_sums(l, e);
	return r == 0 ? loader_functions(l, loader_is_bare, e) : r;
}

/* They are large, and of few experiments the verdict is about what they say. */
static bool needs_trees(const struct record *r)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (metric_needs_tree(record_metric(r, r->runs[i].scenario)))
			return true;
	}
	return false;
}

static int load(struct loader *l, enum load_what what, struct err *e)
{
	int r = each(l, "experiment",
		     "SELECT id, name, mode, purpose, started, finished, slowpath_version, "
		     "command, environment, effect FROM experiment WHERE id = ?",
		     take_experiment, e);

	if (r == 0 && !l->out->id)
		return err_set(e, ENOENT, "there is no experiment '%s' in the database", l->id);
	if (r == 0)
		r = load_runs(l, e);
	if (r == 0)
		r = load_parts(l, e);
	if (r == 0)
		r = each(
			l, "experiment_file",
			"SELECT name, text FROM experiment_file WHERE experiment = ? ORDER BY name",
			take_file, e);
	if (r == 0)
		r = each(l, "result",
			 "SELECT scenario, verdict, document FROM result WHERE experiment = ? "
			 "ORDER BY scenario",
			 take_result, e);
	if (r == 0)
		r = each(l, "code_fact",
			 "SELECT scenario, kind, one, other, code, callees, callers FROM code_fact "
			 "WHERE experiment = ? ORDER BY scenario, kind, one, other",
			 take_fact, e);
	record_sort_facts(l->out);
	if (r == 0 && what != LOAD_ROWS)
		r = what == LOAD_ALL ? loader_functions(l, loader_is_counted, e)
				     : load_checked(l, e);
	if (r == 0 && what != LOAD_ROWS)
		r = loader_tasks(l, e);
	if (r == 0 && what == LOAD_ALL && needs_trees(l->out))
		r = loader_trees(l, e);
	/* Numbers of the experiment, not of the database: the same after a merge. */
	for (size_t i = 0; i < l->out->n_runs; i++)
		l->out->runs[i].id = (int64_t)i + 1;
	if (r == 0 && (r = record_check(l->out, e)) < 0)
		r = err_wrap(e, "experiment '%s'", l->id);
	return r;
}

int store_load_scenario(struct store *s, const char *id, const char *scenario, enum load_what what,
			struct record *out, struct err *e)
{
	struct loader l = { .s = s, .id = id, .scenario = scenario, .out = out };
	const bool alone = sqlite3_get_autocommit(s->db);
	int r = 0;

	*out = (struct record){ 0 };
	/* One state of the database, whoever writes meanwhile; a transaction of the caller's is
	 * one. */
	if (alone)
		r = sql_exec(s->db, "BEGIN", e);
	if (r < 0)
		return r;
	r = load(&l, what, e);
	if (alone)
		sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	r = database_settled(&s->d, r, e);
	if (r < 0)
		record_free(out);
	return r;
}

int store_load(struct store *s, const char *id, enum load_what what, struct record *out,
	       struct err *e)
{
	return store_load_scenario(s, id, NULL, what, out, e);
}
