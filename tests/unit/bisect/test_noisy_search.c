// SPDX-License-Identifier: GPL-2.0-or-later
/* The Bayesian search where the answer can be told in advance; tests/sim/searches.c has the rates.
 */
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "bisect/noisy_search.h"
#include "bisect/noisy_steps.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define N 40

static const struct noisy_options steady = { .steady = true }, changing = { 0 };

/* Told: levels 0 and 4, sd 1. */
static void start(struct noisy_search *s, size_t count)
{
	const struct calibration told = { .good = 0, .bad = 4, .sd = 1, .differ = true };
	struct err e = { 0 };

	assert_int_equal(noisy_search_init(s, count, &steady, &e), 0);
	assert_int_equal(noisy_search_calibrated(s, &told, CALIBRATION_RUNS, &e), 0);
}

/* Every run is at its level. */
static void drive(struct noisy_search *s, size_t culprit, const bool *broken)
{
	struct err e = { 0 };
	size_t item;

	while (noisy_search_next(s, &item)) {
		if (broken && broken[item])
			noisy_search_skip(s);
		else
			assert_int_equal(noisy_search_feed(s, item < culprit ? 0 : 4, &e), 0);
	}
}

static void names_the_culprit(void **state)
{
	struct noisy_search s;
	size_t set[N];
	double got;

	(void)state;
	for (size_t culprit = 1; culprit < N; culprit++) {
		start(&s, N);
		drive(&s, culprit, NULL);
		assert_int_equal(s.state, NOISY_NAMED);
		assert_int_equal(noisy_search_set(&s, NOISY_STOP, set, &got), 1);
		assert_int_equal(set[0], culprit);
		assert_true(got >= NOISY_STOP && s.runs <= 12);
		noisy_search_free(&s);
	}
}

static void the_posterior_is_bayes(void **state)
{
	const double variance = 1 + 1.0 / CALIBRATION_RUNS;
	struct noisy_search s;
	struct err e = { 0 };
	size_t item;
	double good, bad, odds;

	(void)state;
	start(&s, 5);
	assert_true(noisy_search_next(&s, &item));
	assert_int_equal(item, 2);
	assert_int_equal(noisy_search_feed(&s, 2.5, &e), 0);
	/* The sd that was learned is a little off 1: what it is, is told. */
	good = 0.98 * exp(-2.5 * 2.5 / (2 * variance * s.sd * s.sd)) +
	       0.02 / 5 * exp(-2.5 * 2.5 / (50 * variance * s.sd * s.sd));
	bad = 0.98 * exp(-1.5 * 1.5 / (2 * variance * s.sd * s.sd)) +
	      0.02 / 5 * exp(-1.5 * 1.5 / (50 * variance * s.sd * s.sd));
	odds = bad / good;
	assert_near(s.posterior[1], odds / (2 * odds + 2), 1e-9);
	assert_near(s.posterior[4], 1 / (2 * odds + 2), 1e-9);
	assert_near(s.sd, 1, 0.1);
	noisy_search_free(&s);
}

static void one_run_never_decides(void **state)
{
	struct noisy_search s;
	struct err e = { 0 };
	size_t item;

	(void)state;
	start(&s, 3);
	assert_true(noisy_search_next(&s, &item));
	assert_int_equal(item, 1);
	assert_int_equal(noisy_search_feed(&s, 1000, &e), 0);
	assert_true(s.posterior[1] <= 1 / (1 + exp(-NOISY_CLIP)) + 1e-12);
	assert_true(s.posterior[1] < 0.9);
	noisy_search_free(&s);
}

static void broken_items_keep_their_mass(void **state)
{
	bool broken[N] = { 0 };
	struct noisy_search s;
	size_t set[N], n, older, newer;

	(void)state;
	broken[17] = broken[18] = broken[19] = true;
	start(&s, N);
	drive(&s, 18, broken);
	assert_int_equal(s.state, NOISY_NAMED);
	n = noisy_search_set(&s, NOISY_STOP, set, NULL);
	/* 17, 18, 19 or 20: nothing can part them. */
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++)
		assert_true(set[i] >= 17 && set[i] <= 20);
	noisy_search_around(&s, &older, &newer);
	assert_int_equal(older, 16);
	assert_int_equal(newer, 20);
	noisy_search_free(&s);
}

static void priors(void **state)
{
	const struct calibration told = { .good = 0, .bad = 4, .sd = 1, .differ = true };
	struct noisy_search s;
	struct err e = { 0 };
	size_t item;

	(void)state;
	assert_int_equal(noisy_search_init(&s, 10, &steady, &e), 0);
	noisy_search_prior(&s, 7, 100);
	noisy_search_prior(&s, 3, 0);
	assert_int_equal(noisy_search_calibrated(&s, &told, CALIBRATION_RUNS, &e), 0);
	assert_true(s.posterior[3] > 0);
	assert_near(s.posterior[7], 100.0 / 107, 1e-6);
	assert_true(noisy_search_next(&s, &item));
	assert_true(item == 6 || item == 7);
	noisy_search_free(&s);
}

static void calibrates_in_turn_and_refuses(void **state)
{
	struct noisy_search s;
	struct err e = { 0 };
	size_t item, runs = 0;

	(void)state;
	assert_int_equal(noisy_search_init(&s, N, &steady, &e), 0);
	for (; noisy_search_next(&s, &item); runs++) {
		/* Good, bad, bad, good. */
		assert_int_equal(item, (runs + 1) / 2 % 2 ? N - 1 : 0);
		assert_int_equal(noisy_search_feed(&s, (double)(runs / 2 % 5), &e), 0);
	}
	assert_int_equal(s.state, NOISY_REFUSED);
	assert_int_equal(runs, 2 * CALIBRATION_RUNS);
	assert_int_equal(noisy_search_feed(&s, 1, &e), -EINVAL);
	noisy_search_free(&s);
}

static void an_end_that_is_broken(void **state)
{
	struct noisy_search s;
	struct err e = { 0 };
	size_t item;

	(void)state;
	assert_int_equal(noisy_search_init(&s, N, &steady, &e), 0);
	assert_true(noisy_search_next(&s, &item));
	noisy_search_skip(&s);
	assert_int_equal(s.state, NOISY_REFUSED);
	assert_false(noisy_search_next(&s, &item));
	noisy_search_free(&s);
	assert_int_equal(noisy_search_init(&s, 1, &steady, &e), -EINVAL);
	noisy_search_free(&s);
}

static void runs_are_limited(void **state)
{
	const struct noisy_options few = { .runs_max = 6 };
	const struct calibration told = { .good = 0, .bad = 1, .sd = 1, .differ = true };
	struct noisy_search s;
	struct err e = { 0 };
	size_t item, set[N];
	double got;

	(void)state;
	assert_int_equal(noisy_search_init(&s, N, &few, &e), 0);
	assert_int_equal(noisy_search_calibrated(&s, &told, CALIBRATION_RUNS, &e), 0);
	while (noisy_search_next(&s, &item))
		assert_int_equal(noisy_search_feed(&s, 0.5, &e), 0);
	assert_int_equal(s.state, NOISY_CREDIBLE_SET);
	assert_int_equal(s.runs, 6);
	assert_true(noisy_search_set(&s, NOISY_CREDIBLE, set, &got) > N / 2);
	assert_true(got >= NOISY_CREDIBLE);
	noisy_search_free(&s);
}

/* What every run is slower by, from some run on: as much as the culprit costs, or far more. */
static void a_load_that_comes_fools_nobody(void **state)
{
	const struct calibration told = { .good = 0, .bad = 4, .sd = 1, .differ = true };
	static const double loads[] = { 4, -4, 8, 40 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(loads); i++) {
		for (size_t from = 0; from < 12; from++) {
			struct noisy_search s;
			struct err e = { 0 };
			size_t item, set[N], ends = 0;

			assert_int_equal(noisy_search_init(&s, N, &changing, &e), 0);
			assert_int_equal(noisy_search_calibrated(&s, &told, CALIBRATION_RUNS, &e),
					 0);
			while (noisy_search_next(&s, &item)) {
				ends += item == 0 || item == N - 1;
				assert_int_equal(
					noisy_search_feed(&s,
							  (item < 17 ? 0 : 4) +
								  (s.runs >= from ? loads[i] : 0),
							  &e),
					0);
			}
			assert_int_equal(s.state, NOISY_NAMED);
			assert_int_equal(noisy_search_set(&s, NOISY_STOP, set, NULL), 1);
			assert_int_equal(set[0], 17);
			assert_int_equal(ends, s.runs / 2);
			noisy_search_free(&s);
		}
	}
}

static void a_visit_can_be_longer(void **state)
{
	const struct calibration told = { .good = 0, .bad = 40, .sd = 1, .differ = true };
	const struct noisy_options longer = { .visit_runs = 3 };
	struct noisy_search s;
	struct err e = { 0 };
	size_t item, last = 0, same = 0;

	(void)state;
	assert_int_equal(noisy_search_init(&s, N, &longer, &e), 0);
	assert_int_equal(noisy_search_calibrated(&s, &told, CALIBRATION_RUNS, &e), 0);
	while (noisy_search_next(&s, &item)) {
		assert_int_equal(noisy_search_feed(&s, item < 17 ? 0 : 40, &e), 0);
		if (item == 0 || item == N - 1)
			continue;
		assert_true(item == last || same == 0 || same == 3);
		same = item == last ? same + 1 : 1;
		last = item;
	}
	assert_int_equal(s.state, NOISY_NAMED);
	noisy_search_free(&s);
}

static void what_loads_the_same_is_no_culprit(void **state)
{
	struct noisy_search s;

	(void)state;
	start(&s, N);
	noisy_search_unchanged(&s, 3, 30);
	assert_true(s.posterior[4] < 1e-6 && s.posterior[30] < 1e-6);
	assert_near(s.posterior[3], 1.0 / 12, 1e-6);
	assert_near(s.posterior[31], 1.0 / 12, 1e-6);
	drive(&s, 2, NULL);
	assert_int_equal(s.state, NOISY_NAMED);
	assert_true(s.posterior[2] >= NOISY_STOP);
	noisy_search_free(&s);
}

/* Levels 0, 5 and 9 from 12 and 30 on, with noise that is no accident. */
static double level(size_t item, size_t run)
{
	return (item < 12 ? 0 : item < 30 ? 5 : 9) + (double)(run * 7 % 5) / 2 - 1;
}

static void two_steps_are_found(void **state)
{
	struct noisy_steps s;
	struct err e = { 0 };
	size_t item, runs = 0;
	bool first = false, second = false;

	(void)state;
	assert_int_equal(noisy_steps_init(&s, N, &changing, &e), 0);
	for (; noisy_steps_next(&s, &item); runs++)
		assert_int_equal(noisy_steps_feed(&s, level(item, runs), &e), 0);
	assert_int_equal(s.state, NOISY_STEPS_DONE);
	for (size_t i = 0; i < s.n_steps; i++) {
		assert_true(s.steps[i].verified);
		first |= s.steps[i].last_good == 11 && s.steps[i].first_bad == 12;
		second |= s.steps[i].last_good == 29 && s.steps[i].first_bad == 30;
	}
	assert_true(first && second);
	assert_int_equal(s.n_steps, 2);
	noisy_steps_free(&s);
}

static void the_same_again_leads_to_the_same(void **state)
{
	struct noisy_steps a, b;
	struct err e = { 0 };
	size_t item, again, runs = 0;

	(void)state;
	assert_int_equal(noisy_steps_init(&a, N, &changing, &e), 0);
	assert_int_equal(noisy_steps_init(&b, N, &changing, &e), 0);
	for (; noisy_steps_next(&a, &item); runs++) {
		assert_true(noisy_steps_next(&b, &again));
		assert_int_equal(item, again);
		/* Asking twice changes nothing. */
		assert_true(noisy_steps_next(&b, &again));
		assert_int_equal(item, again);
		if (item == 20) {
			assert_int_equal(noisy_steps_skip(&a, &e), 0);
			assert_int_equal(noisy_steps_skip(&b, &e), 0);
			continue;
		}
		assert_int_equal(noisy_steps_feed(&a, level(item, runs), &e), 0);
		assert_int_equal(noisy_steps_feed(&b, level(item, runs), &e), 0);
	}
	assert_int_equal(a.n_steps, b.n_steps);
	assert_int_equal(noisy_steps_feed(&a, 0, &e), -EINVAL);
	assert_int_equal(noisy_steps_skip(&a, &e), -EINVAL);
	noisy_steps_free(&a);
	noisy_steps_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_culprit),
		cmocka_unit_test(the_posterior_is_bayes),
		cmocka_unit_test(one_run_never_decides),
		cmocka_unit_test(broken_items_keep_their_mass),
		cmocka_unit_test(priors),
		cmocka_unit_test(calibrates_in_turn_and_refuses),
		cmocka_unit_test(an_end_that_is_broken),
		cmocka_unit_test(runs_are_limited),
		cmocka_unit_test(a_load_that_comes_fools_nobody),
		cmocka_unit_test(a_visit_can_be_longer),
		cmocka_unit_test(what_loads_the_same_is_no_culprit),
		cmocka_unit_test(two_steps_are_found),
		cmocka_unit_test(the_same_again_leads_to_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
