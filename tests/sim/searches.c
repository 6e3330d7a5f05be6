// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both searches (bisect/), and plain bisection beside them, over made-up histories: how often the
 * culprit is named, against the probability that is claimed; after how many runs; and how often
 * one is named where there is none. Fixed seeds, two processes.
 *
 * A history has n items with levels 0 (good) and more from each culprit on; a run measures the
 * level and noise of SD 1. Culprits, and what cannot be measured, are drawn anew for every draw.
 */
#include "bisect/exact_search.h"
#include "bisect/noisy_search.h"
#include "bisect/noisy_steps.h"
#include "tests/sim/sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CULPRITS_MAX 3
#define ITEMS_MAX 1024

struct history {
	size_t n, culprits[CULPRITS_MAX];
	bool broken[ITEMS_MAX];
	double level[ITEMS_MAX];
};

struct cell {
	const char *name;
	size_t n;
	double shift; /* of all culprits together, in SD; 0: none */
	unsigned culprits;
	enum noise noise;
	double broken;	 /* share of items that cannot be measured */
	double drift;	 /* SD that the machine drifts by from run to run: a random walk */
	double sd_wrong; /* the search is told so many times the true sd; 0: it calibrates */
	double success_min;
	double runs_max; /* the mean, after calibration; 0: any */
	enum { ONE, STEPS, EXACT } search;
	bool ends;   /* they are run again all the time; else the machine is taken to be steady */
	double load; /* SD that another program on the machine makes every run slower by, */
	double toggles; /* and how likely it comes or goes between two runs */
};

static const struct cell cells[] = {
	{ "16, 2 SD", 16, 2, 1, NORMAL, 0, 0, 0, 0.97, 30 },
	{ "128, 2 SD", 128, 2, 1, NORMAL, 0, 0, 0, 0.97, 30 },
	{ "1024, 2 SD", 1024, 2, 1, NORMAL, 0, 0, 0, 0.97, 30 },
	{ "128, 1 SD", 128, 1, 1, NORMAL, 0, 0, 0, 0.92, 100 },
	{ "1024, 1 SD", 1024, 1, 1, NORMAL, 0, 0, 0, 0.92, 120 },
	{ "1024, 3 SD", 1024, 3, 1, NORMAL, 0, 0, 0, 0.98, 20 },
	{ "1024, 6 SD", 1024, 6, 1, NORMAL, 0, 0, 0, 0.99, 12 },
	{ "1024, 2 SD, t3", 1024, 2, 1, T3, 0, 0, 0, 0.96, 30 },
	{ "1024, 2 SD, outliers", 1024, 2, 1, OUTLIERS, 0, 0, 0, 0.97, 30 },
	{ "1024, 2 SD, ends", 1024, 2, 1, NORMAL, 0, 0, 0, 0.97, 80, ONE, true },
	{ "16, 6 SD, ends", 16, 6, 1, NORMAL, 0, 0, 0, 0.99, 20, ONE, true },
	{ "1024, 2 SD, outliers, ends", 1024, 2, 1, OUTLIERS, 0, 0, 0, 0.97, 60, ONE, true },
	{ "1024, 3 SD, drift, ends", 1024, 3, 1, NORMAL, 0, 0.1, 0, 0.97, 50, ONE, true },
	{ "1024, 2 SD, load 2 SD, ends", 1024, 2, 1, NORMAL, 0, 0, 0, 0.95, 100, ONE, true, 2,
	  0.02 },
	{ "1024, 3 SD, load 3 SD, ends", 1024, 3, 1, NORMAL, 0, 0, 0, 0.97, 60, ONE, true, 3,
	  0.02 },
	{ "128, 6 SD, load 6 SD, ends", 128, 6, 1, NORMAL, 0, 0, 0, 0.97, 60, ONE, true, 6, 0.02 },
	{ "128, 20 SD, load 20 SD, ends", 128, 20, 1, NORMAL, 0, 0, 0, 0.97, 60, ONE, true, 20,
	  0.05 },
	{ "1024, 3 SD, load 30 SD, ends", 1024, 3, 1, NORMAL, 0, 0, 0, 0.97, 60, ONE, true, 30,
	  0.02 },
	{ "128, 6 SD, load 30 SD 10 %, ends", 128, 6, 1, NORMAL, 0, 0, 0, 0.95, 60, ONE, true, 30,
	  0.1 },
	{ "1024, 3 SD, load 3 SD", 1024, 3, 1, NORMAL, 0, 0, 0, 0, 0, ONE, false, 3, 0.02 },
	{ "128, 6 SD, load 30 SD", 128, 6, 1, NORMAL, 0, 0, 0, 0, 0, ONE, false, 30, 0.02 },
	{ "1024, 2 SD, 10 % broken", 1024, 2, 1, NORMAL, 0.1, 0, 0, 0.97, 30 },
	{ "1024, 2 SD, 20 % broken", 1024, 2, 1, NORMAL, 0.2, 0, 0, 0.97, 30 },
	{ "16, 2 SD, 20 % broken", 16, 2, 1, NORMAL, 0.2, 0, 0, 0.97, 30 },
	{ "1024, 2 SD, sd told / 2", 1024, 2, 1, NORMAL, 0, 0, 0.5, 0.93, 30 },
	{ "1024, 2 SD, sd told * 2", 1024, 2, 1, NORMAL, 0, 0, 2, 0.99, 70 },
	{ "16, none", 16, 0, 0, NORMAL, 0, 0, 0, 0.99, 0 },
	{ "1024, none, outliers", 1024, 0, 0, OUTLIERS, 0, 0, 0, 0.99, 0 },
	{ "1024, none, drift", 1024, 0, 0, NORMAL, 0, 0.1, 0, 0.99, 0, ONE, true },
	{ "1024, none, load 3 SD", 1024, 0, 0, NORMAL, 0, 0, 0, 0.99, 0, ONE, true, 3, 0.02 },
	{ "1024, none, load 30 SD", 1024, 0, 0, NORMAL, 0, 0, 0, 0.99, 0, ONE, true, 30, 0.02 },
	{ "1024, one of 3 SD, looked at", 1024, 3, 1, NORMAL, 0, 0, 0, 0.99, 120, STEPS, true },
	{ "1024, two of 2 SD, looked at", 1024, 4, 2, NORMAL, 0, 0, 0, 0.95, 500, STEPS, true },
	{ "128, two of 3 SD, looked at", 128, 6, 2, NORMAL, 0, 0, 0, 0.95, 300, STEPS, true },
	{ "128, two of 3 SD, load 6 SD", 128, 6, 2, NORMAL, 0, 0, 0, 0.95, 300, STEPS, true, 6,
	  0.02 },
	{ "exact: 1024, one", 1024, 2, 1, NORMAL, 0, 0, 0, 1, 12, EXACT },
	{ "exact: 1024, three, 20 % broken", 1024, 6, 3, NORMAL, 0.2, 0, 0, 1, 34, EXACT },
	{ "exact: 1024, none", 1024, 0, 0, NORMAL, 0.1, 0, 0, 1, 3, EXACT },
};
#define CELLS (sizeof(cells) / sizeof(cells[0]))

struct tally {
	unsigned draws, right, named, refused, plain_right, five_right;
	double runs, most, claimed, plain_runs;
};

static int by_size(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void draw_history(const struct cell *c, uint64_t *state, struct history *h)
{
	memset(h, 0, sizeof(*h));
	h->n = c->n;
	for (unsigned k = 0; k < c->culprits; k++)
		h->culprits[k] = 1 + (size_t)(sim_uniform(state) * (double)(c->n - 1));
	qsort(h->culprits, c->culprits, sizeof(h->culprits[0]), by_size);
	for (size_t i = 1; i < c->n; i++) {
		h->broken[i] = i + 1 < c->n && sim_uniform(state) < c->broken;
		for (unsigned k = 0; k < c->culprits; k++)
			h->level[i] += i >= h->culprits[k] ? c->shift / c->culprits : 0;
	}
}

struct machine {
	const struct cell *cell;
	const struct history *history;
	uint64_t *state;
	double drift;
	bool loaded;
};

static double run(struct machine *m, size_t item)
{
	m->drift += m->cell->drift * sim_normal(m->state);
	if (m->cell->toggles > 0 && sim_uniform(m->state) < m->cell->toggles)
		m->loaded = !m->loaded;
	return m->history->level[item] + m->drift + (m->loaded ? m->cell->load : 0) +
	       sim_noise(m->cell->noise, m->state);
}

static bool is_culprit(const struct cell *c, const struct history *h, size_t item)
{
	for (unsigned k = 0; k < c->culprits; k++) {
		if (h->culprits[k] == item)
			return true;
	}
	return false;
}

/* What is named has the culprit: nothing between it and what could be measured was left out. */
static bool holds(const struct cell *c, const struct history *h, const size_t *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_culprit(c, h, items[i]))
			return true;
	}
	return false;
}

static void noisy(struct machine *m, struct tally *t)
{
	const struct cell *c = m->cell;
	const struct calibration told = {
		.bad = c->shift, .sd = c->sd_wrong, .p = 0, .differ = true
	};
	size_t items[ITEMS_MAX], item, n;
	struct noisy_search s;
	struct err e = { 0 };
	double got;

	if (noisy_search_init(&s, c->n, &(struct noisy_options){ .steady = !c->ends }, &e) < 0)
		abort();
	if (c->sd_wrong > 0 && noisy_search_calibrated(&s, &told, CALIBRATION_RUNS, &e) < 0)
		abort();
	while (noisy_search_next(&s, &item)) {
		if (m->history->broken[item])
			noisy_search_skip(&s);
		else if (noisy_search_feed(&s, run(m, item), &e) < 0)
			abort();
	}
	t->runs += (double)s.runs;
	t->most = fmax(t->most, (double)s.runs);
	if (s.state == NOISY_REFUSED) {
		t->refused++;
		t->right += c->culprits == 0;
	} else {
		n = noisy_search_set(&s, s.state == NOISY_NAMED ? NOISY_STOP : NOISY_CREDIBLE,
				     items, &got);
		t->named += s.state == NOISY_NAMED;
		t->claimed += got;
		t->right += c->culprits && holds(c, m->history, items, n);
	}
	noisy_search_free(&s);
}

/* Right if every culprit is in a step, and every verified step has one. */
static bool steps_right(const struct cell *c, const struct history *h,
			const struct noisy_step *steps, size_t n)
{
	size_t held = 0;

	for (unsigned k = 0; k < c->culprits; k++) {
		for (size_t i = 0; i < n; i++)
			held += steps[i].last_good < h->culprits[k] &&
				h->culprits[k] <= steps[i].first_bad;
	}
	for (size_t i = 0; i < n; i++) {
		bool has = false;

		for (unsigned k = 0; k < c->culprits; k++)
			has |= steps[i].last_good < h->culprits[k] &&
			       h->culprits[k] <= steps[i].first_bad;
		if (steps[i].verified && !has)
			return false;
	}
	return held >= c->culprits;
}

static void all_steps(struct machine *m, struct tally *t)
{
	struct noisy_steps s;
	struct err e = { 0 };
	size_t item;

	if (noisy_steps_init(&s, m->cell->n, &(struct noisy_options){ .steady = !m->cell->ends },
			     &e) < 0)
		abort();
	while (noisy_steps_next(&s, &item)) {
		if ((m->history->broken[item] ? noisy_steps_skip(&s, &e)
					      : noisy_steps_feed(&s, run(m, item), &e)) < 0)
			abort();
	}
	t->runs += (double)s.runs;
	t->most = fmax(t->most, (double)s.runs);
	t->refused += s.state == NOISY_STEPS_REFUSED;
	t->right += steps_right(m->cell, m->history, s.steps, s.n_steps);
	for (size_t i = 0; i < s.n_steps; i++)
		t->claimed += s.steps[i].probability / (double)s.n_steps;
	noisy_steps_free(&s);
}

static void exact(struct machine *m, struct tally *t)
{
	const struct history *h = m->history;
	struct search_step steps[ITEMS_MAX];
	struct exact_search s;
	struct err e = { 0 };
	size_t item, n, found = 0;
	double runs = 0;

	if (exact_search_init(&s, h->n, 0.001, &e) < 0)
		abort();
	while (exact_search_next(&s, &item, 1)) {
		runs++;
		if (h->broken[item])
			exact_search_skipped(&s, item);
		else
			exact_search_measured(&s, item,
					      &(struct reading){ .value = 100 + h->level[item] });
	}
	n = exact_search_steps(&s, steps);
	for (unsigned k = 0; k < m->cell->culprits; k++) {
		for (size_t i = 0; i < n; i++)
			found += steps[i].last_good < h->culprits[k] &&
				 h->culprits[k] <= steps[i].first_bad;
	}
	t->right += found == m->cell->culprits && n <= m->cell->culprits;
	t->named += n > 0;
	t->claimed += n > 0;
	t->runs += runs;
	t->most = fmax(t->most, runs);
	exact_search_free(&s);
}

/* git bisect: the middle, @repeats runs a step, good or bad by which end the mean is nearer to. */
static bool plain(struct machine *m, unsigned repeats)
{
	size_t good = 0, bad = m->history->n - 1;

	while (bad - good > 1) {
		size_t middle = good + (bad - good) / 2;
		double sum = 0;

		for (unsigned i = 0; i < repeats; i++)
			sum += run(m, middle);
		if (sum / repeats > m->cell->shift / 2)
			bad = middle;
		else
			good = middle;
	}
	return is_culprit(m->cell, m->history, bad);
}

static void simulate(size_t index, void *result)
{
	const struct cell *c = &cells[index];
	struct tally t = { .draws = c->culprits ? 2000 : 5000 };
	uint64_t state = 20260513 + 104729 * index;
	struct history h;

	if (c->search != ONE || (c->ends && c->culprits))
		t.draws = 500;
	for (unsigned i = 0; i < t.draws; i++) {
		struct machine m = { .cell = c, .history = &h, .state = &state };

		draw_history(c, &state, &h);
		if (c->search == EXACT)
			exact(&m, &t);
		else if (c->search == STEPS)
			all_steps(&m, &t);
		else
			noisy(&m, &t);
		m.drift = 0;
		if (c->culprits && c->search == ONE) {
			t.plain_right += plain(&m, 1);
			t.five_right += plain(&m, 5);
		}
	}
	t.plain_runs = ceil(log2((double)c->n - 1));
	memcpy(result, &t, sizeof(t));
}

static void print_table(const struct tally all[CELLS])
{
	printf("# %-34s %7s %7s %7s %6s %6s | %6s %7s | %6s %7s\n", "history", "right", "claimed",
	       "refused", "runs", "most", "plain", "runs", "five", "runs");
	for (size_t i = 0; i < CELLS; i++) {
		const struct tally *t = &all[i];
		double n = t->draws, told = n - t->refused;

		printf("# %-34s %7.4f %7.4f %7.4f %6.1f %6.0f | %6.3f %7.0f | %6.3f %7.0f\n",
		       cells[i].name, t->right / n, told > 0 ? t->claimed / told : 0,
		       t->refused / n, t->runs / n, t->most, t->plain_right / n, t->plain_runs,
		       t->five_right / n, 5 * t->plain_runs);
	}
}

int main(void)
{
	struct tally all[CELLS];
	struct sim_tap tap = { 0 };

	if (sim_run(CELLS, sizeof(all[0]), simulate, all) < 0) {
		sim_check(&tap, false, "the simulation did not run");
		return sim_end(&tap);
	}
	print_table(all);
	for (size_t i = 0; i < CELLS; i++) {
		const struct cell *c = &cells[i];
		double right = (double)all[i].right / all[i].draws;
		double runs = all[i].runs / all[i].draws;

		sim_check(&tap, right >= c->success_min, "%s: right at least %.2f: %.4f", c->name,
			  c->success_min, right);
		if (c->runs_max > 0)
			sim_check(&tap, runs <= c->runs_max, "%s: at most %.0f runs: %.1f", c->name,
				  c->runs_max, runs);
	}
	return sim_end(&tap);
}
