// SPDX-License-Identifier: GPL-2.0-or-later
/* What is made of the runs of both ends. */
#include "tests/unit/unit.h"

#include "bisect/calibration.h"

#include <math.h>

#define N CALIBRATION_RUNS

/* -1, 0, 1, -1...: sd .82. */
static double wave(size_t i)
{
	return (double)(i % 3) - 1;
}

/* The same slowly, so that pairs with it have all differences. */
static double slow(size_t i)
{
	return wave(i / 3);
}

static void levels_and_noise(void **state)
{
	double good[N], bad[N];
	struct calibration c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		good[i] = 100 + 3 * wave(i);
		bad[i] = 110 + 3 * slow(i);
	}
	bad[7] = 500; /* a wild one moves nothing */
	assert_int_equal(calibrate(good, bad, N, 0, &c, &e), 0);
	assert_near(c.good, 100, 1e-9);
	assert_near(c.bad, 110, 0.51);
	assert_near(c.sd, 3 * 0.82, 0.5);
	assert_true(c.differ && !c.open && !c.drifts);
	assert_int_equal(calibrate(good, bad, N, 12, &c, &e), 0);
	assert_false(c.differ);
}

static void alike(void **state)
{
	double good[N], bad[N];
	struct calibration c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		good[i] = 100 + 3 * wave(i);
		bad[i] = 100 + 3 * slow(i);
	}
	assert_int_equal(calibrate(good, bad, N, 0, &c, &e), 0);
	assert_true(!c.differ && !c.open);
	/* A third of them a little higher: open. */
	for (size_t i = 0; i < N; i++)
		bad[i] += i % 2 ? 0 : 3;
	assert_int_equal(calibrate(good, bad, N, 0, &c, &e), 0);
	assert_true(!c.differ && c.open);
	assert_true(c.p >= CALIBRATION_ALPHA && c.p < CALIBRATION_OPEN);
}

static void drift(void **state)
{
	double good[N], bad[N];
	struct calibration c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		good[i] = 100 + 3 * wave(i) + 0.2 * (double)i;
		bad[i] = 120 + 3 * slow(i) + 0.2 * (double)i;
	}
	assert_int_equal(calibrate(good, bad, N, 0, &c, &e), 0);
	assert_true(c.drifts && c.differ);
}

/* Slower by ten times the difference half of the time: the pairs do not mind. */
static void load(void **state)
{
	double good[N], bad[N];
	struct calibration c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		double busy = i < N / 3 || i > N * 5 / 6 ? 0 : 200;

		good[i] = 100 + 3 * wave(i) + busy;
		bad[i] = 120 + 3 * slow(i) + busy;
	}
	assert_int_equal(calibrate(good, bad, N, 0, &c, &e), 0);
	assert_near(c.bad - c.good, 20, 0.01);
	assert_near(c.sd, 3 * 0.82, 0.5);
	assert_true(c.differ);
}

static void no_noise(void **state)
{
	double good[N], bad[N];
	struct calibration c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		good[i] = 5;
		bad[i] = 6;
	}
	assert_int_equal(calibrate(good, bad, N, 0, &c, &e), 0);
	assert_near(c.sd, 0, 0);
	assert_true(c.differ && !c.drifts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_and_noise),
		cmocka_unit_test(alike),
		cmocka_unit_test(drift),
		cmocka_unit_test(load),
		cmocka_unit_test(no_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
