// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisect_begin.h"

#include "base/buf.h"
#include "base/file.h"
#include "drive/begin/begin.h"
#include "drive/begin/cpu_model.h"
#include "drive/measure/measuring.h"
#include "drive/begin/metric.h"
#include "drive/begin/resume.h"
#include "judge/table/verdict.h"

#include <errno.h>
#include <string.h>

static int find_commits(struct bisection *b, struct err *e)
{
	int r = git_open(b->o.tree, &b->tree, e);

	if (r == 0)
		r = git_find_commit(&b->tree, b->o.good, &b->good, e);
	if (r == 0)
		r = git_find_commit(&b->tree, b->o.bad, &b->bad, e);
	return r == 0 ? history_chain(&b->tree, b->good.id, b->bad.id, &b->chain, e) : r;
}

static json_t *paths_json(const struct bisection *b)
{
	json_t *list = json_array();

	for (size_t i = 0; list && b->o.paths && b->o.paths[i]; i++)
		json_array_append_new(list, json_string(b->o.paths[i]));
	return list;
}

static json_t *command_json(const struct bisection *b, struct err *e)
{
	_cleanup_free_ char *config =
		b->o.building.config ? kernel_config_absolute(b->o.building.config) : NULL;
	json_t *sha = building_config_hash(&b->o.building, b->s->kernels, e), *command;

	if (!sha)
		return NULL;
	command = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s?,s:o,s:o,s:f,s:i,s:i,s:s,s:s*}",
			    "command", "bisect", "mode", b->o.timed ? "timed" : "exact", "tree",
			    b->tree.dir, "good", b->good.id, "bad", b->bad.id, "scenario",
			    b->scenario->name, "config", config, "config_sha256", sha, "paths",
			    paths_json(b), "threshold", b->o.threshold, "cpus", (int)b->o.cpus,
			    "memory_mib", (int)b->o.memory_mib, "metric",
			    b->o.metric ? b->o.metric : METRIC_DEFAULT, "cpu", b->o.cpu_model);
	if (command && b->o.iterations)
		json_object_set_new(command, "iterations", json_integer(b->o.iterations));
	if (command && b->o.budget_s)
		json_object_set_new(command, "budget", json_integer(b->o.budget_s));
	if (!command)
		err_set(e, EILSEQ, "a path is not UTF-8, which JSON has to be");
	return command;
}

static int begin(struct bisection *b, struct err *e)
{
	const struct beginning x = {
		.name = "bisect",
		.command = command_json(b, e),
		.mode = b->o.timed ? "timed" : "exact",
		/* By times, it says so as soon as it is known: a kernel has to be tried first. */
		.accel = b->o.timed ? ACCEL_TCG : ACCEL_ICOUNT,
		.scenario = b->scenario,
	};

	return x.command ? experiment_begin(b->s, &x, b->id, e) : e->code;
}

static const char *text(const json_t *command, const char *name)
{
	return json_string_value(json_object_get(command, name));
}

/* What was asked for then becomes what is asked for now. */
static int take_command(struct bisection *b, struct err *e)
{
	const json_t *c = b->o.kept, *paths = json_object_get(c, "paths");
	size_t n = json_array_size(paths);

	b->o.tree = text(c, "tree");
	b->o.good = text(c, "good");
	b->o.bad = text(c, "bad");
	b->o.scenario = text(c, "scenario");
	b->o.metric = metric_kept(c);
	b->o.building.config = text(c, "config");
	b->o.timed = text(c, "mode") && !strcmp(text(c, "mode"), "timed");
	b->o.threshold = json_number_value(json_object_get(c, "threshold"));
	b->o.cpus = (unsigned)json_integer_value(json_object_get(c, "cpus"));
	b->o.memory_mib = (unsigned)json_integer_value(json_object_get(c, "memory_mib"));
	b->o.iterations = (unsigned)json_integer_value(json_object_get(c, "iterations"));
	b->o.budget_s = (unsigned)json_integer_value(json_object_get(c, "budget"));
	b->o.cpu_model = text(c, "cpu");
	if (!b->o.tree || !b->o.good || !b->o.bad || !b->o.scenario || !b->o.cpus)
		return err_set(e, EIO, "experiment '%s' does not say what was asked for", b->id);
	b->kept_paths = calloc(n + 1, sizeof(*b->kept_paths));
	if (!b->kept_paths)
		return err_oom(e);
	for (size_t i = 0; i < n; i++)
		b->kept_paths[i] = json_string_value(json_array_get(paths, i));
	b->o.paths = n ? b->kept_paths : NULL;
	return 0;
}

/* Builds with another config would be mixed with those that are there. */
static int check_config(const struct bisection *b, struct err *e)
{
	json_t *now = building_config_hash(&b->o.building, b->s->kernels, e);
	bool same = now && json_equal(now, json_object_get(b->o.kept, "config_sha256"));

	if (!now)
		return e->code;
	json_decref(now);
	return same ? 0
		    : err_set(e, EINVAL, "config %s has changed since the bisection began",
			      b->o.building.config);
}

static int take_up(struct bisection *b, struct err *e)
{
	int r = resume_open(b->s, b->o.resume, "bisect", LOAD_ROWS, &b->kept, e);

	if (r < 0)
		return r;
	snprintf(b->id, sizeof(b->id), "%s", b->kept.id);
	b->finished = b->kept.finished != NULL;
	b->o.kept = json_incref(b->kept.command);
	r = take_command(b, e);
	if (r == 0)
		r = building_set(&b->o.building, b->s->kernels, b->s->teller, e);
	if (r == 0)
		r = check_config(b, e);
	return r == 0 ? store_next_block(b->s->store, b->id, &b->block, e) : r;
}

/* How many commits may be it: those behind good, bad among them. With paths there may be none. */
static int count_suspects(const struct bisection *b, size_t *out, struct err *e)
{
	_cleanup_history_ struct history h = { 0 };
	bool nothing;
	int r;

	*out = b->chain.count - 1;
	if (!b->o.paths)
		return 0;
	r = history_chain(&b->tree, b->good.id, b->bad.id, &h, e);
	if (r == 0)
		r = history_limit(&b->tree, &h, b->o.paths, e);
	nothing = h.count == 2 && b->chain.count > 2;
	*out = h.count - 1;
	if (r < 0 || !nothing)
		return r;
	return err_set(e, ENOENT, "no commit between good and bad changes anything below %s%s",
		       b->o.paths[0], b->o.paths[1] ? " and the other paths" : "");
}

int bisection_begin(struct bisection *b, struct err *e)
{
	int r = b->o.resume ? take_up(b, e) : 0;
	size_t suspects = 0;

	if (r == 0)
		r = cpu_model_set(b->s, b->o.cpu_model, e);
	if (r == 0)
		r = choose_scenario(b->s, b->o.scenario, &b->scenario, e);
	if (r == 0)
		r = metric_set(b->s, b->scenario, b->o.metric, e);
	if (r == 0)
		r = resume_check(b->s, &b->kept, &b->scenario, 1, "show", e);
	if (r == 0)
		r = find_commits(b, e);
	if (r == 0)
		r = count_suspects(b, &suspects, e);
	if (r == 0 && !b->o.resume)
		r = building_set(&b->o.building, b->s->kernels, b->s->teller, e);
	if (r == 0 && !b->o.resume)
		r = begin(b, e);
	if (r == 0)
		r = journal_open(b->s->home.data, b->id, &b->journal, e);
	if (r == 0)
		teller_note(b->s->teller, "bisection %s: %zu commit%s after good, up to bad", b->id,
			    suspects, suspects == 1 ? "" : "s");
	return r;
}

int bisection_finish(struct bisection *b, const json_t *document, enum proof_status status,
		     struct err *e)
{
	enum verdict verdict = VERDICT_REGRESSION;

	if (b->finished)
		return 0;
	/* Times that do not tell the ends apart do not tell that they are alike. */
	if (status == PROOF_NOT_CONFIRMED || status == PROOF_UNDECIDED ||
	    b->noisy.ends == NOISY_ENDS_ALIKE)
		verdict = VERDICT_INCONCLUSIVE;
	else if (status == PROOF_NO_DIFFERENCE)
		verdict = VERDICT_EQUIVALENT;
	return experiment_conclude(b->s, b->id, b->scenario->name, verdict_name(verdict), document,
				   e);
}

void bisection_close(struct bisection *b)
{
	git_close(&b->tree);
	git_commit_free(&b->good);
	git_commit_free(&b->bad);
	history_free(&b->chain);
	journal_close(b->journal);
	run_free(&b->reference);
	record_free(&b->record);
	noisy_commits_free(&b->noisy);
	json_decref(b->o.kept);
	record_free(&b->kept);
	free(b->kept_paths);
}
