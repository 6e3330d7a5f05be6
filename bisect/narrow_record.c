// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/narrow_record.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More were never in one series; a bundle may say anything. */
#define KERNELS_MAX 4096

struct replay {
	const struct record *r;
	const struct scenario *s;
	const json_t *skipped;
	struct narrow *n;
	double threshold;
	unsigned cpus;
};

int narrow_tell(struct narrow *n, struct exact_search *search, size_t item,
		const struct scenario *s, unsigned cpus, struct run *run, const char *failure,
		struct err *e)
{
	int r;

	if (failure) {
		exact_search_skipped(search, item);
		return narrow_skipped(n, item, failure, e);
	}
	r = narrow_measured(n, item, s, cpus, run, e);
	if (r == 0)
		exact_search_measured(search, item, &n->items[item].reading);
	return r;
}

static char *copy(const char *text, bool *ok)
{
	char *out = text ? strdup(text) : NULL;

	*ok = *ok && (out || !text);
	return out;
}

static int take_kernel(struct narrow_item *x, const struct record_run *run, struct err *e)
{
	struct kernel *k = calloc(1, sizeof(*k));
	bool ok = k;

	if (!k)
		return err_oom(e);
	x->kernel = k;
	k->id = copy(run->vmlinux_sha256, &ok);
	k->vmlinux_sha256 = copy(run->vmlinux_sha256, &ok);
	k->image_sha256 = copy(run->image_sha256, &ok);
	k->config_sha256 = copy(run->config_sha256, &ok);
	k->spec = copy(run->kernel_spec, &ok);
	k->subject = copy(run->kernel_subject, &ok);
	k->release = copy(run->kernel_release, &ok);
	k->version = copy(run->kernel_version, &ok);
	k->compiler = copy(run->compiler, &ok);
	return ok ? 0 : err_oom(e);
}

/* Which kernel of the series a row is of. */
static int find_item(const struct replay *in, const struct record_run *run, size_t *out,
		     struct err *e)
{
	for (size_t i = 0; i < in->n->count; i++) {
		struct narrow_item *x = &in->n->items[i];

		if (strcmp(x->spec, run->side) != 0)
			continue;
		*out = i;
		if (!x->kernel)
			return take_kernel(x, run, e);
		if (strcmp(x->kernel->id, run->vmlinux_sha256) != 0)
			return err_set(e, EINVAL, "'%.80s' was two builds", x->spec);
		return 0;
	}
	return err_set(e, EINVAL, "a run of '%.80s' is none of the series", run->side);
}

static const char *failure_of(const struct record_run *run)
{
	return record_run_ok(run) ? NULL : run->failure_reason ? run->failure_reason : "it failed";
}

static struct run lend(const struct record_run *run)
{
	struct run out = run->measured;

	out.environment = run->environment;
	return out;
}

/* Why a kernel that has no rows was left out; NULL: it was not. */
static const char *left_out(const struct replay *in, size_t item)
{
	const json_t *one;
	size_t i;

	json_array_foreach(in->skipped, i, one)
	{
		const char *kernel = json_string_value(json_object_get(one, "kernel"));
		const char *reason = json_string_value(json_object_get(one, "reason"));

		if (kernel && reason && !strcmp(kernel, in->n->items[item].spec))
			return reason;
	}
	return NULL;
}

static bool hidden(const void *arg, size_t older, size_t newer)
{
	const struct replay *in = arg;

	return narrow_functions_differ(in->n, in->s, in->cpus, in->threshold, older, newer);
}

static bool in_part(const void *arg, size_t older, size_t newer)
{
	const struct replay *in = arg;

	return narrow_part_differs(in->n, in->s, in->cpus, in->threshold, older, newer);
}

static int tell_all(const struct replay *in, struct exact_search *search, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < in->r->n_runs; i++) {
		const struct record_run *row = &in->r->runs[i];
		struct run run = lend(row);
		size_t item;

		r = find_item(in, row, &item, e);
		if (r == 0 && in->n->items[item].state != ITEM_UNTESTED)
			r = err_set(e, EINVAL, "'%.80s' has two runs", row->side);
		if (r == 0)
			r = narrow_tell(in->n, search, item, in->s, in->cpus, &run, failure_of(row),
					e);
	}
	for (size_t i = 0; r == 0 && i < in->n->count; i++) {
		const char *reason =
			in->n->items[i].state == ITEM_UNTESTED ? left_out(in, i) : NULL;

		if (reason)
			r = narrow_tell(in->n, search, i, in->s, in->cpus, NULL, reason, e);
	}
	return r;
}

static int of_exact(const struct replay *in, bool all, struct err *e)
{
	struct exact_search search;
	size_t wanted;
	int r = exact_search_init(&search, in->n->count, in->threshold, e);

	search.all = all;
	search.hidden = hidden;
	search.in_part = in_part;
	search.hidden_arg = in;
	if (r == 0)
		r = tell_all(in, &search, e);
	if (r == 0 && in->r->finished && exact_search_next(&search, &wanted, 1))
		r = err_set(e, EINVAL, "the series lacks runs of '%.80s'",
			    in->n->items[wanted].spec);
	if (r == 0)
		r = narrow_conclude(in->n, &search, in->s, in->cpus, e);
	exact_search_free(&search);
	return r;
}

/* One row, which has to be what the search asks for. */
static int tell_timed(const struct replay *in, struct noisy_steps *search,
		      const struct record_run *row, struct err *e)
{
	struct run run = lend(row);
	struct err failure = { 0 };
	size_t item = 0, wanted;
	double value = 0;
	bool more = false;
	int r = find_item(in, row, &item, e);

	while (r == 0 && (more = noisy_steps_next(search, &wanted)) && wanted != item &&
	       left_out(in, wanted)) {
		r = in->n->items[wanted].state == ITEM_UNTESTED
			    ? narrow_skipped(in->n, wanted, left_out(in, wanted), e)
			    : 0;
		r = r == 0 ? noisy_steps_skip(search, e) : r;
	}
	if (r == 0 && (!more || wanted != item))
		r = err_set(e, EINVAL, "the runs are not those of this search");
	if (r < 0)
		return r;
	if (record_run_ok(row) && narrow_timed(in->n, item, in->s, &run, &value, &failure) == 0)
		return noisy_steps_feed(search, log(value), e);
	if (!in->n->items[item].runs)
		r = narrow_skipped(in->n, item, failure_of(row) ? failure_of(row) : failure.text,
				   e);
	return r < 0 ? r : noisy_steps_skip(search, e);
}

static int of_timed(const struct replay *in, struct err *e)
{
	const struct noisy_options o = { .smallest = log1p(in->threshold) };
	struct noisy_steps search;
	size_t wanted;
	bool more;
	int r = noisy_steps_init(&search, in->n->count, &o, e);

	for (size_t i = 0; r == 0 && i < in->r->n_runs; i++)
		r = tell_timed(in, &search, &in->r->runs[i], e);
	/* Only who asks is told that it is over. */
	more = r == 0 && noisy_steps_next(&search, &wanted);
	if (more && in->r->finished)
		r = err_set(e, EINVAL, "the series lacks runs that its search asks for");
	if (r == 0)
		r = narrow_conclude_timed(in->n, &search, in->threshold, e);
	noisy_steps_free(&search);
	return r;
}

static int take_specs(const json_t *list, struct narrow *out, struct err *e)
{
	size_t n = json_array_size(list) < KERNELS_MAX ? json_array_size(list) : KERNELS_MAX;
	_cleanup_free_ char **specs = calloc(n + 1, sizeof(*specs));
	int r = specs ? 0 : err_oom(e);

	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *spec = json_string_value(json_array_get(list, i));

		specs[i] = spec ? strdup(spec) : NULL;
		if (!specs[i])
			r = err_set(e, EINVAL, "the experiment does not say its kernels");
	}
	if (r == 0)
		r = narrow_init(out, specs, n, e);
	for (size_t i = 0; specs && i < n; i++)
		free(specs[i]);
	return r;
}

int narrow_of_record(const struct record *r, const struct scenario *s, const json_t *skipped,
		     struct narrow *out, struct err *e)
{
	const char *mode = json_string_value(json_object_get(r->command, "mode"));
	const json_t *threshold = json_object_get(r->command, "threshold");
	struct replay in = { .r = r,
			     .s = s,
			     .skipped = skipped,
			     .n = out,
			     .threshold = json_number_value(threshold),
			     .cpus = r->n_runs ? (unsigned)r->runs[0].cpus : 1 };
	int rc;

	*out = (struct narrow){ 0 };
	if (!mode || !json_is_number(threshold) || !(in.threshold >= 0 && in.threshold < 1e6))
		return err_set(e, EINVAL,
			       "the experiment does not say how the series was searched");
	rc = take_specs(json_object_get(r->command, "kernels"), out, e);
	out->lending = true;
	if (rc == 0)
		rc = !strcmp(mode, "timed")
			     ? of_timed(&in, e)
			     : of_exact(&in, json_is_true(json_object_get(r->command, "all")), e);
	out->lending = false;
	if (rc < 0)
		narrow_free(out);
	return rc;
}
