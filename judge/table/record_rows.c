// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/table/record_rows.h"

#include "base/buf.h"
#include "base/json.h"
#include "reading/slope.h"

#include <errno.h>
#include <string.h>

#define SIDES_MAX 4096 /* more were never in one; a stranger's database may say anything */

static int add(void *arg, const struct stored_row *s, struct err *e)
{
	const struct row_text row = { .experiment = s->experiment,
				      .kernel = s->kernel,
				      .release = s->release,
				      .scenario = s->scenario,
				      .metric = s->metric,
				      .unit = s->unit,
				      .mode = s->mode,
				      .reason = s->reason,
				      .run = s->run_id,
				      .block = s->block,
				      .position = s->position,
				      .cpus = (uint16_t)s->cpus,
				      .ok = s->ok,
				      .decides = s->decides,
				      .value = s->value,
				      .reading = s->reading };

	return rows_add(arg, &row, e);
}

static bool is_timed(const struct record_run *run)
{
	return record_run_ok(run) && !record_run_counted(run);
}

/* Rounds that stopped at their limit before the time that was asked for. */
static bool cut_short(const struct record_run *run)
{
	const struct report_timed *t = &run->measured.timing.timed;

	return is_timed(run) && t->rounds >= t->rounds_max && t->total_ns < t->min_time_ns;
}

static int note_budget(const struct record *r, struct rows *out)
{
	const struct record_run *first = NULL;
	const struct report_timed *t;
	size_t n = 0;

	for (size_t i = 0; i < r->n_runs; i++) {
		if (!cut_short(&r->runs[i]))
			continue;
		first = first ? first : &r->runs[i];
		n++;
	}
	if (!first)
		return 0;
	t = &first->measured.timing.timed;
	return rows_note(out, "budget",
			 str_printf("%zu of %zu runs stopped at their limit of rounds before their "
				    "time; %s, %s: %u rounds in %.3g ms instead of %.0f ms",
				    n, r->n_runs, first->scenario, first->side, t->rounds,
				    (double)t->total_ns / 1e6, (double)t->min_time_ns / 1e6));
}

/* Value of "clocksource=" in what the guest said; its length. */
static const char *clocksource(const struct record_run *run, size_t *len)
{
	static const char key[] = "clocksource=";
	const char *at = run->environment ? strstr(run->environment, key) : NULL;

	at = at ? at + strlen(key) : "";
	*len = strcspn(at, "\n");
	return at;
}

/* Times by two clocks do not go together. */
static int note_clocks(const struct record *r, struct rows *out)
{
	const struct record_run *first = NULL;

	for (size_t i = 0; i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];
		const char *a, *b;
		size_t n_a, n_b;

		if (!is_timed(run))
			continue;
		first = first ? first : run;
		a = clocksource(first, &n_a);
		b = clocksource(run, &n_b);
		if (n_a != n_b || strncmp(a, b, n_a) != 0)
			return rows_note(out, "clocksource",
					 str_printf("guests took different clocks: %.*s and %.*s",
						    (int)n_a, a, (int)n_b, b));
	}
	return 0;
}

static int note_states(const struct record *r, struct rows *out)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];

		if (record_run_ok(run) &&
		    rows_add_state(out, run->scenario, run->side, (uint16_t)run->cpus,
				   &run->measured.before, &run->measured.expected) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int note_works(const struct record *r, struct rows *out)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];
		const struct output *o = &run->measured.output;

		if (record_run_ok(run) && run->program_sha256 &&
		    rows_add_work(out, run->scenario, run->side, (uint16_t)run->cpus, o->steady,
				  o->unsteady, run_window_ns(&run->measured)) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Of a run that was counted with classes, every cost of its slots. */
static int note_costs(const struct record *r, struct rows *out)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];
		const struct run *m = &run->measured;
		const struct slope whole = { 0, run->n_segments, run_pairs(m),
					     (double)run_iterations(m) * (double)run->items };

		if (!record_run_ok(run) || !record_run_counted(run) || !m->profile.events ||
		    !(whole.divisor > 0) || !whole.pairs)
			continue;
		for (enum cost c = 0; c < COST_COUNT; c++) {
			uint64_t values[MARKER_SLOTS];

			for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
				values[slot] = profile_slot_cost(&m->profile, slot, c);
			if (rows_add_cost(out, run->scenario, run->side, (uint16_t)run->cpus,
					  (uint16_t)c, slope_mean(&whole, values),
					  slope_spread(&whole, values)) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

const char *record_side(const struct record *r, size_t at)
{
	static const char *const sides[] = { "old", "new", "candidate" };
	const json_t *kernels = json_object_get(r->command, "kernels");
	const json_t *one = at < SIDES_MAX ? json_array_get(kernels, at) : NULL;

	if (json_is_array(kernels))
		return json_string_value(json_is_object(one) ? json_object_get(one, "name") : one);
	return at < ARRAY_SIZE(sides) ? sides[at] : NULL;
}

/* Rows are sorted by the numbers of their words: kernels get theirs in the order asked for. */
static int add_sides(const struct record *r, struct rows *out)
{
	const char *side;

	for (size_t at = 0; (side = record_side(r, at)); at++) {
		if (intern_add(&out->words, side) == INTERN_NONE)
			return -ENOMEM;
	}
	return 0;
}

/* A bisection measures many kernels by one name: these are pairs and points, and no table. */
static int check_sides(const struct record *r, struct err *e)
{
	_cleanup_json_ json_t *kernels = json_object();

	for (size_t i = 0; i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];
		const char *other = json_string_value(json_object_get(kernels, run->side));

		if (!other &&
		    json_object_set_new(kernels, run->side, json_string(run->vmlinux_sha256)) < 0)
			return err_oom(e);
		if (other && strcmp(other, run->vmlinux_sha256) != 0)
			return err_set(e, EINVAL,
				       "%s has several kernels by the name '%.80s', which are not "
				       "judged as one; 'slowpath report %s' says what it found",
				       r->id, run->side, r->id);
	}
	return 0;
}

int record_rows(const struct record *r, struct rows *out, struct err *e)
{
	int rc = check_sides(r, e);

	if (rc == 0)
		rc = add_sides(r, out) < 0 ? err_oom(e) : record_each_row(r, add, out, e);
	if (rc == 0 &&
	    (note_budget(r, out) < 0 || note_clocks(r, out) < 0 || note_states(r, out) < 0 ||
	     note_works(r, out) < 0 || note_costs(r, out) < 0))
		rc = err_oom(e);
	return rc < 0 ? rc : rows_finish(out, r->id, e);
}

struct judge_options record_judge_options(const struct record *r)
{
	struct judge_options o = judge_options_default();
	const json_t *threshold = json_object_get(r->command, "threshold");

	o.baseline = json_string_value(json_object_get(r->command, "baseline"));
	if (json_is_number(threshold))
		o.threshold = json_number_value(threshold);
	judge_options_profile(json_object_get(r->command, "experiment"), &o);
	return o;
}
