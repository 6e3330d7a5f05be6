// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes one run with all that it measured. */
#include "base/buf.h"
#include "lab/page_state.h"
#include "scenario/program.h"
#include "store/internal.h"
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

static int insert_run(struct store *s, const struct store_run *r, int64_t *id, struct err *e)
{
	json_t *perturbation = perturbation_json(&r->request->perturbation);
	_cleanup_free_ char *disturbed = perturbation ? json_dumps(perturbation, 0) : NULL;
	_cleanup_free_ char *argv = r->run->argv ? json_dumps(r->run->argv, 0) : strdup("[]");
	_cleanup_free_ char *affinity =
		r->run->affinity ? json_dumps(r->run->affinity, JSON_COMPACT) : NULL;
	_cleanup_sql_ struct sql q;
	int rc = sql_prepare(
		s->db,
		"INSERT INTO run VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		&q, e);

	json_decref(perturbation);
	if (rc < 0)
		return rc;
	if (!disturbed || !argv)
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
	sql_text(&q, r->run->cmdline ? r->run->cmdline : "");
	sql_text(&q, disturbed);
	sql_text(&q, r->run->started);
	sql_text(&q, accel_name(r->request->accel));
	sql_text(&q, affinity);
	sql_real(&q, r->run->load_before);
	sql_real(&q, r->run->load_after);
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
	sql_text(&q, r->request->kernel->subject);
	rc = sql_run(&q, e);
	*id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

static int insert_phases(struct store *s, int64_t id, const struct run *run, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO phase VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &q, e);

	for (unsigned i = 0; r == 0 && i < MARKER_PHASES; i++) {
		const struct report_phase *p = &run->phases[i];

		sql_int(&q, id);
		sql_int(&q, i);
		sql_int(&q, p->iterations);
		sql_int(&q, (int64_t)p->windows);
		sql_int(&q, (int64_t)p->tsc_ticks);
		sql_int(&q, (int64_t)p->minor_faults);
		sql_int(&q, (int64_t)p->major_faults);
		sql_int(&q, (int64_t)run->halted_ticks[i]);
		r = sql_run(&q, e);
	}
	return r;
}

static int insert_slots(struct store *s, int64_t id, const struct scenario *scenario,
			const struct run *run, struct err *e)
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
	int r = sql_prepare(s->db, "INSERT INTO page_state VALUES (?, ?, ?, ?)", &q, e);

	for (size_t i = 0; r == 0 && i < count; i++)
		r = insert_number(&q, id, moment, numbers[i].column,
				  state_value(&numbers[i], state), e);
	return r;
}

static int insert_segments(struct store *s, int64_t id, const struct scenario *scenario,
			   const struct run *run, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO page_state VALUES (?, ?, ?, ?)", &q, e);

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

static int insert_timing(struct store *s, int64_t id, const struct timing *t, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO timing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", &q, e);

	if (r < 0)
		return r;
	sql_int(&q, id);
	sql_int(&q, (int64_t)t->clock.step_ns);
	sql_int(&q, (int64_t)t->clock.read_ns);
	sql_int(&q, t->timed.rounds);
	sql_int(&q, t->timed.rounds_max);
	sql_int(&q, (int64_t)t->timed.min_time_ns);
	sql_int(&q, (int64_t)t->timed.total_ns);
	sql_int(&q, (int64_t)t->timed.minor_faults);
	sql_int(&q, (int64_t)t->timed.major_faults);
	return sql_run(&q, e);
}

static int insert_printed(struct store *s, int64_t id, const struct output *o, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO printed VALUES (?, ?, ?, ?)", &q, e);

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
	int r = sql_prepare(s->db, "INSERT INTO program VALUES (?, ?, ?, ?, ?)", &q, e);

	if (r < 0)
		return r;
	sql_int(&q, id);
	sql_text(&q, p->sha256.text);
	sql_text(&q, words ? words : "[]");
	sql_text(&q, o->text ? o->text : "");
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

	if (run->phases[0].windows == 0 && r->request->accel == ACCEL_ICOUNT) {
		rc = 0; /* a probe was set: nothing was counted */
	} else if (r->request->accel == ACCEL_ICOUNT) {
		rc = insert_phases(s, id, run, e);
		if (rc == 0)
			rc = insert_slots(s, id, scenario, run, e);
		if (rc == 0)
			rc = insert_functions(s, id, &run->profile, e);
		if (rc == 0)
			rc = run_costs_insert(s, id, run, e);
	} else {
		rc = insert_timing(s, id, &run->timing, e);
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
	if (rc == 0)
		rc = readings_insert(s, id, r->readings, r->n_readings, e);
	if (rc == 0)
		rc = sql_exec(s->db, "COMMIT", e);
	if (rc < 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}
