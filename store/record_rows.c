// SPDX-License-Identifier: GPL-2.0-or-later
/* The readings of every run, as rows. */
#include "reading/readings.h"
#include "store/record.h"
#include "vm/argv.h"

#include <math.h>
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

static int emit(const struct rows_maker *m, const struct stored_row *whole,
		const struct reading *reading, struct err *e)
{
	struct stored_row row = *whole;

	row.metric = reading->of.name;
	row.unit = reading->of.unit;
	/* A metric that cannot be told is a failed one of a good run. */
	if (row.ok && isnan(reading->value)) {
		row.ok = false;
		row.reason = reading->why_not;
	}
	row.value = row.ok ? reading->value : 0;
	row.reading = row.ok ? reading : NULL;
	return m->fn(m->arg, &row, e);
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

struct reading_source record_reading_source(const struct record_run *run)
{
	struct reading_source s = { .run = &run->measured,
				    .n_segments = run->n_segments,
				    .item = run->item,
				    .items = run->items > 0 ? (uint64_t)run->items : 0,
				    .cpus = (unsigned)run->cpus,
				    .counted = record_run_counted(run) };

	for (unsigned i = 0; i < s.n_segments; i++)
		s.segments[i] = run->segments[i];
	return s;
}

/* Nothing but the metric's name is known of a run that failed before any other was good. */
static int emit_unknown(const struct rows_maker *m, const struct record_run *run,
			const struct stored_row *row, struct err *e)
{
	const bool counted = record_run_counted(run);
	struct reading none = { .of.unit = counted ? "insns" : "ns" };

	snprintf(none.of.name, sizeof(none.of.name), "iteration_%s_per_%.20s", none.of.unit,
		 run->item);
	return emit(m, row, &none, e);
}

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

/*
 * Without the functions, whether they agree is what was found when the run was kept; believed only
 * if all else that was concluded then is what is concluded now.
 */
static void take_kept(const struct record_run *run, struct reading *r)
{
	const struct reading *kept = NULL;

	for (size_t i = 0; !kept && i < run->n_readings; i++) {
		if (!strcmp(run->readings[i].of.name, r->of.name))
			kept = &run->readings[i];
	}
	r->exact = kept && kept->exact && near(kept->value, r->value) &&
		   near(kept->spread, r->spread) && near(kept->unseen, r->unseen);
	r->functions = r->exact ? kept->functions : 0;
	snprintf(r->why_not, sizeof(r->why_not), "%s",
		 r->exact ? ""
		 : kept && !kept->exact
			 ? kept->why_not
			 : "what was concluded of it does not follow from its counts");
}

static int emit_run(const struct rows_maker *m, const struct record_run *run,
		    const struct stored_row *row, struct err *e)
{
	const struct record_run *like = row->ok ? run : sibling(m->record, run);
	struct reading_source source;
	struct readings readings;
	int r;

	if (record_run_probed(run))
		return 0;
	if (!like)
		return emit_unknown(m, run, row, e);
	source = record_reading_source(like);
	r = readings_of(&source, &readings, e);
	if (r < 0)
		return err_wrap(e, "run %lld", (long long)like->id);
	for (size_t i = 0; r == 0 && i < readings.count; i++) {
		if (readings.at[i].of.kind == READING_COUNTED && like->counts < 0)
			take_kept(like, &readings.at[i]);
		/* Under -icount a program's clock counts instructions. */
		if (readings.at[i].of.kind != READING_PRINTED || !source.counted)
			r = emit(m, row, &readings.at[i], e);
	}
	return r;
}

int record_each_row(const struct record *r, store_row_fn fn, void *arg, struct err *e)
{
	const struct rows_maker m = { r, fn, arg };

	for (size_t i = 0; i < r->n_runs; i++) {
		char id[64];
		struct stored_row row = row_of(r, &r->runs[i], id);
		int rc = record_run_perturbed(&r->runs[i]) ? 0 : emit_run(&m, &r->runs[i], &row, e);

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
