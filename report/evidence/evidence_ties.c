// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/evidence_ties.h"

#include "lab/counts/page_state.h"
#include "report/evidence/study.h"
#include "scenario/program.h"

#include <errno.h>
#include <string.h>

const char *evidence_kernel_name(const struct evidence *x, const struct record_run *run)
{
	/* A bisection's runs are all of "kernel", "old" or "new". */
	return x->study.kind ? run->kernel_spec : run->side;
}

static int differs(const struct record_run *run, const char *what, const char *here,
		   const char *there, struct err *e)
{
	return err_set(e, EINVAL, "run %lld: %s is %.80s, and the experiment says %.80s",
		       (long long)run->id, what, here ? here : "not known",
		       there ? there : "nothing");
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* @said: as it was begun with; what it did not say is no tie. */
static int check_tie(const struct record_run *run, const char *what, const char *here,
		     const json_t *said, struct err *e)
{
	const char *there = json_string_value(said);

	return there && strcmp(there, here) != 0 ? differs(run, what, here, there, e) : 0;
}

static int check_environment(const struct evidence *x, const struct record_run *run, struct err *e)
{
	const json_t *host = x->record->environment, *command = x->record->command;
	/* Of an earlier slowpath, one by times did not say what it came to run on. */
	bool known = !x->study.kind || strcmp(study_name(x), "bisect") != 0;
	int r = check_tie(run, "its guest", run->guest_sha256,
			  json_object_get(host, "guest_sha256"), e);

	if (r == 0)
		r = check_tie(run, "its plugin", run->plugin_sha256,
			      json_object_get(host, "plugin_sha256"), e);
	if (r == 0)
		r = check_tie(run, "its QEMU", run->qemu_version, json_object_get(host, "qemu"), e);
	if (r == 0 && known)
		r = check_tie(run, "its accelerator", run->accelerator,
			      json_object_get(host, "accelerator"), e);
	if (r == 0 && known)
		r = check_tie(run, "its accelerator", run->accelerator,
			      json_object_get(command, "accelerator"), e);
	return r;
}

/* Is @side a kernel's name, or that of its control? */
static bool is_arm(const char *side, const char *kernel)
{
	size_t n = strlen(kernel);

	return !strncmp(side, kernel, n) && (!side[n] || !strcmp(side + n, "#aa"));
}

/*
 * A kernel may have come from several sources, and a resumed experiment finds another one: so it is
 * enough that one run had this spec.
 */
static bool any_of_spec(const struct evidence *x, const char *kernel, const char *spec)
{
	for (size_t i = 0; i < x->record->n_runs; i++) {
		const struct record_run *run = &x->record->runs[i];

		if (is_arm(run->side, kernel) && same(run->kernel_spec, spec))
			return true;
	}
	return false;
}

/* Of an experiment of a profile: what it resolved its kernels to. */
static int check_kernel(const struct evidence *x, const struct record_run *run, struct err *e)
{
	const json_t *one, *kernels = json_object_get(x->record->command, "kernels");
	size_t i;

	json_array_foreach(kernels, i, one)
	{
		const char *name = json_string_value(json_object_get(one, "name"));
		const char *spec = json_string_value(json_object_get(one, "spec"));
		const char *release = json_string_value(json_object_get(one, "release"));
		const char *sha256 = json_string_value(json_object_get(one, "vmlinux_sha256"));

		if (!name || !is_arm(run->side, name))
			continue;
		if (!same(release, run->kernel_release))
			return differs(run, "its release", run->kernel_release, release, e);
		if (!same(sha256, run->vmlinux_sha256))
			return differs(run, "its vmlinux", run->vmlinux_sha256, sha256, e);
		return any_of_spec(x, name, spec)
			       ? 0
			       : differs(run, "its kernel", run->kernel_spec, spec, e);
	}
	return err_set(e, EINVAL, "run %lld: the experiment has no kernel '%.80s'",
		       (long long)run->id, run->side);
}

/* The first run of what the kernel of @run goes by has the same vmlinux. */
static int check_build(const struct evidence *x, const struct record_run *run, struct err *e)
{
	const char *name = evidence_kernel_name(x, run);
	const struct record_run *first = x->record->runs;

	while (strcmp(evidence_kernel_name(x, first), name) != 0)
		first++;
	if (same(first->kernel_release, run->kernel_release) &&
	    same(first->kernel_version, run->kernel_version) &&
	    same(first->compiler, run->compiler) &&
	    same(first->vmlinux_sha256, run->vmlinux_sha256))
		return 0;
	return err_set(e, EINVAL, "run %lld: '%.80s' is another build than in run %lld",
		       (long long)run->id, name, (long long)first->id);
}

/* Unknown is what no run of it was told. */
static int check_expected(const struct evidence *x, const struct record_run *run,
			  const struct scenario *s, struct err *e)
{
	size_t count;
	const struct state_number *numbers = state_numbers(&count);
	const struct record_run *first = x->record->runs;

	while (!record_run_ok(first) || strcmp(first->scenario, run->scenario) != 0)
		first++;
	for (size_t i = 0; i < count; i++) {
		uint64_t here = state_value(&numbers[i], &run->measured.expected);
		uint64_t there = state_value(&numbers[i], &first->measured.expected);

		if (here != REPORT_UNKNOWN
			    ? here != state_expected(&numbers[i], s, (unsigned)run->cpus)
			    : there != REPORT_UNKNOWN)
			return err_set(e, EINVAL,
				       "run %lld: '%s' was expected otherwise than scenario '%s' "
				       "and its other runs say",
				       (long long)run->id, numbers[i].label, s->name);
	}
	return 0;
}

/* A foreign program was called with the words that the scenario has. */
static int check_words(const struct record_run *run, const struct program *p, struct err *e)
{
	json_t *words = run->program_words ? json_loads(run->program_words, 0, NULL) : NULL;
	const char *word = p->words.data;
	bool good = json_array_size(words) == p->n_words + p->n_environment;

	for (size_t i = 0; good && i < json_array_size(words); i++) {
		good = same(json_string_value(json_array_get(words, i)), word);
		word += strlen(word) + 1;
	}
	json_decref(words);
	return good ? 0
		    : err_set(e, EINVAL, "run %lld: its program was called with other words",
			      (long long)run->id);
}

int evidence_ties(const struct evidence *x, const struct record_run *run, const struct scenario *s,
		  struct err *e)
{
	int r = check_environment(x, run, e);

	if (r == 0 && x->experiment)
		r = check_kernel(x, run, e);
	if (r == 0)
		r = check_build(x, run, e);
	if (r == 0 && x->is_compare && s->program && run->program_sha256)
		r = check_words(run, s->program, e);
	return r == 0 && record_run_ok(run) ? check_expected(x, run, s, e) : r;
}
