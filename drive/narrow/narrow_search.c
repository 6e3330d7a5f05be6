// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/narrow/narrowing.h"

#include "bisect/narrow_record.h"
#include "drive/begin/accel.h"
#include "drive/begin/begin.h"
#include "lab/pair.h"
#include "lab/timed.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct run_request request(const struct narrowing *w, size_t item, unsigned side)
{
	struct run_request q =
		measuring_request(w->m, w->narrow.items[item].kernel, w->scenario, side);

	q.cmdline = w->cmdline;
	q.accel = w->accel;
	q.cpuset = w->timed ? &w->cpuset : NULL;
	return q;
}

static int keep(struct narrowing *w, size_t item, unsigned position, const struct run_request *q,
		const struct run *run, const struct err *failure, struct err *e)
{
	const struct run_place at = { .experiment = w->id,
				      .block = w->block,
				      .position = position,
				      .side = w->narrow.items[item].spec };

	return keep_run(w->s, &at, q, run, failure, e);
}

/* It is left out, and said so at once: it may take long until the report. */
static int skip(struct narrowing *w, size_t item, const struct err *failure, struct err *e)
{
	teller_note(w->s->teller, "skipped %s: %s", w->narrow.items[item].spec, failure->text);
	return narrow_skipped(&w->narrow, item, failure->text, e);
}

/* Fetches or builds an item; one that cannot be had is skipped, if it need not be there. */
static int have(struct narrowing *w, size_t item, bool *out, struct err *e)
{
	struct err failure = { 0 };
	int r = narrow_need(w, item, &failure);

	*out = r == 0;
	if (r == 0)
		return 0;
	if (failure.code == -ECANCELED ||
	    (!w->from_range[item] && failure.status != ERR_UNMEASURED)) {
		*e = failure;
		return e->code;
	}
	return skip(w, item, &failure, e);
}

static int take(struct narrowing *w, struct exact_search *search, size_t item,
		struct pair_side *side, unsigned position, struct err *e)
{
	int r;

	if (failure_ends_all(&w->failures, &side->run, &side->err)) {
		*e = side->err;
		return err_wrap(e, "%s", w->narrow.items[item].spec);
	}
	r = keep(w, item, position, &side->request, &side->run, &side->err, e);
	if (r < 0)
		return r;
	if (side->err.code) {
		exact_search_skipped(search, item);
		return skip(w, item, &side->err, e);
	}
	r = narrow_measured(&w->narrow, item, w->scenario, measuring_cpus(w->m, w->scenario),
			    &side->run, e);
	if (r == 0)
		exact_search_measured(search, item, &w->narrow.items[item].reading);
	return r;
}

/* One or two items side by side. */
static int measure(struct narrowing *w, struct exact_search *search, const size_t *items,
		   size_t count, struct err *e)
{
	struct pair_side sides[2] = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		bool there = false;

		r = have(w, items[i], &there, e);
		if (there)
			sides[i].request = request(w, items[i], (unsigned)i);
		else if (r == 0)
			exact_search_skipped(search, items[i]);
	}
	if (r == 0 && (sides[0].request.kernel || sides[1].request.kernel))
		r = pair_measure(&w->s->lab, sides, e);
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (sides[i].request.kernel)
			r = take(w, search, items[i], &sides[i], (unsigned)i, e);
	}
	w->block++;
	pair_free(sides);
	return r;
}

/* Two steps may cancel each other in the metric, but not in every function. */
static bool hidden(const void *arg, size_t older, size_t newer)
{
	const struct narrowing *w = arg;

	return narrow_functions_differ(&w->narrow, w->scenario, measuring_cpus(w->m, w->scenario),
				       w->m->threshold, older, newer);
}

static bool in_part(const void *arg, size_t older, size_t newer)
{
	const struct narrowing *w = arg;

	return narrow_part_differs(&w->narrow, w->scenario, measuring_cpus(w->m, w->scenario),
				   w->m->threshold, older, newer);
}

/* Feeds the search with what was measured before it was interrupted. */
static int replay_exact(struct narrowing *w, struct exact_search *search, struct err *e)
{
	const char *failure;
	struct run run;
	size_t item;
	int r;

	w->narrow.lending = true;
	while ((r = narrow_next_kept(w, &item, &run, &failure, e)) > 0) {
		r = narrow_tell(&w->narrow, search, item, w->scenario,
				measuring_cpus(w->m, w->scenario), &run, failure, e);
		if (r < 0)
			break;
	}
	w->narrow.lending = false;
	return r;
}

/* Of a search nobody knows how many it will need; with --all each is measured, in pairs. */
static void show_exact(const struct narrowing *w, const struct exact_search *search)
{
	const struct teller_step step = { .at = w->block + 1,
					  .of = search->all ? (w->narrow.count + 1) / 2 : 0,
					  .scenario = w->scenario->name,
					  .left_s = NAN };

	teller_step(w->s->teller, &step);
}

int narrow_search_exact(struct narrowing *w, struct err *e)
{
	struct exact_search search;
	size_t items[2], n;
	int r = exact_search_init(&search, w->narrow.count, w->m->threshold, e);

	search.all = w->all;
	search.hidden = hidden;
	search.in_part = in_part;
	search.hidden_arg = w;
	if (r == 0)
		r = replay_exact(w, &search, e);
	while (r == 0 && (n = exact_search_next(&search, items, 2))) {
		show_exact(w, &search);
		r = measure(w, &search, items, n, e);
	}
	if (r == 0)
		r = narrow_conclude(&w->narrow, &search, w->scenario,
				    measuring_cpus(w->m, w->scenario), e);
	exact_search_free(&search);
	return r;
}

/* One good run, or why it is none, fed to the search. @run is given up, unless it is lent. */
static int feed_timed(struct narrowing *w, struct noisy_steps *search, size_t item, struct run *run,
		      struct err *failure, struct err *e)
{
	double value = 0;
	int r;

	if (!failure->code)
		narrow_timed(&w->narrow, item, w->scenario, run, &value, failure);
	else if (!w->narrow.lending)
		run_free(run);
	if (!failure->code)
		return noisy_steps_feed(search, log(value), e);
	if (failure->status != ERR_UNMEASURED) {
		*e = *failure;
		return e->code;
	}
	r = w->narrow.items[item].runs ? 0 : skip(w, item, failure, e);
	return r < 0 ? r : noisy_steps_skip(search, e);
}

/* One run of one item, fed to the search. */
static int time_item(struct narrowing *w, struct noisy_steps *search, size_t item, struct err *e)
{
	struct err failure = { 0 };
	struct run run = { 0 };
	struct run_request q;
	bool there;
	int r = have(w, item, &there, e);

	if (r < 0 || !there)
		return r < 0 ? r : noisy_steps_skip(search, e);
	q = request(w, item, 0);
	timed_measure(&w->s->lab, &q, &run, &failure);
	if (failure_ends_all(&w->failures, &run, &failure)) {
		run_free(&run);
		*e = failure;
		return err_wrap(e, "%s", w->narrow.items[item].spec);
	}
	r = keep(w, item, 0, &q, &run, &failure, e);
	w->block++;
	if (r < 0) {
		run_free(&run);
		return r;
	}
	return feed_timed(w, search, item, &run, &failure, e);
}

/* The same runs in the same order lead the search to the same place. */
static int replay_timed(struct narrowing *w, struct noisy_steps *search, struct err *e)
{
	const char *why;
	struct run run;
	size_t item, wanted;
	int r;

	w->narrow.lending = true;
	while ((r = narrow_next_kept(w, &item, &run, &why, e)) > 0) {
		struct err failure = { 0 };

		if (why)
			err_unmeasured(&failure, EPROTO, "%s", why);
		r = noisy_steps_next(search, &wanted) && wanted == item
			    ? feed_timed(w, search, item, &run, &failure, e)
			    : err_set(e, EIO, "its runs are not those of this search");
		if (r < 0)
			break;
	}
	w->narrow.lending = false;
	return r;
}

static void show_progress(struct narrowing *w, const struct noisy_steps *search, size_t item)
{
	char what[100];
	const struct teller_step step = {
		.at = w->block + 1, .scenario = w->scenario->name, .what = what, .left_s = NAN
	};

	snprintf(what, sizeof(what), "%.70s%s", w->narrow.items[item].spec,
		 search->search.state == NOISY_CALIBRATING ? ", both ends in turn" : "");
	teller_step(w->s->teller, &step);
}

/* On what it is timed, and whether the machine can hold such a guest. */
static int prepare(struct narrowing *w, struct err *e)
{
	struct run_request q;
	int r = narrow_need(w, 0, e);

	q = request(w, 0, 0);
	if (r == 0)
		r = accel_prepare(w->s, &q, &w->accel, &w->cpuset, e);
	return r == 0 && !w->journal.id ? experiment_runs_on(w->s, w->id, w->accel, e) : r;
}

int narrow_search_timed(struct narrowing *w, struct err *e)
{
	const struct noisy_options o = { .smallest = log1p(w->m->threshold) };
	struct noisy_steps search;
	size_t item;
	int r = noisy_steps_init(&search, w->narrow.count, &o, e);

	if (r == 0)
		r = prepare(w, e);
	if (r == 0)
		r = replay_timed(w, &search, e);
	while (r == 0 && noisy_steps_next(&search, &item)) {
		show_progress(w, &search, item);
		r = time_item(w, &search, item, e);
	}
	if (r == 0)
		r = narrow_conclude_timed(&w->narrow, &search, w->m->threshold, e);
	noisy_steps_free(&search);
	return r;
}
