// SPDX-License-Identifier: GPL-2.0-or-later
/* What is made of the runs of both ends. */
#include "tests/unit/unit.h"

#include "bisect/calibration.h"

#include <math.h>

#define N CALIBRATION_RUNS

/* -1, 0, 1, -1...: median 0, MAD 1. */
static double wave(size_t i)
{
	return (double)(i % 3) - 1;
}

static void levels_and_noise(void **state)
{
	double good[N], bad[N];
	struct calibration c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		good[i] = 100 + 3 * wave(i);
		bad[i] = 110 + 3 * wave(i + 1);
	}
	bad[7] = 500; /* a wild one moves nothing */
	assert_int_equal(calibrate(good, bad, N, 0, &c, &e), 0);
	assert_near(c.good, 100, 1e-9);
	assert_near(c.bad, 110, 0.51);
	assert_near(c.sd, 3 * 1.4826, 0.75);
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
		bad[i] = 100 + 3 * wave(i + 1);
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
		bad[i] = 120 + 3 * wave(i + 1) + 0.2 * (double)i;
	}
	assert_int_equal(calibrate(good, bad, N, 0, &c, &e), 0);
	assert_true(c.drifts && c.differ);
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
		cmocka_unit_test(no_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
