// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/evidence.h"

#include "base/json.h"
#include "judge/counts/state.h"
#include "judge/why/groups.h"
#include "judge/why/renames.h"
#include "judge/why/source_change.h"
#include "report/evidence/evidence_check.h"
#include "report/reproducer/reproducer.h"
#include "report/evidence/study.h"
#include "vm/argv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void evidence_free(struct evidence *x)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		comparison_free(&x->cases[i].comparison);
		free(x->cases[i].cpu_model);
		in_time_free(x->cases[i].time);
		free(x->cases[i].no_time);
		audit_free(&x->cases[i].audit);
	}
	free(x->cases);
	free(x->unjudged);
	study_free(&x->study);
	judgement_free(&x->judgement);
	rows_free(&x->rows);
	experiment_free(x->experiment);
	scenario_list_free(&x->scenarios);
	*x = (struct evidence){ 0 };
}

bool evidence_metric_chosen(const struct evidence_case *c)
{
	return c->metric[0] && strncmp(c->metric, "iteration_", strlen("iteration_")) != 0;
}

bool evidence_has_functions(const struct evidence_case *c)
{
	return c->comparison.n_functions > 0;
}

bool evidence_same_state(const struct evidence_case *c)
{
	for (size_t i = 0; i < c->comparison.n_checks; i++) {
		if (c->comparison.checks[i].result == CHECK_FAIL)
			return false;
	}
	return true;
}

const char *evidence_mode_words(const struct evidence_case *c)
{
	return !strcmp(c->mode, "emulated") ? "timed under an emulator" : c->mode;
}

const char *evidence_unit_words(const struct evidence_case *c)
{
	return !strcmp(c->unit, "insns") ? "executed instructions" : "time";
}

struct cpus_text evidence_cpus(unsigned cpus)
{
	struct cpus_text out;

	snprintf(out.text, sizeof(out.text), "%u CPU%s", cpus, cpus == 1 ? "" : "s");
	return out;
}

bool evidence_has_reproducer(const struct evidence_case *c)
{
	return reproducer_possible(c->scenario, NULL) == 0;
}

int evidence_reproducer(const struct evidence *x, const struct evidence_case *c, struct buf *out,
			struct err *e)
{
	struct reproducer_request q = { .scenario = c->scenario,
					.version = x->record->slowpath_version };

	for (unsigned i = 0; x->experiment && i < x->experiment->n_scenarios; i++) {
		const struct experiment_scenario *s = &x->experiment->scenarios[i];

		if (s->scenario != c->scenario)
			continue;
		q.settings = s->settings;
		q.n_settings = s->n_settings;
	}
	return reproducer_write(&q, out, e);
}

bool evidence_first_of_scenario(const struct evidence *x, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (x->cases[i].scenario == x->cases[at].scenario)
			return false;
	}
	return true;
}

struct reproducer_name evidence_reproducer_name(const struct evidence_case *c)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-/";
	const char *name = c->scenario->name;
	struct reproducer_name out = { "scenario.c" };

	if (strspn(name, good) != strlen(name) || strlen(name) + 3 > sizeof(out.text))
		return out;
	snprintf(out.text, sizeof(out.text), "%s.c", name);
	for (char *p = out.text; *p; p++)
		*p = *p == '/' ? '-' : *p;
	return out;
}

static const struct scenario *find_scenario(const struct evidence *x, const char *name)
{
	for (unsigned i = 0; x->experiment && i < x->experiment->n_scenarios; i++) {
		if (!strcmp(x->experiment->scenarios[i].scenario->name, name))
			return x->experiment->scenarios[i].scenario;
	}
	for (size_t i = 0; i < x->scenarios.count; i++) {
		if (!strcmp(x->scenarios.items[i]->name, name))
			return x->scenarios.items[i];
	}
	return NULL;
}

/* Audit and compare read no files of these. */
struct kernel evidence_kernel(const struct record_run *run)
{
	return (struct kernel){ .spec = run->kernel_spec,
				.subject = run->kernel_subject,
				.release = run->kernel_release,
				.version = run->kernel_version,
				.compiler = run->compiler,
				.vmlinux_sha256 = run->vmlinux_sha256,
				.image_sha256 = run->image_sha256,
				.arch = run->arch,
				.config_sha256 = run->config_sha256 };
}

struct kernel_title evidence_title(const struct record_run *run)
{
	return kernel_title_of(run->kernel_spec, run->kernel_release, run->kernel_subject,
			       run->vmlinux_sha256);
}

static bool belongs(const struct record_run *run, const char *scenario, unsigned cpus,
		    const char *side)
{
	return record_run_ok(run) && run->cpus == (int64_t)cpus &&
	       !strcmp(run->scenario, scenario) && !strcmp(run->side, side);
}

/* The first block at or behind *@block that has a good run of both sides. */
static bool find_pair(const struct record *r, const struct evidence_case *c, const char *old_side,
		      const char *new_side, int64_t *block, const struct record_run *out[2])
{
	bool found = false;

	for (size_t i = 0; i < r->n_runs; i++) {
		const struct record_run *o = &r->runs[i];

		if (o->block < *block || (found && o->block >= out[0]->block) ||
		    !belongs(o, c->scenario->name, c->cpus, old_side))
			continue;
		for (size_t k = 0; k < r->n_runs; k++) {
			const struct record_run *n = &r->runs[k];

			if (n->block != o->block ||
			    record_run_counted(n) != record_run_counted(o) ||
			    !belongs(n, c->scenario->name, c->cpus, new_side))
				continue;
			out[0] = o;
			out[1] = n;
			found = true;
		}
	}
	if (found)
		*block = out[0]->block;
	return found;
}

struct run evidence_run(const struct record_run *run)
{
	struct run out = run->measured;

	out.environment = run->environment;
	out.console = run->console;
	out.output.text = run->program_output;
	return out;
}

static int check_shape(const struct record_run *run, const struct scenario *s, struct err *e)
{
	if (run->n_segments != s->n_segments)
		return err_set(e, EINVAL, "run %lld has not the segments of %s", (long long)run->id,
			       s->name);
	for (unsigned i = 0; i < run->n_segments; i++) {
		if (strcmp(run->segments[i], s->segments[i].name) != 0)
			return err_set(e, EINVAL, "run %lld has not the segments of %s",
				       (long long)run->id, s->name);
	}
	return 0;
}

/* Functions, state and what else differs, of one pair. */
static int compare_pair(const struct evidence *x, struct evidence_case *c, struct err *e)
{
	int r = check_shape(c->old_run, c->scenario, e);

	if (r == 0)
		r = check_shape(c->new_run, c->scenario, e);
	if (r < 0)
		return r;
	c->pair[0] = evidence_run(c->old_run);
	c->pair[1] = evidence_run(c->new_run);
	c->old_kernel = evidence_kernel(c->old_run);
	c->new_kernel = evidence_kernel(c->new_run);
	c->cpu_model = record_run_cpu_model(c->old_run);
	if (record_run_counted(c->old_run)) {
		const struct code_facts *facts = record_facts_of(x->record, c->scenario->name);

		r = compare_runs(c->scenario, &c->pair[0], &c->pair[1], c->cpus,
				 x->options.threshold, &c->comparison, e);
		if (r == 0 && facts)
			r = renames_fold(&c->comparison, facts, e);
		if (r == 0 && facts)
			r = groups_make(&c->comparison, facts, e);
		if (r == 0)
			source_change_find(&c->comparison, c->scenario, x->options.threshold);
	} else {
		c->comparison = (struct comparison){ .cpus = c->cpus,
						     .items = scenario_items(c->scenario) };
		check_state(&c->comparison, c->scenario, &c->pair[0], &c->pair[1]);
	}
	if (r == 0)
		r = audit_sides(&c->old_kernel, &c->new_kernel, &c->pair[0], &c->pair[1], &c->audit,
				e);
	return r;
}

static struct evidence_case *add_case(struct evidence *x, const struct scenario *s, unsigned cpus)
{
	struct evidence_case *grown = realloc(x->cases, (x->n_cases + 1) * sizeof(*x->cases));

	if (!grown)
		return NULL;
	x->cases = grown;
	grown[x->n_cases] = (struct evidence_case){ .scenario = s,
						    .cpus = cpus,
						    .mode = "exact",
						    .unit = "insns",
						    .item = scenario_item_name(s),
						    .old_value = NAN,
						    .new_value = NAN,
						    .ratio = NAN,
						    .low = NAN,
						    .high = NAN,
						    .detectable = NAN,
						    .spread = NAN,
						    .floor = NAN };
	return &grown[x->n_cases++];
}

static void claim_judged(const struct evidence *x, struct evidence_case *c,
			 const struct judged_row *row)
{
	c->judged = row;
	c->verdict = row->verdict;
	snprintf(c->reason, sizeof(c->reason), "%s", row->reason);
	c->blocks = row->counted ? row->exact.n_new : row->timed.n;
	snprintf(c->metric, sizeof(c->metric), "%s", rows_word(&x->rows, row->metric));
	c->ratio = judged_ratio(row);
	if (row->counted) {
		c->mode = reading_exactness(row->exact.exact);
		snprintf(c->why_not, sizeof(c->why_not), "%s", row->exact.why_not);
		c->old_value = row->exact.old_side.value;
		c->new_value = row->exact.new_side.value;
		c->spread = row->exact.noise;
		c->floor = row->exact.change.floor;
		c->part = change_part(&row->exact.change);
		return;
	}
	c->unit = "ns";
	c->mode = row_modes[row->mode];
	c->new_value = row->mean_cv.ok_runs ? row->mean_cv.median_value : NAN;
	c->old_value = row->mean_cv.ok_runs ? row->mean_cv.baseline_median_value : NAN;
	c->low = row->timed.low;
	c->high = row->timed.high;
	c->alpha = row->timed.alpha;
	c->detectable = row->timed.detectable;
}

static void claim_compared(struct evidence_case *c)
{
	const struct metric *m = comparison_deciding(&c->comparison);

	c->verdict = c->comparison.verdict;
	snprintf(c->reason, sizeof(c->reason), "%s", c->comparison.reason);
	c->mode = reading_exactness(c->comparison.exact);
	snprintf(c->why_not, sizeof(c->why_not), "%s", c->comparison.why_not);
	snprintf(c->metric, sizeof(c->metric), "%s", metric_name(m));
	c->part = comparison_part(&c->comparison);
	c->old_value = m->old_one.value;
	c->new_value = m->new_one.value;
	c->spread = fmax(m->old_one.spread, m->new_one.spread);
	c->floor = c->comparison.change.floor;
	c->ratio = metric_ratio(m);
	c->blocks = 1;
}

struct evidence_case *evidence_add_pair(struct evidence *x, const struct scenario *s,
					const struct record_run *old_run,
					const struct record_run *new_run, struct err *e)
{
	struct evidence_case *c = add_case(x, s, (unsigned)new_run->cpus);

	if (!c) {
		err_oom(e);
		return NULL;
	}
	c->old_run = old_run;
	c->new_run = new_run;
	if (compare_pair(x, c, e) < 0)
		return NULL;
	if (c->comparison.n_metrics)
		claim_compared(c);
	return c;
}

static int conclude_judged(struct evidence *x, const struct judged_row *row, const char *baseline,
			   struct err *e)
{
	const struct scenario *s = find_scenario(x, rows_word(&x->rows, row->scenario));
	const struct record_run *pair[2];
	struct evidence_case *c;
	int64_t block = 0;

	if (!s)
		return err_set(e, EINVAL, "the experiment has no scenario '%.80s'",
			       rows_word(&x->rows, row->scenario));
	c = add_case(x, s, row->cpus);
	if (!c)
		return err_oom(e);
	claim_judged(x, c, row);
	if (!find_pair(x->record, c, baseline, rows_word(&x->rows, row->kernel), &block, pair))
		return 0;
	c->old_run = pair[0];
	c->new_run = pair[1];
	return compare_pair(x, c, e);
}

static int judge_profile(struct evidence *x, struct err *e)
{
	const char *baseline = x->options.baseline;
	bool others = false;
	struct err why = { 0 };
	int r = record_rows(x->record, &x->rows, &why);

	if (r == 0)
		r = judge_table(&x->rows, &x->options, &x->judgement, &why);
	if (r < 0) {
		x->unjudged = strdup(why.text);
		return x->unjudged ? 0 : err_oom(e);
	}
	for (size_t i = 0; i < x->judgement.count; i++) {
		const struct judged_row *row = &x->judgement.rows[i];

		others = others || (!row->is_baseline && !row->is_control);
		if (row->is_baseline)
			baseline = rows_word(&x->rows, row->kernel);
	}
	for (size_t i = 0; i < x->judgement.count; i++) {
		const struct judged_row *row = &x->judgement.rows[i];

		if (row->is_baseline || !row->primary || (row->is_control && others) || !baseline)
			continue;
		r = conclude_judged(x, row, baseline, e);
		if (r < 0)
			return r;
	}
	x->concluded = judgement_overall(&x->judgement, INTERN_NONE, &x->verdict);
	return 0;
}

/* The perturbed pairs of --confirm, in their order behind the pair that is judged. */
static int confirm_case(const struct evidence *x, struct evidence_case *c, int64_t block,
			struct err *e)
{
	const struct record_run *pair[2];

	for (unsigned i = 0; i < CONFIRM_RUNS; i++) {
		struct comparison perturbed = { 0 };
		struct run runs[2];
		int r;

		block++;
		if (!find_pair(x->record, c, "old", "new", &block, pair))
			return 0;
		runs[0] = evidence_run(pair[0]);
		runs[1] = evidence_run(pair[1]);
		r = check_shape(pair[0], c->scenario, e) | check_shape(pair[1], c->scenario, e);
		if (r == 0)
			r = compare_runs(c->scenario, &runs[0], &runs[1], c->cpus,
					 x->options.threshold, &perturbed, e);
		if (r < 0)
			return r;
		c->confirmation.rows[i].what = confirm_plans()[i].what;
		c->confirmation.rows[i].delta = comparison_delta(&c->comparison, &perturbed);
		c->confirmation.rows[i].different_state =
			perturbed.verdict == VERDICT_DIFFERENT_STATE;
		c->confirmation.count++;
		comparison_free(&perturbed);
	}
	confirm_judge(&c->confirmation, comparison_deciding(&c->comparison)->old_one.value,
		      x->options.threshold);
	confirm_apply(&c->confirmation, &c->comparison);
	return 0;
}

static bool has_case(const struct evidence *x, const struct record_run *run)
{
	for (size_t i = 0; i < x->n_cases; i++) {
		if (!strcmp(x->cases[i].scenario->name, run->scenario) &&
		    x->cases[i].cpus == (unsigned)run->cpus)
			return true;
	}
	return false;
}

/* A count and a time that contradict each other are no more than a suspicion. */
static int join_time(const struct evidence *x, struct evidence_case *c, const json_t *times,
		     struct err *e)
{
	const json_t *time = json_object_get(times, c->scenario->name);
	const double threshold = x->options.threshold;
	enum verdict joined;
	bool slower = false;
	int r;

	/* Calls are replayed of one CPU. */
	if (!time || c->cpus != 1)
		return 0;
	if (!json_object_get(time, "ratio")) {
		c->no_time = strdup(json_text_at(time, "why_not", "no reason was kept"));
		return c->no_time ? 0 : err_oom(e);
	}
	r = in_time_read(x->record, time, c->scenario->name, threshold, &c->time, e);
	if (r < 0)
		return r;
	joined = replayed_join(c->verdict, c->time->insns_ratio, threshold, &c->time->judged,
			       &slower);
	c->time->joined = joined != c->verdict;
	if (c->time->joined)
		replayed_reason(c->verdict, &c->time->judged, c->reason, sizeof(c->reason));
	c->verdict = joined;
	return 0;
}

static int join_times(struct evidence *x, struct err *e)
{
	_cleanup_json_ json_t *kept = in_time_kept(x->record);
	const json_t *times = json_object_get(kept, "time");
	int r = 0;

	for (size_t i = 0; times && r == 0 && i < x->n_cases; i++)
		r = join_time(x, &x->cases[i], times, e);
	return r;
}

static int conclude_compared(struct evidence *x, const struct record_run *run, struct err *e)
{
	const struct scenario *s = find_scenario(x, run->scenario);
	const struct record_run *pair[2];
	struct evidence_case *c;
	int64_t block = 0;
	int r;

	if (!s)
		return err_set(e, EINVAL, "the experiment has no scenario '%.80s'", run->scenario);
	c = add_case(x, s, (unsigned)run->cpus);
	if (!c)
		return err_oom(e);
	if (!find_pair(x->record, c, "old", "new", &block, pair)) {
		c->verdict = VERDICT_INCONCLUSIVE;
		snprintf(c->reason, sizeof(c->reason), "a side could not be measured");
		return 0;
	}
	c->old_run = pair[0];
	c->new_run = pair[1];
	r = compare_pair(x, c, e);
	if (r == 0 && json_is_true(json_object_get(x->record->command, "confirm")))
		r = confirm_case(x, c, block, e);
	if (r < 0)
		return r;
	claim_compared(c);
	return 0;
}

static int judge_compare(struct evidence *x, struct err *e)
{
	int r;

	for (size_t i = 0; i < x->record->n_runs; i++) {
		const struct record_run *run = &x->record->runs[i];
		r = has_case(x, run) ? 0 : conclude_compared(x, run, e);
		if (r < 0)
			return r;
	}
	r = join_times(x, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < x->n_cases; i++) {
		x->verdict = x->concluded ? verdict_overall(x->verdict, x->cases[i].verdict)
					  : x->cases[i].verdict;
		x->concluded = true;
	}
	return 0;
}

int evidence_make(const struct record *r, struct evidence *out, struct err *e)
{
	const char *command = json_string_value(json_object_get(r->command, "command"));
	int rc;

	*out = (struct evidence){ .record = r,
				  .is_compare = command && !strcmp(command, "compare"),
				  .study.kind = study_find(command),
				  .options = record_judge_options(r) };
	for (size_t i = 0; i < r->n_runs; i++)
		out->failed_runs += !record_run_ok(&r->runs[i]);
	if (!r->n_runs)
		return err_set(e, EINVAL, "experiment '%s' has no runs", r->id);
	if (command && !out->is_compare && strcmp(command, "run") != 0 && !out->study.kind)
		return err_set(e, EINVAL,
			       "experiment '%s' is of 'slowpath %.20s', of which there is "
			       "no evidence to make",
			       r->id, command);
	rc = evidence_check(out, e);
	if (rc == 0)
		rc = out->is_compare   ? judge_compare(out, e)
		     : out->study.kind ? study_make(out, e)
				       : judge_profile(out, e);
	if (rc < 0)
		evidence_free(out);
	return rc;
}
