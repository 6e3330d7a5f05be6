// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/noisy_commits.h"

#include "base/cleanup.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A run may fail by accident; so many in a row are none, and fewer if it never ran. */
#define FAILURES_MAX 3
#define FAILURES_FIRST 2

/* One chain while it is searched. */
struct drive {
	struct noisy_commits *x;
	char **ids; /* of the part of the chain that is searched; borrowed */
	size_t count;
	bool first; /* it is the chain from good to bad */
	struct noisy_steps steps;
	struct hash_hex *images; /* empty: not asked for yet */
	bool *ran;
	unsigned failures; /* in a row */
	size_t skipped;	   /* the last item that was */
};

static void drive_free(struct drive *d)
{
	noisy_steps_free(&d->steps);
	free(d->images);
	free(d->ran);
}

static int add_end_failed(struct drive *d, size_t item, struct err *e)
{
	d->x->ends = NOISY_ENDS_FAILED;
	free(d->x->failed_end);
	d->x->failed_end = strdup(d->ids[item]);
	return d->x->failed_end ? 0 : err_oom(e);
}

static int skip(struct drive *d, size_t item, struct err *e)
{
	d->skipped = item;
	return noisy_steps_skip(&d->steps, e);
}

/* Whatever lies between two of one image is no culprit. True: what to run next may have changed. */
static bool find_same(struct drive *d, size_t item)
{
	bool found = false;

	for (size_t i = 0; i < d->count; i++) {
		if (i == item || strcmp(d->images[i].text, d->images[item].text) != 0)
			continue;
		noisy_steps_unchanged(&d->steps, i < item ? i : item, i < item ? item : i);
		found = true;
	}
	return found;
}

/* 1: it is there, and nothing else is to be done first. */
static int need_image(struct drive *d, size_t item, struct err *e)
{
	int r;

	if (d->images[item].text[0])
		return 1;
	r = d->x->image(d->x->arg, d->ids[item], &d->images[item], e);
	if (r < 0)
		return r;
	if (!r) {
		d->images[item].text[0] = '\0';
		return skip(d, item, e);
	}
	return find_same(d, item) ? 0 : 1;
}

/* What the calibration of the first chain says, once it has been made. */
static int check_ends(struct drive *d, struct err *e)
{
	struct noisy_commits *x = d->x;
	const struct noisy_search *s = &d->steps.search;

	if (!d->first || x->ends != NOISY_ENDS_UNKNOWN || s->state == NOISY_CALIBRATING)
		return 0;
	x->calibration = s->calibration;
	x->calibration_runs = s->n_calibration;
	x->ends = s->state == NOISY_REFUSED ? NOISY_ENDS_ALIKE : NOISY_ENDS_DIFFER;
	if (x->ends == NOISY_ENDS_DIFFER && x->calibration.bad < x->calibration.good)
		return err_set(e, EINVAL,
			       "good and bad are swapped: bad (%.*s) is faster than good (%.*s), "
			       "%.4f times",
			       GIT_SHORT, d->ids[d->count - 1], GIT_SHORT, d->ids[0],
			       exp(x->calibration.good - x->calibration.bad));
	return 0;
}

static int run(struct drive *d, size_t item, struct err *e)
{
	double value = 0;
	int r = d->x->run(d->x->arg, d->ids[item], &value, e);

	if (r < 0)
		return r;
	if (!r) {
		if (++d->failures < (d->ran[item] ? FAILURES_MAX : FAILURES_FIRST))
			return 0;
		d->failures = 0;
		return skip(d, item, e);
	}
	d->failures = 0;
	d->ran[item] = true;
	d->x->runs++;
	r = noisy_steps_feed(&d->steps, log(value), e);
	return r == 0 ? check_ends(d, e) : r;
}

/* Both ends' images are asked for at once: if they are one, there is nothing to run. */
static int begin(struct drive *d, struct err *e)
{
	const size_t ends[] = { 0, d->count - 1 };

	for (unsigned i = 0; i < 2; i++) {
		int r = d->x->image(d->x->arg, d->ids[ends[i]], &d->images[ends[i]], e);

		if (r < 0)
			return r;
		if (!r && d->first)
			return add_end_failed(d, ends[i], e);
		if (!r)
			return 0;
	}
	if (strcmp(d->images[0].text, d->images[d->count - 1].text) != 0)
		return 1;
	if (d->first)
		d->x->ends = NOISY_ENDS_SAME;
	return 0;
}

static int search(struct drive *d, struct err *e)
{
	size_t item;
	int r = begin(d, e);

	if (r <= 0)
		return r;
	r = 0;
	while (r == 0 && noisy_steps_next(&d->steps, &item)) {
		r = need_image(d, item, e);
		if (r > 0)
			r = run(d, item, e);
	}
	/* A search that ends so lacks an end, whether before it differed or afterwards. */
	if (r == 0 && d->first && d->steps.state == NOISY_STEPS_REFUSED &&
	    d->x->ends != NOISY_ENDS_ALIKE)
		r = add_end_failed(d, d->skipped, e);
	return r;
}

static int by_place(const void *a, const void *b)
{
	const struct chain_step *x = a, *y = b;

	return (x->last_good > y->last_good) - (x->last_good < y->last_good);
}

/* @skipped: commits of the chain before the part that was searched. */
static size_t take_steps(const struct drive *d, size_t skipped, struct chain_step *steps)
{
	size_t n = 0;

	for (size_t i = 0; d->steps.state == NOISY_STEPS_DONE && i < d->steps.n_steps; i++) {
		const struct noisy_step *s = &d->steps.steps[i];

		steps[n++] = (struct chain_step){ .last_good = skipped + s->last_good,
						  .first_bad = skipped + s->first_bad,
						  .old_value = exp(s->old_value),
						  .new_value = exp(s->new_value),
						  .slower = s->new_value > s->old_value,
						  .probability = s->probability };
	}
	qsort(steps, n, sizeof(*steps), by_place);
	return n;
}

/* Of a branch, what cannot be had at its ends is left out: they need not be there. */
static int trim(struct noisy_commits *x, const struct history *chain, size_t *first, size_t *last,
		struct err *e)
{
	struct hash_hex image;
	int r = 0;

	*first = 0;
	*last = chain->count - 1;
	while (*first < *last && (r = x->image(x->arg, chain->ids[*first], &image, e)) == 0)
		(*first)++;
	while (r >= 0 && *last > *first &&
	       (r = x->image(x->arg, chain->ids[*last], &image, e)) == 0)
		(*last)--;
	return r < 0 ? r : 0;
}

int noisy_commits_search(void *arg, const struct history *chain, struct chain_step *steps,
			 size_t *n, struct err *e)
{
	struct noisy_commits *x = arg;
	_cleanup_(drive_free) struct drive d = { .x = x, .first = !x->chains++ };
	size_t first = 0, last = chain->count - 1;
	int r = d.first ? 0 : trim(x, chain, &first, &last, e);

	*n = 0;
	if (r < 0 || first == last)
		return r;
	d.ids = &chain->ids[first];
	d.count = last - first + 1;
	d.images = calloc(d.count, sizeof(*d.images));
	d.ran = calloc(d.count, sizeof(*d.ran));
	r = d.images && d.ran ? noisy_steps_init(&d.steps, d.count, &x->options, e) : err_oom(e);
	if (r == 0)
		r = search(&d, e);
	if (r == 0)
		*n = take_steps(&d, first, steps);
	return r;
}

double noisy_commits_detectable(const struct noisy_commits *x)
{
	const double runs = (double)x->calibration_runs / 2;
	/* Of two levels by so many runs each; ranks tell about as much as means do. */
	const double sd = x->calibration.sd * sqrt(2 / runs);

	return expm1(fmax(x->options.smallest, stats_two_sided_quantile(CALIBRATION_ALPHA) * sd));
}

void noisy_commits_free(struct noisy_commits *x)
{
	free(x->failed_end);
	x->failed_end = NULL;
}
