// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/noisy_steps.h"

#include "base/cleanup.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * What is pursued: a level that is off, or two that differ, by this share of the whole difference
 * (or by what matters, if that is more). Each side is looked at so often that this is so many sd of
 * its mean.
 */
#define SHARE (1.0 / 3)
#define LOOK_SD 4
#define LOOKS_MIN 3

int noisy_steps_init(struct noisy_steps *s, size_t count, const struct noisy_options *o,
		     struct err *e)
{
	int r;

	*s = (struct noisy_steps){ .count = count, .options = *o };
	if (!s->options.runs_max)
		s->options.runs_max = NOISY_STEPS_RUNS;
	r = noisy_search_init(&s->search, count, &s->options, e);
	if (r < 0)
		return r;
	s->part = (struct noisy_part){ .first = 0, .last = count - 1 };
	s->skipped = calloc(count, sizeof(*s->skipped));
	s->unchanged = calloc(count, sizeof(*s->unchanged));
	s->looks[0] = calloc(ARRAY_SIZE(s->looks) * NOISY_STEPS_LOOKS, sizeof(double));
	for (size_t i = 1; s->looks[0] && i < ARRAY_SIZE(s->looks); i++)
		s->looks[i] = s->looks[0] + i * NOISY_STEPS_LOOKS;
	return s->skipped && s->unchanged && s->looks[0] ? 0 : err_oom(e);
}

void noisy_steps_free(struct noisy_steps *s)
{
	noisy_search_free(&s->search);
	free(s->skipped);
	free(s->unchanged);
	free(s->looks[0]);
	*s = (struct noisy_steps){ 0 };
}

static void push(struct noisy_steps *s, size_t first, size_t last, double good, double bad)
{
	if (last > first && s->n_parts < NOISY_STEPS_MAX)
		s->parts[s->n_parts++] = (struct noisy_part){ first, last, good, bad };
}

static void add_step(struct noisy_steps *s, struct noisy_step step)
{
	if (s->n_steps < NOISY_STEPS_MAX)
		s->steps[s->n_steps++] = step;
}

/* Begins with the next part, or ends. */
static int next_part(struct noisy_steps *s, struct err *e)
{
	struct calibration c = s->calibration;
	int r;

	noisy_search_free(&s->search);
	s->sides[0] = s->sides[1] = 0;
	if (!s->n_parts || s->n_steps == NOISY_STEPS_MAX) {
		s->state = NOISY_STEPS_DONE;
		return 0;
	}
	s->part = s->parts[--s->n_parts];
	r = noisy_search_init(&s->search, s->part.last - s->part.first + 1, &s->options, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < s->search.count; i++) {
		s->search.skipped[i] = s->skipped[s->part.first + i];
		if (i && s->unchanged[s->part.first + i])
			noisy_search_unchanged(&s->search, i - 1, i);
	}
	c.good = s->part.good;
	c.bad = s->part.bad;
	return noisy_search_calibrated(&s->search, &c, CALIBRATION_RUNS, e);
}

/* The smallest difference that is pursued. */
static double pursued(const struct noisy_steps *s)
{
	return fmax(SHARE * fabs(s->calibration.bad - s->calibration.good), s->options.smallest);
}

/* A search that has named something: both sides of it are looked at. */
static void begin_looks(struct noisy_steps *s)
{
	double wanted = LOOK_SD * s->search.sd / fmax(pursued(s), 1e-300);
	size_t older, newer;

	noisy_search_around(&s->search, &older, &newer);
	s->sides[0] = s->part.first + older;
	s->sides[1] = s->part.first + newer;
	s->look_items = s->look_at = s->n_looks = 0;
	if (s->sides[0] > s->part.first)
		s->look[s->look_items++] = s->part.first;
	s->look[s->look_items++] = s->sides[0];
	s->look[s->look_items++] = s->sides[1];
	if (s->sides[1] < s->part.last)
		s->look[s->look_items++] = s->part.last;
	wanted = ceil(wanted * wanted);
	s->looks_wanted = wanted < LOOKS_MIN	       ? LOOKS_MIN
			  : wanted > NOISY_STEPS_LOOKS ? NOISY_STEPS_LOOKS
						       : (size_t)wanted;
}

/* How far an item of the looks is above another. */
static double difference(const struct noisy_steps *s, size_t from, size_t to)
{
	double scratch[NOISY_STEPS_LOOKS * (NOISY_STEPS_LOOKS + 1) / 2], d[NOISY_STEPS_LOOKS];
	const double *a = s->looks[0], *b = s->looks[0];

	for (size_t i = 0; i < s->look_items; i++) {
		a = s->look[i] == from ? s->looks[i] : a;
		b = s->look[i] == to ? s->looks[i] : b;
	}
	for (size_t i = 0; i < s->n_looks; i++)
		d[i] = b[i] - a[i];
	return calibration_level(d, s->n_looks, scratch);
}

static double probability(const struct noisy_steps *s)
{
	double sum = 0;

	for (size_t k = s->sides[0] + 1; k <= s->sides[1]; k++)
		sum += s->search.posterior[k - s->part.first];
	return sum;
}

/* Both sides were looked at: what is between them, and beside them? */
static int conclude_looks(struct noisy_steps *s, struct err *e)
{
	const struct noisy_part part = s->part;
	double off = pursued(s), change = difference(s, s->sides[0], s->sides[1]);
	/* The end itself is at its level. */
	double a = part.good + difference(s, part.first, s->sides[0]);
	double b = part.bad - difference(s, s->sides[1], part.last);
	bool differ = fabs(change) > off;
	bool older_off = fabs(a - part.good) > off, newer_off = fabs(part.bad - b) > off;

	if (differ || (!older_off && !newer_off))
		add_step(s, (struct noisy_step){ s->sides[0], s->sides[1], a, a + change,
						 probability(s), differ });
	if (older_off)
		push(s, part.first, s->sides[0], part.good, a);
	if (newer_off)
		push(s, s->sides[1], part.last, b, part.bad);
	return next_part(s, e);
}

/* The search of the part has ended. */
static void conclude_search(struct noisy_steps *s)
{
	if (s->search.state == NOISY_REFUSED) {
		s->state = NOISY_STEPS_REFUSED;
		return;
	}
	if (s->calibration.sd <= 0) {
		s->calibration = s->search.calibration;
		s->part.good = s->calibration.good;
		s->part.bad = s->calibration.bad;
	}
	begin_looks(s);
}

bool noisy_steps_next(struct noisy_steps *s, size_t *item)
{
	if (s->state != NOISY_STEPS_RUNNING)
		return false;
	if (s->sides[0] == s->sides[1]) {
		if (noisy_search_next(&s->search, item)) {
			*item += s->part.first;
			return true;
		}
		conclude_search(s);
		if (s->state != NOISY_STEPS_RUNNING)
			return false;
	}
	*item = s->look[s->look_at];
	return true;
}

int noisy_steps_feed(struct noisy_steps *s, double value, struct err *e)
{
	if (s->state != NOISY_STEPS_RUNNING)
		return err_set(e, EINVAL, "the search is over");
	if (s->sides[0] == s->sides[1]) {
		s->runs += s->search.state != NOISY_CALIBRATING;
		return noisy_search_feed(&s->search, value, e);
	}
	s->runs++;
	s->looks[s->look_at][s->n_looks] = value;
	s->look_at = (s->look_at + 1) % s->look_items;
	s->n_looks += s->look_at == 0;
	return s->n_looks < s->looks_wanted ? 0 : conclude_looks(s, e);
}

void noisy_steps_unchanged(struct noisy_steps *s, size_t older, size_t newer)
{
	const size_t first = s->part.first;

	for (size_t k = older + 1; k <= newer && k < s->count; k++)
		s->unchanged[k] = true;
	/* While sides are looked at, the search is over. */
	if (s->state == NOISY_STEPS_RUNNING && s->sides[0] == s->sides[1] && newer > first)
		noisy_search_unchanged(&s->search, older > first ? older - first : 0,
				       newer - first);
}

int noisy_steps_skip(struct noisy_steps *s, struct err *e)
{
	size_t item;

	if (!noisy_steps_next(s, &item))
		return err_set(e, EINVAL, "the search is over");
	if (s->sides[0] == s->sides[1]) {
		s->skipped[item] = true;
		noisy_search_skip(&s->search);
		return 0;
	}
	/* It was measured before: this run failed, and there is no step without it. */
	add_step(s, (struct noisy_step){ s->sides[0], s->sides[1], s->part.good, s->part.bad,
					 probability(s), false });
	return next_part(s, e);
}
