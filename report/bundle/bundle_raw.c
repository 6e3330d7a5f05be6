// SPDX-License-Identifier: GPL-2.0-or-later
/* The measured files of a bundle (bundle.h). */
#include "judge/table/csv.h"
#include "report/bundle/bundle.h"
#include "report/bundle/bundle_columns.h"
#include "report/evidence/in_time.h"
#include "report/evidence/study.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A text that many runs share is one file; its number is where it first came. */
struct shared {
	const char **texts;
	size_t count;
	int which; /* of bundle_shared[] */
};

static long share(struct shared *s, const char *text, struct bundle *out)
{
	struct buf *file;

	for (size_t i = s->count; i-- > 0;) {
		if (!strcmp(s->texts[i], text))
			return (long)i + 1;
	}
	s->texts[s->count++] = text;
	file = bundle_add(out, BUNDLE_SHARED_PATH, bundle_shared[s->which].stem, s->count,
			  bundle_shared[s->which].suffix);
	return file && buf_puts(file, text) == 0 ? (long)s->count : -1;
}

static void put_number(struct buf *out, uint64_t value)
{
	char digits[24], *p = digits + sizeof(digits);

	/* Spans are millions: printf() would be most of the time. */
	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	buf_add(out, p, (size_t)(digits + sizeof(digits) - p));
}

static void put_field(struct buf *out, const struct record_run *run, const struct record_field *f)
{
	const void *at = (const char *)run + f->offset;

	if (f->type == FIELD_INT) {
		buf_printf(out, "%lld", (long long)*(const int64_t *)at);
		return;
	}
	if (f->type == FIELD_REAL) {
		if (isfinite(*(const double *)at))
			buf_printf(out, "%.17g", *(const double *)at);
		return;
	}
	if (*(char *const *)at)
		csv_put(out, *(char *const *)at);
}

static void put_runs(const struct record *r, struct bundle *out, struct buf *csv)
{
	struct shared shared[BUNDLE_SHARED] = { 0 };

	for (int i = 0; i < BUNDLE_SHARED; i++) {
		shared[i].which = i;
		shared[i].texts = calloc(r->n_runs + 1, sizeof(*shared[i].texts));
		if (!shared[i].texts)
			buf_keep(csv, -ENOMEM);
	}
	for (int i = 0; i < RECORD_RUN_FIELDS; i++)
		buf_printf(csv, "%s,", record_run_fields[i].name);
	buf_puts(csv, "counts\n");
	for (size_t k = 0; !buf_error(csv) && k < r->n_runs; k++) {
		const struct record_run *run = &r->runs[k];

		for (int i = 0; i < RECORD_RUN_FIELDS; i++) {
			const struct record_field *f = &record_run_fields[i];
			int s = bundle_shared_of(f->name);

			if (s < 0) {
				put_field(csv, run, f);
			} else {
				long n =
					share(&shared[s],
					      *(char *const *)((const char *)run + f->offset), out);

				if (n < 0)
					buf_keep(csv, -ENOMEM);
				else
					buf_printf(csv, "%ld", n);
			}
			buf_puts(csv, ",");
		}
		if (run->counts >= 0)
			buf_printf(csv, "%ld", run->counts + 1);
		buf_puts(csv, "\n");
	}
	for (unsigned i = 0; i < BUNDLE_SHARED; i++)
		free(shared[i].texts);
}

static void put_numbers_header(const struct number_table *t, struct buf *csv)
{
	buf_puts(csv, "run,");
	number_names(t, csv);
	buf_puts(csv, "\n");
}

/* Behind the keys; the end of a line. */
static void put_numbers(const struct number_table *t, const struct run *run, size_t row,
			struct buf *csv)
{
	for (size_t i = 0; i < t->count; i++) {
		buf_add(csv, ",", 1);
		put_number(csv, number_get(&t->columns[i], run, row));
	}
	buf_puts(csv, "\n");
}

static void put_phases(const struct record *r, struct buf *csv)
{
	put_numbers_header(&phase_numbers, csv);
	for (size_t k = 0; k < r->n_runs; k++) {
		const struct record_run *run = &r->runs[k];

		for (unsigned i = 0; run->counts >= 0 && i < MARKER_PHASES; i++) {
			if (!run->measured.phases[i].windows)
				continue;
			buf_printf(csv, "%lld,%u", (long long)run->id, i);
			put_numbers(&phase_numbers, &run->measured, i, csv);
		}
	}
}

static void put_slot(const struct record_run *run, unsigned slot, struct buf *csv)
{
	const struct profile_slot *p = &run->measured.profile.slots[slot];
	unsigned phase = slot / MARKER_SEGMENTS, segment = slot % MARKER_SEGMENTS;
	static const struct profile_slot nothing;

	if (!memcmp(p, &nothing, sizeof(nothing)) &&
	    (phase == MARKER_PHASE_EMPTY || segment >= run->n_segments ||
	     (run_pairs(&run->measured) && !run->measured.phases[phase].windows)))
		return;
	buf_printf(csv, "%lld,%u,%u,", (long long)run->id, phase, segment);
	csv_put(csv, phase == MARKER_PHASE_EMPTY ? "" : run->segments[segment]);
	put_numbers(&slot_numbers, &run->measured, slot, csv);
}

static void put_slots(const struct record *r, struct buf *csv)
{
	put_numbers_header(&slot_numbers, csv);
	for (size_t k = 0; k < r->n_runs; k++) {
		for (unsigned i = 0; r->runs[k].counts >= 0 && i < MARKER_SLOTS; i++)
			put_slot(&r->runs[k], i, csv);
	}
}

/* Columns as enum cost has them. */
static void put_costs(const struct record *r, struct buf *csv)
{
	static const struct profile_slot nothing;

	buf_puts(csv, BUNDLE_COSTS "\n");
	for (size_t k = 0; k < r->n_runs; k++) {
		const struct profile *p = &r->runs[k].measured.profile;

		for (unsigned i = 0; r->runs[k].counts >= 0 && p->events && i < MARKER_SLOTS; i++) {
			if (!memcmp(&p->slots[i], &nothing, sizeof(nothing)))
				continue;
			buf_printf(csv, "%lld,%u,%u", (long long)r->runs[k].id, i / MARKER_SEGMENTS,
				   i % MARKER_SEGMENTS);
			for (enum cost c = COST_LOADS; c < COST_COUNT; c++)
				buf_printf(csv, ",%llu", (unsigned long long)p->slots[i].costs[c]);
			buf_puts(csv, "\n");
		}
	}
}

static void put_functions(const struct record_counts *c, struct buf *csv)
{
	buf_puts(csv, BUNDLE_FUNCTIONS "\n");
	for (size_t k = 0; k < c->count; k++) {
		const struct profile_function *f = &c->functions[k];

		for (unsigned i = 0; i < MARKER_SLOTS; i++) {
			if (!f->insns[i] && !f->calls[i])
				continue;
			csv_put(csv, f->name);
			buf_printf(csv, ",%u,%u,%llu,%llu\n", i / MARKER_SEGMENTS,
				   i % MARKER_SEGMENTS, (unsigned long long)f->insns[i],
				   (unsigned long long)f->calls[i]);
		}
	}
}

struct task_lines {
	int64_t run;
	struct buf *csv;
};

static int put_task(const char *task, const char *function, unsigned slot, uint64_t insns,
		    uint64_t calls, void *arg)
{
	const struct task_lines *lines = arg;

	buf_printf(lines->csv, "%lld,", (long long)lines->run);
	csv_put(lines->csv, task);
	buf_puts(lines->csv, ",");
	csv_put(lines->csv, function);
	buf_printf(lines->csv, ",%u,%u,%llu,%llu\n", slot / MARKER_SEGMENTS, slot % MARKER_SEGMENTS,
		   (unsigned long long)insns, (unsigned long long)calls);
	return 0;
}

static void put_tasks(const struct record *r, struct buf *csv)
{
	buf_puts(csv, BUNDLE_TASKS "\n");
	for (size_t k = 0; k < r->n_runs; k++) {
		struct task_lines lines = { r->runs[k].id, csv };

		profile_each_task_count(&r->runs[k].measured.profile, put_task, &lines);
	}
}

static void put_timing(const struct record *r, struct buf *csv)
{
	put_numbers_header(&timing_numbers, csv);
	for (size_t k = 0; k < r->n_runs; k++) {
		const struct record_run *run = &r->runs[k];

		if (!run->measured.timing.timed.rounds)
			continue;
		buf_printf(csv, "%lld", (long long)run->id);
		put_numbers(&timing_numbers, &run->measured, 0, csv);
	}
}

/* In pieces, as a CSV record has its limit. */
static void put_segment_spans(const struct record_run *run, unsigned segment, struct buf *csv)
{
	const struct timing *t = &run->measured.timing;

	for (uint32_t i = 0; i < t->timed.rounds; i++) {
		if (i % BUNDLE_SPANS_A_LINE == 0) {
			buf_printf(csv, "%s%lld,%u,", i ? "\n" : "", (long long)run->id, segment);
			csv_put(csv, run->segments[segment]);
			buf_printf(csv, ",%u,", i);
		} else {
			buf_add(csv, " ", 1);
		}
		put_number(csv, t->spans_ns[segment][i]);
	}
	buf_puts(csv, "\n");
}

static void put_spans(const struct record *r, struct buf *csv)
{
	buf_puts(csv, BUNDLE_SPANS "\n");
	for (size_t k = 0; k < r->n_runs; k++) {
		const struct record_run *run = &r->runs[k];

		for (unsigned s = 0; run->measured.timing.timed.rounds && s < run->n_segments; s++)
			put_segment_spans(run, s, csv);
	}
}

static void put_states(const struct record *r, struct buf *csv)
{
	buf_puts(csv, BUNDLE_STATES "\n");
	for (size_t k = 0; k < r->n_runs; k++) {
		const struct record_run *run = &r->runs[k];
		struct record_state s;

		for (size_t i = 0; record_run_ok(run) && record_state_at(run, i, &s); i++) {
			buf_printf(csv, "%lld,", (long long)run->id);
			csv_put(csv, s.moment);
			buf_printf(csv, ",%s,", s.name);
			if (s.value != REPORT_UNKNOWN)
				buf_printf(csv, "%lld", (long long)s.value);
			buf_puts(csv, "\n");
		}
	}
}

/* The end of a program's line: what its executions printed. */
static void put_output(const struct output *o, struct buf *csv)
{
	buf_puts(csv, ",");
	csv_put(csv, o->notes);
	buf_puts(csv, ",");
	csv_put(csv, o->steady);
	buf_puts(csv, ",");
	csv_put(csv, o->unsteady);
	buf_puts(csv, o->region ? ",1" : ",0");
}

static void put_programs(const struct record *r, struct buf *csv)
{
	buf_puts(csv, BUNDLE_PROGRAMS "\n");
	for (size_t k = 0; k < r->n_runs; k++) {
		const struct record_run *run = &r->runs[k];

		if (!run->program_sha256)
			continue;
		buf_printf(csv, "%lld,", (long long)run->id);
		csv_put(csv, run->program_sha256);
		buf_puts(csv, ",");
		csv_put(csv, run->program_words);
		buf_puts(csv, ",");
		csv_put(csv, run->program_output);
		put_output(&run->measured.output, csv);
		buf_puts(csv, ",");
		csv_put(csv, run->program_setup);
		buf_puts(csv, "\n");
	}
}

static void put_printed(const struct record *r, struct buf *csv)
{
	buf_puts(csv, BUNDLE_PRINTED "\n");
	for (size_t k = 0; k < r->n_runs; k++) {
		const struct output *o = &r->runs[k].measured.output;

		for (size_t i = 0; i < o->n_metrics; i++) {
			buf_printf(csv, "%lld,", (long long)r->runs[k].id);
			csv_put(csv, o->metrics[i].name);
			buf_printf(csv, ",%.17g,%.17g\n", o->metrics[i].value,
				   o->metrics[i].spread);
		}
	}
}

/* A share, or nothing. */
static void put_share(struct buf *csv, double share)
{
	buf_puts(csv, ",");
	if (!isnan(share))
		buf_printf(csv, "%.15g", share);
}

static void put_facts(const struct record *r, struct buf *csv)
{
	buf_puts(csv, BUNDLE_FACTS "\n");
	for (size_t k = 0; k < r->n_facts; k++) {
		const struct code_facts *facts = &r->facts[k].facts;

		for (size_t i = 0; i < facts->count; i++) {
			const struct code_fact *f = &facts->at[i];

			csv_put(csv, r->facts[k].scenario);
			buf_printf(csv, ",%s,", code_fact_name(f->kind));
			csv_put(csv, f->one);
			buf_puts(csv, ",");
			csv_put(csv, f->other);
			put_share(csv, f->code);
			put_share(csv, f->callees);
			put_share(csv, f->callers);
			buf_puts(csv, "\n");
		}
	}
}

static void put_node(const struct record_run *run, size_t at, struct buf *csv)
{
	const struct calltree_node *n = &run->measured.tree.nodes[at];
	bool any = false;

	for (unsigned i = 0; i <= MARKER_SLOTS; i++) {
		const unsigned slot = i % MARKER_SLOTS;

		/* Once around: a node without a count has one line of nothing. */
		if (i < MARKER_SLOTS ? !n->insns[i] && !n->calls[i] : any)
			continue;
		any = true;
		buf_printf(csv, "%lld,%zu,%u,", (long long)run->id, at, n->parent);
		csv_put(csv, n->name);
		buf_printf(csv, ",%u,%u,%llu,%llu\n", slot / MARKER_SEGMENTS,
			   slot % MARKER_SEGMENTS, (unsigned long long)n->insns[slot],
			   (unsigned long long)n->calls[slot]);
	}
}

static void put_trees(const struct record *r, struct buf *csv)
{
	buf_puts(csv, BUNDLE_TREES "\n");
	for (size_t k = 0; k < r->n_runs; k++) {
		for (size_t i = 0; i < r->runs[k].measured.tree.count; i++)
			put_node(&r->runs[k], i, csv);
	}
}

/* What only some experiments have. */
static int put_special(const struct record *r, struct bundle *out)
{
	const char *command = json_string_value(json_object_get(r->command, "command"));
	const char *text = r->n_results ? r->results[0].document : NULL;
	json_t *document = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	json_t *kept = study_find(command) ? study_kept(command, document) : in_time_kept(r);
	bool programs = false, printed = false, trees = false, tasks = false;
	struct buf *file;
	int rc = kept ? bundle_add_json(out, BUNDLE_RESULT_PATH, kept) : 0;

	json_decref(document);
	for (size_t i = 0; i < r->n_runs; i++) {
		programs = programs || r->runs[i].program_sha256;
		printed = printed || r->runs[i].measured.output.n_metrics;
		trees = trees || r->runs[i].measured.tree.count;
		tasks = tasks || r->runs[i].measured.profile.n_tasks;
	}
	if (programs) {
		file = bundle_add(out, BUNDLE_PROGRAMS_PATH);
		if (file)
			put_programs(r, file);
		rc |= file ? buf_error(file) : -1;
	}
	if (printed) {
		file = bundle_add(out, BUNDLE_PRINTED_PATH);
		if (file)
			put_printed(r, file);
		rc |= file ? buf_error(file) : -1;
	}
	if (trees) {
		file = bundle_add(out, BUNDLE_TREES_PATH);
		if (file)
			put_trees(r, file);
		rc |= file ? buf_error(file) : -1;
	}
	if (tasks) {
		file = bundle_add(out, BUNDLE_TASKS_PATH);
		if (file)
			put_tasks(r, file);
		rc |= file ? buf_error(file) : -1;
	}
	if (r->n_facts) {
		file = bundle_add(out, BUNDLE_FACTS_PATH);
		if (file)
			put_facts(r, file);
		rc |= file ? buf_error(file) : -1;
	}
	return rc;
}

static json_t *experiment_json_of(const struct record *r)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s?,s:s,s:O,s:O,s:O?}", "schema",
			 "slowpath/experiment/1", "id", r->id, "name", r->name, "mode", r->mode,
			 "purpose", r->purpose, "started", r->started, "finished", r->finished,
			 "slowpath_version", r->slowpath_version, "command", r->command,
			 "environment", r->environment, "order", r->effect);
}

static int put_files(const struct record *r, struct bundle *out)
{
	int rc = bundle_add_json(out, "experiment.json", experiment_json_of(r));

	for (size_t i = 0; i < r->n_files; i++) {
		struct buf *file = bundle_add(out, "scenarios/%s", r->files[i].name);

		rc |= file ? buf_puts(file, r->files[i].text) : -1;
	}
	for (size_t i = 0; i < r->n_configs; i++) {
		struct buf *file = bundle_add(out, "kernels/%s.config", r->configs[i].name);

		rc |= file ? buf_puts(file, r->configs[i].text) : -1;
	}
	for (size_t i = 0; i < r->n_counts; i++) {
		struct buf *file = bundle_add(out, BUNDLE_FUNCTIONS_PATH, i + 1);

		if (file)
			put_functions(&r->counts[i], file);
		rc |= file ? buf_error(file) : -1;
	}
	return rc;
}

int bundle_put_raw(const struct record *r, struct bundle *out, struct err *e)
{
	static const struct {
		const char *path;
		void (*put)(const struct record *r, struct buf *csv);
	} tables[] = {
		{ "raw/phases.csv", put_phases }, { "raw/slots.csv", put_slots },
		{ "raw/costs.csv", put_costs },	  { "raw/timing.csv", put_timing },
		{ "raw/spans.csv", put_spans },	  { "raw/state.csv", put_states },
	};
	_cleanup_buf_ struct buf runs = { 0 };
	struct buf *file;
	int rc = put_files(r, out);

	put_runs(r, out, &runs);
	rc |= buf_error(&runs) | put_special(r, out);
	file = bundle_add(out, "raw/runs.csv");
	if (!file)
		return err_oom(e);
	*file = runs;
	runs = (struct buf){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		file = bundle_add(out, "%s", tables[i].path);
		if (file)
			tables[i].put(r, file);
		rc |= file ? buf_error(file) : -1;
	}
	return rc ? err_oom(e) : 0;
}
