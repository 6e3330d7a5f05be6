// SPDX-License-Identifier: GPL-2.0-or-later
/* The readings of every run, as rows. */
#include "base/cleanup.h"
#include "reading/parts.h"
#include "store/record.h"
#include "vm/argv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a run's deciding reading gets from those beside it; empty where nothing is known. */
struct run_part {
	bool parted;
	double part, rest_spread;
};

struct rows_maker {
	const struct record *record;
	struct run_part *parts; /* of its runs; owned */
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
		const struct reading *reading, bool decides, struct err *e)
{
	struct stored_row row = *whole;

	row.metric = reading->of.name;
	row.decides = decides;
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

const char *record_metric(const struct record *r, const char *scenario)
{
	const char *word = json_string_value(json_object_get(r->command, "metric"));
	const json_t *one;
	size_t i;

	if (r->metric)
		return r->metric;
	if (word && strcmp(word, "default") != 0)
		return word;
	/* What the scenario itself says is kept with its runs. */
	for (i = 0; word && i < r->n_runs; i++) {
		if (!strcmp(r->runs[i].scenario, scenario))
			return r->runs[i].scenario_metric;
	}
	if (word)
		return NULL;
	json_array_foreach(json_object_get(json_object_get(r->command, "experiment"), "scenarios"),
			   i, one)
	{
		const char *name = json_string_value(json_object_get(one, "name"));

		word = json_string_value(json_object_get(one, "primary"));
		if (name && word && !strcmp(name, scenario))
			return word;
	}
	return "iteration";
}

struct reading_source record_reading_source(const struct record *r, const struct record_run *run)
{
	struct reading_source s = { .metric = record_metric(r, run->scenario),
				    .program = run->program_sha256 != NULL,
				    .run = &run->measured,
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
	const char *word = record_metric(m->record, run->scenario);
	const bool calls = word && !strncmp(word, "calls:", strlen("calls:"));
	struct reading none = { .of.unit = !counted ? "ns" : calls ? "calls" : "insns" };

	snprintf(none.of.name, sizeof(none.of.name), "%.140s_%s_per_%.20s",
		 word				  ? word
		 : counted && run->program_sha256 ? "kernel"
						  : "iteration",
		 none.of.unit, run->item);
	return emit(m, row, &none, true, e);
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

/* A good run that is a row, and whose functions are there. */
static bool has_functions(const struct record_run *run)
{
	return record_run_ok(run) && record_run_counted(run) && !record_run_probed(run) &&
	       !record_run_perturbed(run) && run->counts >= 0;
}

static bool stand_together(const struct record_run *a, const struct record_run *b)
{
	return has_functions(a) && has_functions(b) && a->cpus == b->cpus &&
	       !strcmp(a->scenario, b->scenario);
}

/* The runs of one scenario and CPU count, the first of which is @first. */
struct together {
	struct reading_source *sources;
	struct readings *one; /* room for those of a run */
	struct reading *deciding;
	struct reading_parts_run *runs;
	size_t *at; /* of each, in the record */
	size_t n;
};

static void together_free(struct together *t)
{
	free(t->sources);
	free(t->one);
	free(t->deciding);
	free(t->runs);
	free(t->at);
}

/* "NAME#aa" is the baseline once more: the same kernel, whose runs have to agree with it. */
static bool same_kernel(const char *a, const char *b)
{
	const size_t len = strcspn(a, "#");

	return strcspn(b, "#") == len && !strncmp(a, b, len);
}

static int gather(const struct record *r, size_t first, struct together *t, struct err *e)
{
	t->n = 0;
	for (size_t i = first; i < r->n_runs; i++) {
		size_t n = t->n, kernel = i;
		int rc;

		if (!stand_together(&r->runs[first], &r->runs[i]))
			continue;
		for (size_t k = first; k < i && kernel == i; k++) {
			if (stand_together(&r->runs[k], &r->runs[i]) &&
			    same_kernel(r->runs[k].side, r->runs[i].side))
				kernel = k;
		}
		t->sources[n] = record_reading_source(r, &r->runs[i]);
		rc = readings_of(&t->sources[n], t->one, e);
		if (rc < 0)
			return err_wrap(e, "run %lld", (long long)r->runs[i].id);
		t->deciding[n] = t->one->at[t->one->decides];
		t->runs[n] = (struct reading_parts_run){ &t->sources[n], (unsigned)kernel,
							 &t->deciding[n] };
		t->at[t->n++] = i;
	}
	return 0;
}

static int find_together(const struct rows_maker *m, size_t first, struct together *t,
			 struct err *e)
{
	struct reading_parts ignored;
	int r = gather(m->record, first, t, e);

	if (r == 0)
		r = reading_parts_find(t->runs, t->n, &ignored, e);
	for (size_t i = 0; r == 0 && i < t->n; i++)
		m->parts[t->at[i]] = (struct run_part){ t->deciding[i].parted, t->deciding[i].part,
							t->deciding[i].rest_spread };
	return r;
}

/* What is exact in all runs of a scenario, whatever else they do (reading/parts.h). */
static int find_parts(const struct rows_maker *m, struct err *e)
{
	const struct record *r = m->record;
	struct together t = { .sources = calloc(r->n_runs + 1, sizeof(*t.sources)),
			      .one = calloc(1, sizeof(*t.one)),
			      .deciding = calloc(r->n_runs + 1, sizeof(*t.deciding)),
			      .runs = calloc(r->n_runs + 1, sizeof(*t.runs)),
			      .at = calloc(r->n_runs + 1, sizeof(*t.at)) };
	int rc = t.sources && t.one && t.deciding && t.runs && t.at ? 0 : err_oom(e);

	for (size_t i = 0; rc == 0 && i < r->n_runs; i++) {
		bool done = !has_functions(&r->runs[i]);

		for (size_t k = 0; k < i && !done; k++)
			done = stand_together(&r->runs[k], &r->runs[i]);
		if (!done)
			rc = find_together(m, i, &t, e);
	}
	together_free(&t);
	return rc;
}

static void take_part(const struct rows_maker *m, const struct record_run *run, struct reading *r)
{
	const struct run_part *part = &m->parts[run - m->record->runs];

	r->parted = part->parted;
	r->part = part->part;
	r->rest_spread = part->rest_spread;
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
	source = record_reading_source(m->record, like);
	r = readings_of(&source, &readings, e);
	if (r < 0)
		return err_wrap(e, "run %lld", (long long)like->id);
	for (size_t i = 0; r == 0 && i < readings.count; i++) {
		const bool decides = i == readings.decides;

		if (readings.at[i].of.kind == READING_COUNTED && like->counts < 0)
			take_kept(like, &readings.at[i]);
		if (decides)
			take_part(m, like, &readings.at[i]);
		/* Under -icount a program's clock counts instructions. */
		if (readings.at[i].of.kind != READING_PRINTED || !source.counted || decides)
			r = emit(m, row, &readings.at[i], decides, e);
	}
	return r;
}

int record_each_row(const struct record *r, store_row_fn fn, void *arg, struct err *e)
{
	_cleanup_free_ struct run_part *parts = calloc(r->n_runs + 1, sizeof(*parts));
	const struct rows_maker m = { r, parts, fn, arg };
	int found = parts ? find_parts(&m, e) : err_oom(e);

	if (found < 0)
		return found;
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
