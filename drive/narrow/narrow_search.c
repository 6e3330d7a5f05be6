// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/narrow/narrowing.h"

#include "bisect/narrow_record.h"
#include "drive/begin/accel.h"
#include "drive/begin/begin.h"
#include "drive/begin/resume.h"
#include "drive/measure/loop.h"
#include "drive/measure/sharpen.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct run_request request(const struct narrowing *w, size_t item, unsigned side)
{
	struct run_request q =
		measuring_request(w->m, w->narrow.items[item].kernel, w->scenario, side);

	q.cmdline = w->cmdline;
	q.iterations = w->iterations ? w->iterations : q.iterations;
	q.keep_symbols = !w->timed && !w->many; /* for narrow_fold() */
	q.accel = w->accel;
	q.cpuset = w->timed ? &w->cpuset : NULL;
	return q;
}

/* A loop's source: the series, and one of the two searches. */
struct series {
	struct narrowing *w;
	struct exact_search *exact;
	struct noisy_steps *timed;
};

/* What is to be measured of an item that is there. */
static void fill(const struct narrowing *w, size_t item, unsigned side, struct loop_step *out)
{
	out->of[side] = item;
	out->sides[side].request = request(w, item, side);
	out->at[side] = (struct run_place){ .experiment = w->id,
					    .block = w->block,
					    .position = side,
					    .side = w->narrow.items[item].spec };
}

static const char *item_name(const void *arg, size_t of)
{
	const struct series *x = arg;

	return x->w->narrow.items[of].spec;
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

static int take_exact(void *arg, struct loop_step *step, unsigned side, struct err *e)
{
	struct series *x = arg;
	struct narrowing *w = x->w;
	struct pair_side *made = &step->sides[side];
	const size_t item = step->of[side];
	int r;

	if (made->err.code) {
		exact_search_skipped(x->exact, item);
		return skip(w, item, &made->err, e);
	}
	/* All are measured alike. */
	if (!w->iterations)
		w->iterations = run_iterations(&made->run);
	r = narrow_measured(&w->narrow, item, w->scenario, measuring_cpus(w->m, w->scenario),
			    &made->run, e);
	if (r == 0)
		exact_search_measured(x->exact, item, &w->narrow.items[item].reading);
	return r;
}

/* One or two items side by side: how many of them can be had. */
static int fill_exact(struct series *x, const size_t *items, size_t count, struct loop_step *out,
		      struct err *e)
{
	int filled = 0;

	for (size_t i = 0; i < count; i++) {
		bool there = false;
		int r = have(x->w, items[i], &there, e);

		if (r < 0)
			return r;
		if (there)
			fill(x->w, items[i], (unsigned)i, out);
		else
			exact_search_skipped(x->exact, items[i]);
		filled += there;
	}
	return filled;
}

/* The first pair tells how many iterations all need, and is kept with that. */
static int find_iterations(void *arg, struct loop_step *step, struct err *e)
{
	struct series *x = arg;
	struct narrowing *w = x->w;
	const char *const names[] = { item_name(x, step->of[0]), item_name(x, step->of[1]) };
	struct sharpen_keep how = { .names = names, .kernels_only = true };
	int r;

	if (w->iterations || !step->sides[0].request.kernel || !step->sides[1].request.kernel) {
		w->block++;
		return 0;
	}
	r = sharpen_pair(w->s, w->m, w->id, &w->block, &how, step->sides, e);
	return r < 0 ? r : 1;
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

static int kept_exact(void *arg, const struct record_run *kept, struct err *e)
{
	struct series *x = arg;
	struct narrowing *w = x->w;
	const char *failure;
	struct run run;
	size_t item;
	int r = narrow_lend(w, kept, &item, &run, &failure, e);

	if (r < 0)
		return r;
	if (!failure && !w->iterations)
		w->iterations = run_iterations(&run);
	return narrow_tell(&w->narrow, x->exact, item, w->scenario,
			   measuring_cpus(w->m, w->scenario), &run, failure, e);
}

/* The search gets what was measured before it was interrupted. */
static int replay(struct series *x, resume_kept_fn *kept, struct err *e)
{
	int r;

	x->w->narrow.lending = true;
	r = resume_feed(&x->w->journal, kept, x, e);
	x->w->narrow.lending = false;
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

static int next_exact(void *arg, struct loop_step *out, struct err *e)
{
	struct series *x = arg;
	size_t items[LOOP_SIDES], n;
	int r = 0;

	while (r == 0 && (n = exact_search_next(x->exact, items, LOOP_SIDES))) {
		show_exact(x->w, x->exact);
		r = fill_exact(x, items, n, out, e);
	}
	return r;
}

int narrow_search_exact(struct narrowing *w, struct err *e)
{
	struct exact_search search;
	struct series x = { .w = w, .exact = &search };
	const struct loop_source source = { .next = next_exact,
					    .measure = find_iterations,
					    .take = take_exact,
					    .name = item_name,
					    .arg = &x };
	struct loop loop = { .s = w->s, .source = &source };
	int r = exact_search_init(&search, w->narrow.count, w->m->threshold, e);

	search.all = w->all;
	search.hidden = hidden;
	search.in_part = in_part;
	search.hidden_arg = w;
	if (r == 0)
		r = replay(&x, kept_exact, e);
	if (r == 0)
		r = loop_run(&loop, e);
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

static int take_timed(void *arg, struct loop_step *step, unsigned side, struct err *e)
{
	struct series *x = arg;
	struct pair_side *made = &step->sides[side];
	int r = feed_timed(x->w, x->timed, step->of[side], &made->run, &made->err, e);

	/* It was given up. */
	made->run = (struct run){ 0 };
	return r;
}

/* The same runs in the same order lead the search to the same place. */
static int kept_timed(void *arg, const struct record_run *kept, struct err *e)
{
	struct series *x = arg;
	struct err failure = { 0 };
	const char *why;
	struct run run;
	size_t item, wanted;
	int r = narrow_lend(x->w, kept, &item, &run, &why, e);

	if (r < 0)
		return r;
	if (why)
		err_unmeasured(&failure, EPROTO, "%s", why);
	return noisy_steps_next(x->timed, &wanted) && wanted == item
		       ? feed_timed(x->w, x->timed, item, &run, &failure, e)
		       : err_set(e, EIO, "its runs are not those of this search");
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

static int next_timed(void *arg, struct loop_step *out, struct err *e)
{
	struct series *x = arg;
	bool there = false;
	size_t item;
	int r = 0;

	while (r == 0 && noisy_steps_next(x->timed, &item)) {
		show_progress(x->w, x->timed, item);
		r = have(x->w, item, &there, e);
		if (r == 0 && there) {
			fill(x->w, item, 0, out);
			x->w->block++;
			return 1;
		}
		if (r == 0)
			r = noisy_steps_skip(x->timed, e);
	}
	return r;
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
	struct series x = { .w = w, .timed = &search };
	const struct loop_source source = {
		.next = next_timed, .take = take_timed, .name = item_name, .arg = &x
	};
	struct loop loop = { .s = w->s, .source = &source };
	int r = noisy_steps_init(&search, w->narrow.count, &o, e);

	if (r == 0)
		r = prepare(w, e);
	if (r == 0)
		r = replay(&x, kept_timed, e);
	if (r == 0)
		r = loop_run(&loop, e);
	if (r == 0)
		r = narrow_conclude_timed(&w->narrow, &search, w->m->threshold, e);
	noisy_steps_free(&search);
	return r;
}
