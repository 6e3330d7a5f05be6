// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/evidence_check.h"

#include "base/hash.h"
#include "report/evidence/evidence_program.h"
#include "report/evidence/evidence_ties.h"
#include "scenario/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As the command line said; a profile says it of its own copies. */
static int choose_metrics(struct evidence *x, struct err *e)
{
	for (size_t i = 0; i < x->scenarios.count; i++) {
		struct scenario *s = x->scenarios.items[i];
		const char *word = record_metric(x->record, s->name);

		free(s->metric);
		s->metric = word ? strdup(word) : NULL;
		if (word && !s->metric)
			return err_oom(e);
	}
	return 0;
}

static int read_scenarios(struct evidence *x, struct err *e)
{
	for (size_t i = 0; i < x->record->n_files; i++) {
		const struct record_file *f = &x->record->files[i];
		_cleanup_free_ char *group = strndup(f->name, strcspn(f->name, "."));
		int r = group ? scenario_read(group, f->name, f->text, strlen(f->text),
					      &x->scenarios, e)
			      : err_oom(e);

		if (r < 0)
			return r;
	}
	return choose_metrics(x, e);
}

/* What decides of a program was the iteration, where the profile did not say it, and is the kernel.
 */
static int take_defaults(struct evidence *x, const json_t *said, struct err *e)
{
	const json_t *list = json_object_get(said, "scenarios");

	for (unsigned i = 0; i < x->experiment->n_scenarios; i++) {
		struct experiment_scenario *s = &x->experiment->scenarios[i];
		const char *word =
			json_string_value(json_object_get(json_array_get(list, i), "primary"));

		if (s->primary_said || !word || strcmp(word, "iteration") != 0)
			continue;
		free(s->primary);
		free(s->scenario->metric);
		s->primary = strdup(word);
		s->scenario->metric = strdup(word);
		if (!s->primary || !s->scenario->metric)
			return err_oom(e);
	}
	return 0;
}

static int read_profile(struct evidence *x, struct err *e)
{
	const json_t *command = x->record->command;
	const char *text = json_string_value(json_object_get(command, "profile"));
	const char *sha256 = json_string_value(json_object_get(command, "profile_sha256"));
	_cleanup_free_ char *ours = NULL;
	_cleanup_free_ char *theirs = NULL;
	json_t *filled;
	int r;

	if (!text || !sha256)
		return err_set(e, EINVAL, "the experiment has no profile");
	if (strcmp(hash_bytes(text, strlen(text)).text, sha256) != 0)
		return err_set(e, EINVAL,
			       "the profile has not the SHA-256 that it is said to have");
	r = experiment_read("profile.yaml", text, strlen(text), &x->scenarios, &x->experiment, e);
	if (r < 0)
		return r;
	r = take_defaults(x, json_object_get(command, "experiment"), e);
	if (r < 0)
		return r;
	filled = experiment_json(x->experiment);
	ours = filled ? json_dumps(filled, JSON_SORT_KEYS | JSON_REAL_PRECISION(15)) : NULL;
	json_decref(filled);
	filled = json_object_get(command, "experiment");
	theirs = filled ? json_dumps(filled, JSON_SORT_KEYS | JSON_REAL_PRECISION(15)) : NULL;
	if (!ours || !theirs || strcmp(ours, theirs) != 0)
		return err_set(e, EINVAL, "the profile is not what the experiment says of it");
	return 0;
}

static const struct scenario *scenario_of(const struct evidence *x, const struct record_run *run)
{
	for (unsigned i = 0; x->experiment && i < x->experiment->n_scenarios; i++) {
		if (!strcmp(x->experiment->scenarios[i].scenario->name, run->scenario))
			return x->experiment->scenarios[i].scenario;
	}
	for (size_t i = 0; !x->experiment && i < x->scenarios.count; i++) {
		if (!strcmp(x->scenarios.items[i]->name, run->scenario))
			return x->scenarios.items[i];
	}
	return NULL;
}

/* Under a probe nothing is counted. */
static bool is_empty(const struct run *run)
{
	static const struct profile_slot nothing;

	for (unsigned i = 0; i < MARKER_SLOTS; i++) {
		if (memcmp(&run->profile.slots[i], &nothing, sizeof(nothing)) != 0)
			return false;
	}
	for (unsigned i = 0; i < MARKER_PHASES; i++) {
		const struct report_phase *p = &run->phases[i];

		if (p->iterations || p->windows || p->tsc_ticks || p->minor_faults ||
		    p->major_faults)
			return false;
	}
	return true;
}

/* Pairs of N iterations and 2N, each with its windows, and one window that is empty. */
static bool has_phases(const struct record_run *run, const struct scenario *s)
{
	const struct report_phase *p = run->measured.phases;
	const unsigned n = run_iterations(&run->measured), pairs = run_pairs(&run->measured);

	if (record_run_probed(run))
		return is_empty(&run->measured);
	for (unsigned i = 0; i < MARKER_PHASES; i++) {
		unsigned want = i != MARKER_PHASE_EMPTY && marker_pair(i) < pairs ? n : 0;

		if (i != MARKER_PHASE_EMPTY &&
		    (p[i].iterations != (marker_twice(i) ? 2 : 1) * want ||
		     p[i].windows != (uint64_t)p[i].iterations * s->n_segments))
			return false;
	}
	return n && n <= UINT32_MAX / 2 && pairs > 1 && !p[MARKER_PHASE_EMPTY].iterations &&
	       p[MARKER_PHASE_EMPTY].windows == 1;
}

/* N may have been raised, but then for all runs of the scenario. */
static bool has_same_iterations(const struct record *r, const struct record_run *run)
{
	for (const struct record_run *other = r->runs; other < run; other++) {
		if (other->counts >= 0 && other->cpus == run->cpus && !record_run_probed(other) &&
		    !record_run_probed(run) && !strcmp(other->scenario, run->scenario))
			return run_iterations(&other->measured) == run_iterations(&run->measured);
	}
	return true;
}

/* What a run was asked to do is what the scenario says. */
static int check_run(const struct evidence *x, const struct record_run *run, struct err *e)
{
	const struct scenario *s = scenario_of(x, run);

	if (!s)
		return err_set(e, EINVAL, "run %lld: there is no scenario '%.80s'",
			       (long long)run->id, run->scenario);
	if (strcmp(s->sha256.text, run->scenario_sha256) != 0)
		return err_set(e, EINVAL,
			       "run %lld: scenario '%s' has another SHA-256 than the run says",
			       (long long)run->id, s->name);
	if (s->program &&
	    (!run->program_sha256 ? record_run_ok(run)
				  : strcmp(s->program->sha256.text, run->program_sha256) != 0 ||
					    strcmp(s->program->setup, run->program_setup) != 0))
		return err_set(e, EINVAL, "run %lld: it is not of the program that others are of",
			       (long long)run->id);
	if (run->items != (int64_t)scenario_items(s) ||
	    strcmp(run->item, scenario_item_name(s)) != 0)
		return err_set(e, EINVAL, "run %lld: scenario '%s' has other items",
			       (long long)run->id, s->name);
	if (run->counts >= 0 && !has_phases(run, s))
		return err_set(e, EINVAL, "run %lld: scenario '%s' has other iterations or windows",
			       (long long)run->id, s->name);
	if (run->counts >= 0 && !has_same_iterations(x->record, run))
		return err_set(e, EINVAL,
			       "run %lld: scenario '%s' has other iterations than in another run",
			       (long long)run->id, s->name);
	return evidence_ties(x, run, s, e);
}

static int check_configs(const struct evidence *x, struct err *e)
{
	for (size_t i = 0; i < x->record->n_configs; i++) {
		const struct record_file *f = &x->record->configs[i];

		if (strcmp(hash_bytes(f->text, strlen(f->text)).text, f->name) != 0)
			return err_set(e, EINVAL, "kernels/%s.config has another SHA-256", f->name);
	}
	return 0;
}

static const char *baseline_of(const struct evidence *x)
{
	const struct experiment *asked = x->experiment;
	const json_t *kernels = json_object_get(x->record->command, "kernels");
	const char *first = json_string_value(json_array_get(kernels, 0));

	return asked ? asked->kernels[asked->baseline].name : first ? first : "old";
}

static bool is_mode(const struct record *r)
{
	bool exact = !strcmp(r->mode, experiment_modes[EXPERIMENT_EXACT]);

	for (size_t i = 0; i < r->n_runs; i++) {
		if (record_run_counted(&r->runs[i]) != exact)
			return false;
	}
	return true;
}

/* What the experiment says of itself as a whole. */
static int check_whole(const struct evidence *x, struct err *e)
{
	const struct record *r = x->record;
	const json_t *slowpath = json_object_get(r->environment, "slowpath");
	const char *version = json_string_value(json_object_get(slowpath, "version"));
	const char *baseline = json_string_value(json_object_get(r->command, "baseline"));
	const char *mode = json_string_value(json_object_get(r->command, "mode"));

	if (version && strcmp(version, r->slowpath_version) != 0)
		return err_set(e, EINVAL, "the experiment is of two versions of slowpath");
	if (baseline && strcmp(baseline, baseline_of(x)) != 0)
		return err_set(e, EINVAL, "the experiment has not the baseline that it asked for");
	if (!is_mode(r) || (mode && strcmp(mode, r->mode) != 0) ||
	    (x->experiment && strcmp(r->mode, experiment_modes[x->experiment->mode]) != 0))
		return err_set(e, EINVAL, "the experiment is of another mode than it says");
	return 0;
}

int evidence_check(struct evidence *x, struct err *e)
{
	int r = read_scenarios(x, e);

	if (r == 0)
		r = evidence_program_scenarios(x, e);
	if (r == 0 && !x->is_compare && !x->study.kind)
		r = read_profile(x, e);
	if (r == 0)
		r = check_whole(x, e);
	if (r == 0)
		r = evidence_programs(x, e);
	for (size_t i = 0; r == 0 && i < x->record->n_runs; i++)
		r = check_run(x, &x->record->runs[i], e);
	return r == 0 ? check_configs(x, e) : r;
}
