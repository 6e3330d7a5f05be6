// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes one run with all that it measured. */
#include "base/buf.h"
#include "lab/counts/page_state.h"
#include "scenario/metric.h"
#include "scenario/program.h"
#include "store/columns.h"
#include "store/internal.h"
#include "store/record.h"
#include "store/sql.h"
#include "store/store.h"
#include "vm/argv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *perturbation_json(const struct perturbation *p)
{
	return json_pack("{s:i,s:i,s:i,s:I}", "seed", (int)p->seed, "extra_memory_mib",
			 p->extra_memory_mib, "initrd_pad_bytes", (int)p->initrd_pad_bytes,
			 "map_offset", (json_int_t)p->map_offset);
}

/* A text that the row does not own. */
static char *lent(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void take_kernel(const struct kernel *k, struct record_run *row)
{
	row->kernel_spec = lent(k->spec);
	row->kernel_subject = lent(k->subject);
	row->kernel_release = lent(k->release);
	row->kernel_version = lent(k->version);
	row->compiler = lent(k->compiler);
	row->vmlinux_sha256 = lent(k->vmlinux_sha256);
	row->image_sha256 = lent(k->image_sha256);
	row->config_sha256 = lent(k->config_sha256);
	row->arch = lent(kernel_arch(k)->name);
}

static void take_run(const struct store_run *r, struct record_run *row)
{
	const struct scenario *s = r->request->scenario;
	const struct run *run = r->run;

	take_kernel(r->request->kernel, row);
	row->block = r->block;
	row->position = r->position;
	row->attempt = r->attempt;
	row->side = lent(r->side);
	row->status = lent(r->failure_reason ? "failed" : "ok");
	row->failure_reason = lent(r->failure_reason);
	row->scenario = lent(s->name);
	row->scenario_sha256 = lent(s->sha256.text);
	row->scenario_metric = metric_is_task(s->metric) ? lent(s->metric) : NULL;
	row->item = lent(scenario_item_name(s));
	row->items = (int64_t)scenario_items(s);
	row->cpus = r->request->cpus;
	row->memory_mib = r->request->memory_mib;
	row->guest_cmdline = lent(run->cmdline ? run->cmdline : "");
	row->started = lent(run->started);
	row->accelerator = lent(accel_name(r->request->accel));
	row->load_before = run->load_before;
	row->load_after = run->load_after;
	row->qemu_version = lent(r->qemu_version);
	row->guest_sha256 = lent(r->guest_sha256);
	row->plugin_sha256 = lent(r->plugin_sha256);
	row->plugin_api = run->profile.plugin_api;
	row->from_snapshot = run->from_snapshot;
	row->boot_seconds = run->boot_seconds;
	row->measure_seconds = run->measure_seconds;
	row->environment = lent(run->environment ? run->environment : "");
	row->notes = lent(run->notes);
	row->console = lent(run->console ? run->console : "");
}

static void bind_field(struct sql *q, const struct record_run *row, const struct record_field *f)
{
	const void *at = (const char *)row + f->offset;

	if (f->type == FIELD_INT)
		sql_int(q, *(const int64_t *)at);
	else if (f->type == FIELD_REAL)
		sql_real(q, *(const double *)at);
	else
		sql_text(q, *(char *const *)at);
}

/* All columns but the id, which is the database's to give; two of them are in no record. */
static int insert_row(struct store *s, const struct store_run *r, const struct record_run *row,
		      struct err *e)
{
	_cleanup_buf_ struct buf columns = { 0 };
	_cleanup_sql_ struct sql q = { 0 };
	int rc;

	buf_puts(&columns, "experiment");
	for (size_t i = 1; i < RECORD_RUN_FIELDS; i++)
		buf_printf(&columns, ",%s", record_run_fields[i].name);
	buf_puts(&columns, ",trial,extra_rest_ns");
	rc = buf_error(&columns) ? err_oom(e) : sql_insert(s->db, "run", columns.data, &q, e);
	if (rc < 0)
		return rc;
	sql_text(&q, r->experiment);
	for (size_t i = 1; i < RECORD_RUN_FIELDS; i++)
		bind_field(&q, row, &record_run_fields[i]);
	sql_int(&q, r->trial);
	sql_int(&q, (int64_t)r->request->extra_rest_ns);
	return sql_run(&q, e);
}

static int insert_run(struct store *s, const struct store_run *r, int64_t *id, struct err *e)
{
	json_t *perturbation = perturbation_json(&r->request->perturbation);
	_cleanup_free_ char *disturbed = perturbation ? json_dumps(perturbation, 0) : NULL;
	_cleanup_free_ char *argv = r->run->argv ? json_dumps(r->run->argv, 0) : strdup("[]");
	_cleanup_free_ char *affinity =
		r->run->affinity ? json_dumps(r->run->affinity, JSON_COMPACT) : NULL;
	struct record_run row = { .perturbation = disturbed,
				  .qemu_argv = argv,
				  .affinity = affinity };
	int rc;

	json_decref(perturbation);
	if (!disturbed || !argv)
		return err_oom(e);
	take_run(r, &row);
	rc = insert_row(s, r, &row, e);
	*id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

/* An INSERT of rows of such a table. */
static int prepare_numbers(struct store *s, const struct number_table *t, struct sql *q,
			   struct err *e)
{
	_cleanup_buf_ struct buf columns = { 0 };

	*q = (struct sql){ 0 };
	buf_puts(&columns, "run,");
	number_names(t, &columns);
	return buf_error(&columns) ? err_oom(e) : sql_insert(s->db, t->name, columns.data, q, e);
}

static void bind_numbers(struct sql *q, const struct number_table *t, const struct run *run,
			 size_t row)
{
	for (size_t i = 0; i < t->count; i++)
		sql_int(q, (int64_t)number_get(&t->columns[i], run, row));
}

static int insert_phases(struct store *s, int64_t id, const struct run *run, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = prepare_numbers(s, &phase_numbers, &q, e);

	for (unsigned i = 0; r == 0 && i < MARKER_PHASES; i++) {
		sql_int(&q, id);
		sql_int(&q, i);
		bind_numbers(&q, &phase_numbers, run, i);
		r = sql_run(&q, e);
	}
	return r;
}

static int insert_slots(struct store *s, int64_t id, const struct scenario *scenario,
			const struct run *run, struct err *e)
{
	static const struct profile_slot nothing;
	_cleanup_sql_ struct sql q;
	int r = prepare_numbers(s, &slot_numbers, &q, e);

	for (unsigned i = 0; r == 0 && i < MARKER_SLOTS; i++) {
		if (!memcmp(&run->profile.slots[i], &nothing, sizeof(nothing)))
			continue;
		sql_int(&q, id);
		sql_int(&q, i / MARKER_SEGMENTS);
		sql_int(&q, i % MARKER_SEGMENTS);
		sql_text(&q, i / MARKER_SEGMENTS != MARKER_PHASE_EMPTY
				     ? scenario->segments[i % MARKER_SEGMENTS].name
				     : "");
		bind_numbers(&q, &slot_numbers, run, i);
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

static int insert_number(struct sql *q, int64_t id, const char *moment, const char *name,
			 uint64_t value, struct err *e)
{
	sql_int(q, id);
	sql_text(q, moment);
	sql_text(q, name);
	if (value == REPORT_UNKNOWN)
		sql_null(q);
	else
		sql_int(q, (int64_t)value);
	return sql_run(q, e);
}

static int insert_state(struct store *s, int64_t id, const char *moment,
			const struct report_state *state, struct err *e)
{
	_cleanup_sql_ struct sql q;
	size_t count;
	const struct state_number *numbers = state_numbers(&count);
	int r = sql_insert(s->db, "page_state", "run," COLUMNS_STATE, &q, e);

	for (size_t i = 0; r == 0 && i < count; i++)
		r = insert_number(&q, id, moment, numbers[i].column,
				  state_value(&numbers[i], state), e);
	return r;
}

static int insert_segments(struct store *s, int64_t id, const struct scenario *scenario,
			   const struct run *run, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_insert(s->db, "page_state", "run," COLUMNS_STATE, &q, e);

	for (size_t i = 0; r == 0 && i < scenario->n_segments; i++) {
		const struct report_segment *g = &run->segments[i];
		_cleanup_free_ char *moment = str_printf("after %s", scenario->segments[i].name);

		if (!moment)
			return err_oom(e);
		r = insert_number(&q, id, moment, "vmas", g->vmas, e);
		if (r == 0)
			r = insert_number(&q, id, moment, "minor_faults", g->minor_faults, e);
		if (r == 0)
			r = insert_number(&q, id, moment, "major_faults", g->major_faults, e);
		if (r == 0)
			r = insert_number(&q, id, moment, "result", (uint64_t)g->result, e);
	}
	return r;
}

/* JSON of a segment's spans (malloc'ed), or NULL. */
static char *spans_text(const uint64_t *spans_ns, uint32_t rounds)
{
	_cleanup_buf_ struct buf b = { 0 };

	for (uint32_t i = 0; i < rounds; i++)
		buf_printf(&b, "%c%llu", i ? ',' : '[', (unsigned long long)spans_ns[i]);
	buf_puts(&b, "]");
	return buf_error(&b) ? NULL : buf_steal(&b);
}

static int insert_spans(struct store *s, int64_t id, const struct scenario *scenario,
			const struct timing *t, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO span VALUES (?, ?, ?, ?)", &q, e);

	for (unsigned i = 0; r == 0 && i < scenario->n_segments; i++) {
		_cleanup_free_ char *spans = spans_text(t->spans_ns[i], t->timed.rounds);

		if (!spans)
			return err_oom(e);
		sql_int(&q, id);
		sql_int(&q, i);
		sql_text(&q, scenario->segments[i].name);
		sql_text(&q, spans);
		r = sql_run(&q, e);
	}
	return r;
}

static int insert_timing(struct store *s, int64_t id, const struct run *run, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = prepare_numbers(s, &timing_numbers, &q, e);

	if (r < 0)
		return r;
	sql_int(&q, id);
	bind_numbers(&q, &timing_numbers, run, 0);
	return sql_run(&q, e);
}

static int insert_printed(struct store *s, int64_t id, const struct output *o, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_insert(s->db, "printed", "run," COLUMNS_PRINTED, &q, e);

	for (size_t i = 0; r == 0 && i < o->n_metrics; i++) {
		sql_int(&q, id);
		sql_text(&q, o->metrics[i].name);
		sql_real(&q, o->metrics[i].value);
		sql_real(&q, o->metrics[i].spread);
		r = sql_run(&q, e);
	}
	return r;
}

/* JSON of the program's words (malloc'ed), or NULL. What is no UTF-8 becomes a question mark. */
static char *words_text(const struct program *p)
{
	const char *word = p->words.data;
	json_t *list = json_array();
	char *text;

	for (unsigned i = 0; i < p->n_words + p->n_environment; i++) {
		json_t *one = json_string(word);

		json_array_append_new(list, one ? one : json_string("?"));
		word += strlen(word) + 1;
	}
	text = list ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	return text;
}

static int insert_program(struct store *s, int64_t id, const struct program *p,
			  const struct output *o, struct err *e)
{
	_cleanup_free_ char *words = words_text(p);
	_cleanup_sql_ struct sql q;
	int r = sql_insert(s->db, "program", "run," COLUMNS_PROGRAM, &q, e);

	if (r < 0)
		return r;
	sql_int(&q, id);
	sql_text(&q, p->sha256.text);
	sql_text(&q, words ? words : "[]");
	sql_text(&q, o->text ? o->text : "");
	sql_text(&q, o->notes ? o->notes : "");
	sql_text(&q, o->steady ? o->steady : "");
	sql_text(&q, o->unsteady ? o->unsteady : "");
	sql_int(&q, o->region);
	sql_text(&q, p->setup ? p->setup : "");
	r = sql_run(&q, e);
	return r < 0 ? r : insert_printed(s, id, o, e);
}

/* What a good run measured. */
static int insert_results(struct store *s, int64_t id, const struct store_run *r, struct err *e)
{
	const struct scenario *scenario = r->request->scenario;
	const struct run *run = r->run;
	int rc;

	if (!run_pairs(run) && r->request->accel == ACCEL_ICOUNT) {
		rc = 0; /* a probe was set: nothing was counted */
	} else if (r->request->accel == ACCEL_ICOUNT) {
		rc = insert_phases(s, id, run, e);
		if (rc == 0)
			rc = insert_slots(s, id, scenario, run, e);
		if (rc == 0)
			rc = insert_functions(s, id, &run->profile, e);
		if (rc == 0)
			rc = run_costs_insert(s, id, run, r->request->vector, e);
	} else {
		rc = insert_timing(s, id, run, e);
		if (rc == 0)
			rc = insert_spans(s, id, scenario, &run->timing, e);
	}
	if (rc == 0 && scenario->program)
		rc = insert_program(s, id, scenario->program, &run->output, e);
	if (rc == 0)
		rc = insert_state(s, id, "expected", &run->expected, e);
	if (rc == 0)
		rc = insert_state(s, id, "before", &run->before, e);
	if (rc == 0)
		rc = insert_segments(s, id, scenario, run, e);
	return rc < 0 ? rc : insert_state(s, id, "after", &run->after, e);
}

int store_add_run(struct store *s, const struct store_run *r, struct err *e)
{
	int64_t id = 0;
	int rc = sql_exec(s->db, "BEGIN IMMEDIATE", e);

	if (rc < 0)
		return rc;
	rc = insert_run(s, r, &id, e);
	if (rc == 0 && !r->failure_reason)
		rc = insert_results(s, id, r, e);
	/* What it printed before it failed says the most. */
	else if (rc == 0 && r->run->output.text && r->request->scenario->program)
		rc = insert_program(s, id, r->request->scenario->program, &r->run->output, e);
	if (rc == 0)
		rc = readings_insert(s, id, r->readings, r->n_readings, e);
	if (rc == 0)
		rc = sql_exec(s->db, "COMMIT", e);
	if (rc < 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}
