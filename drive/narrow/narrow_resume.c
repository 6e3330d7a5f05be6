// SPDX-License-Identifier: GPL-2.0-or-later
/* A series whose search was interrupted: what the database holds of it is its journal. */
#include "drive/narrow/narrowing.h"

#include "drive/begin/metric.h"
#include "drive/begin/resume.h"
#include "store/read.h"

#include <errno.h>
#include <string.h>

/* Fills the options with what was asked for then; strings belong to the record. */
static int take_options(struct narrowing *w, struct measuring *m, const char **scenario,
			struct err *e)
{
	const json_t *c = w->journal.command;
	const char *mode = json_string_value(json_object_get(c, "mode"));

	*scenario = json_string_value(json_object_get(c, "scenario"));
	if (!mode || !*scenario)
		return err_set(e, EIO, "experiment '%s' does not say what was asked for",
			       w->journal.id);
	w->timed = !strcmp(mode, "timed");
	w->all = json_is_true(json_object_get(c, "all"));
	w->cmdline = json_string_value(json_object_get(c, "cmdline"));
	m->threshold = json_number_value(json_object_get(c, "threshold"));
	m->cpus = (unsigned)json_integer_value(json_object_get(c, "cpus"));
	m->metric = metric_kept(c);
	m->memory_mib = (unsigned)json_integer_value(json_object_get(c, "memory_mib"));
	m->iterations = (unsigned)json_integer_value(json_object_get(c, "iterations"));
	m->budget_s = (unsigned)json_integer_value(json_object_get(c, "budget"));
	m->cpu_model = json_string_value(json_object_get(c, "cpu"));
	return 0;
}

static int take_kernels(struct narrowing *w, struct err *e)
{
	const json_t *list = json_object_get(w->journal.command, "kernels");
	const json_t *ranges = json_object_get(w->journal.command, "from_range");
	size_t n = json_array_size(list);
	_cleanup_free_ char **specs = calloc(n + 1, sizeof(*specs));
	int r = 0;

	w->from_range = calloc(n + 1, sizeof(*w->from_range));
	if (!specs || !w->from_range)
		return err_oom(e);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *spec = json_string_value(json_array_get(list, i));

		specs[i] = spec ? strdup(spec) : NULL;
		w->from_range[i] = json_is_true(json_array_get(ranges, i));
		if (!specs[i])
			r = err_set(e, EIO, "the experiment does not say its kernels");
	}
	if (r == 0)
		r = narrow_init(&w->narrow, specs, n, e);
	for (size_t i = 0; i < n; i++)
		free(specs[i]);
	return r;
}

/* The tools that it was measured with, unless --arch is given again. */
static int take_arch(struct narrowing *w, const struct measuring *m, struct err *e)
{
	const json_t *kept = json_object_get(w->journal.command, "arch");
	const char *arch = w->journal.n_runs ? w->journal.runs[0].arch : json_string_value(kept);
	_cleanup_free_ char **specs = calloc(w->narrow.count + 1, sizeof(*specs));

	if (!specs)
		return err_oom(e);
	if (!m->arch && arch)
		return session_set_arch(w->s, arch, e);
	for (size_t i = 0; i < w->narrow.count; i++)
		specs[i] = w->narrow.items[i].spec;
	return session_expect(w->s, specs, w->narrow.count, e);
}

int narrow_take_up(struct narrowing *w, const char *id, struct measuring *m, const char **scenario,
		   struct err *e)
{
	int r = resume_open(w->s, id, "narrow", LOAD_ALL, &w->journal, e);

	if (r == 0)
		r = take_options(w, m, scenario, e);
	if (r == 0)
		r = take_kernels(w, e);
	if (r == 0)
		r = take_arch(w, m, e);
	if (r == 0)
		r = store_next_block(w->s->store, w->journal.id, &w->block, e);
	if (r == 0)
		snprintf(w->id, sizeof(w->id), "%s", w->journal.id);
	return r;
}

/* The item that a run was of, and the very build that it was of, whatever the spec means by now. */
static int find_item(struct narrowing *w, const struct record_run *run, size_t *out, struct err *e)
{
	for (size_t i = 0; i < w->narrow.count; i++) {
		struct narrow_item *x = &w->narrow.items[i];
		int r = 0;

		if (strcmp(x->spec, run->side) != 0)
			continue;
		*out = i;
		if (!x->kernel)
			r = kernel_find(w->s->kernels, run->vmlinux_sha256, &x->kernel, e);
		if (r == 0)
			r = session_measures(w->s, &x->kernel, 1, e);
		if (r == 0 && strcmp(x->kernel->id, run->vmlinux_sha256) != 0)
			r = err_set(e, EINVAL, "it is another build by now");
		return r < 0 ? err_wrap(e, "kernel '%s'", x->spec) : 0;
	}
	return err_set(e, EIO, "a run of %s is none of the series", run->side);
}

int narrow_check_taken_up(const struct narrowing *w, struct err *e)
{
	const struct scenario *const scenarios[] = { w->scenario };

	return resume_check(w->s, &w->journal, scenarios, 1, "show", e);
}

int narrow_lend(struct narrowing *w, const struct record_run *kept, size_t *item, struct run *run,
		const char **failure, struct err *e)
{
	int r = resume_check_accel(kept, w->accel, e);

	if (r == 0)
		r = find_item(w, kept, item, e);
	if (r < 0)
		return r;
	*failure = record_run_ok(kept)	  ? NULL
		   : kept->failure_reason ? kept->failure_reason
					  : "it failed";
	*run = kept->measured;
	run->environment = kept->environment;
	return 0;
}
