// SPDX-License-Identifier: GPL-2.0-or-later
/* Metrics of every run, out of what it counted or timed. */
#include "store/record.h"
#include "store/timing.h"
#include "vm/argv.h"

#include <errno.h>
#include <string.h>

struct rows_maker {
	const struct record *record;
	store_row_fn fn;
	void *arg;
};

/* The mode as results are labelled with it: timing under TCG is emulated. */
static const char *mode_of(const struct record_run *run)
{
	return record_run_counted(run)				  ? "exact"
	       : !strcmp(run->accelerator, accel_name(ACCEL_KVM)) ? "timed"
								  : "emulated";
}

/* The run as far as it is not about a metric. @id: room for the run_id. */
static struct stored_row row_of(const struct record *r, const struct record_run *run, char id[64])
{
	snprintf(id, 64, "%.40s-%lld", r->id, (long long)run->id);
	return (struct stored_row){
		.experiment = r->id,
		.kernel = run->side,
		.release = run->kernel_release,
		.scenario = run->scenario,
		.metric = "",
		.block = (unsigned)run->block,
		.position = (unsigned)run->position,
		.attempt = (unsigned)run->attempt,
		.cpus = (unsigned)run->cpus,
		.ok = record_run_ok(run),
		.unit = record_run_counted(run) ? "insns" : "ns",
		.mode = mode_of(run),
		.run_id = id,
		.reason = record_run_ok(run)	? NULL
			  : run->failure_reason ? run->failure_reason
						: "",
	};
}

static int emit(const struct rows_maker *m, const struct record_run *run, struct stored_row *row,
		const char *segment, double value, struct err *e)
{
	char metric[PLAN_NAME_BYTES + 40];

	snprintf(metric, sizeof(metric), "%s_%s_per_%.20s", segment, row->unit, run->item);
	row->metric = metric;
	row->value = row->ok ? value : 0;
	return m->fn(m->arg, row, e);
}

/* A good run of the same scenario, to know the metrics of one that failed; NULL if there is none.
 */
static const struct record_run *sibling(const struct record *r, const struct record_run *of)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (record_run_ok(&r->runs[i]) && !strcmp(r->runs[i].scenario, of->scenario))
			return &r->runs[i];
	}
	return NULL;
}

/* Mean of the two slopes, as judge/comparison.c has it. */
static double cost(const struct record_run *run, unsigned segment, double divisor)
{
	const struct profile_slot *s = run->measured.profile.slots;
	double task[MARKER_PHASE_EMPTY];

	for (unsigned phase = 0; phase < MARKER_PHASE_EMPTY; phase++)
		task[phase] = (double)s[phase * MARKER_SEGMENTS + segment].task;
	return ((task[1] - task[0]) / divisor + (task[3] - task[2]) / divisor) / 2;
}

static int emit_counted(const struct rows_maker *m, struct stored_row *row,
			const struct record_run *run, struct err *e)
{
	double divisor = (double)run->measured.phases[0].iterations * (double)run->items, sum = 0;
	int r;

	if (!run->n_segments || divisor <= 0)
		return err_set(e, EIO, "run %lld has no counts", (long long)run->id);
	for (unsigned i = 0; i < run->n_segments; i++)
		sum += cost(run, i, divisor);
	r = emit(m, run, row, "iteration", sum, e);
	for (unsigned i = 0; r == 0 && i < run->n_segments; i++)
		r = emit(m, run, row, run->segments[i], cost(run, i, divisor), e);
	return r;
}

/* A metric that the clock cannot tell is a failed one of a good run. */
static int emit_timed(const struct rows_maker *m, const struct stored_row *whole,
		      const struct record_run *run, struct err *e)
{
	struct timed_metrics t;
	int r = timing_metrics(run, &t, e);

	for (unsigned i = 0; r == 0 && i < t.count; i++) {
		struct stored_row row = *whole;

		if (row.ok && t.at[i].refused[0]) {
			row.ok = false;
			row.reason = t.at[i].refused;
		}
		r = emit(m, run, &row, t.at[i].name, t.at[i].median_ns / (double)run->items, e);
	}
	return r;
}

/* What a program printed, in a timed run: under -icount its clock would count instructions. */
static int emit_printed(const struct rows_maker *m, const struct stored_row *whole,
			const struct record_run *run, struct err *e)
{
	const struct output *o = &run->measured.output;
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->n_metrics; i++) {
		struct stored_row row = *whole;

		row.metric = o->metrics[i].name;
		row.unit = "printed";
		row.value = row.ok ? o->metrics[i].value : 0;
		r = m->fn(m->arg, &row, e);
	}
	return r;
}

static int emit_run(const struct rows_maker *m, const struct record_run *run,
		    struct stored_row *row, struct err *e)
{
	const struct record_run *like = row->ok ? run : sibling(m->record, run);
	int r;

	if (record_run_probed(run))
		return 0;
	if (!like)
		return emit(m, run, row, "iteration", 0, e);
	if (like->items <= 0)
		return err_set(e, EIO, "run %lld: its description is damaged", (long long)run->id);
	if (record_run_counted(like))
		return emit_counted(m, row, like, e);
	r = emit_timed(m, row, like, e);
	return r < 0 ? r : emit_printed(m, row, like, e);
}

int record_each_row(const struct record *r, store_row_fn fn, void *arg, struct err *e)
{
	const struct rows_maker m = { r, fn, arg };

	for (size_t i = 0; i < r->n_runs; i++) {
		char id[64];
		struct stored_row row = row_of(r, &r->runs[i], id);
		int rc = emit_run(&m, &r->runs[i], &row, e);

		if (rc)
			return rc;
	}
	return 0;
}

int record_each_run(const struct record *r, store_row_fn fn, void *arg, struct err *e)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		char id[64];
		struct stored_row row = row_of(r, &r->runs[i], id);
		int rc = fn(arg, &row, e);

		if (rc)
			return rc;
	}
	return 0;
}
