// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/unit.h"

#include "judge/times/replayed.h"

#include <errno.h>
#include <math.h>

#define N 20

/* Blocks that go up and down by half a percent, as a quiet machine's do. */
static void fill(double out[N], double middle, unsigned seed)
{
	for (unsigned i = 0; i < N; i++)
		out[i] = middle * (1 + .001 * (double)((i * 7 + seed * 3) % 11) - .005);
}

static struct replayed judge(double old_ns, double new_ns, double insns_ratio)
{
	double a[N], b[N];
	struct replayed r;

	fill(a, old_ns, 1);
	fill(b, new_ns, 2);
	assert_int_equal(replayed_judge(a, b, N, .01, insns_ratio, &r), 0);
	return r;
}

static void test_change_that_the_count_shows(void **state)
{
	struct replayed r = judge(400, 620, 2.2);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_REGRESSION);
	assert_false(r.capped);
	assert_true(fabs(r.ratio - 1.55) < .01 && r.low < r.ratio && r.ratio < r.high);
	assert_true(r.low > 1.53 && r.high < 1.57);
	r = judge(620, 400, .5);
	assert_int_equal(r.verdict, VERDICT_IMPROVEMENT);
}

static void test_change_by_time_alone(void **state)
{
	struct replayed r = judge(400, 620, 1.001);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_SUSPECT);
	assert_true(r.capped && r.ratio > 1);
	/* And against the count. */
	r = judge(400, 620, .5);
	assert_int_equal(r.verdict, VERDICT_SUSPECT);
	r = judge(620, 400, 2);
	assert_int_equal(r.verdict, VERDICT_SUSPECT);
	assert_true(r.capped && r.ratio < 1);
}

static void test_no_change(void **state)
{
	struct replayed r = judge(400, 400, 2.2);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_EQUIVALENT);
	assert_false(r.capped);
}

static void test_restless(void **state)
{
	double a[N], b[N];
	struct replayed r;

	(void)state;
	fill(a, 400, 1);
	for (unsigned i = 0; i < N; i++)
		b[i] = i % 2 ? 600 : 700;
	assert_int_equal(replayed_judge(a, b, N, .01, 2, &r), 0);
	assert_int_equal(r.verdict, VERDICT_UNSTABLE);
	assert_true(r.spread[0] < .02 && r.spread[1] > .1);
}

static enum verdict join(enum verdict counted, double insns_ratio, enum verdict timed, double ratio,
			 int *slower)
{
	const struct replayed time = { .verdict = timed, .ratio = ratio };
	bool is_slower = false;
	enum verdict v = replayed_join(counted, insns_ratio, .01, &time, &is_slower);

	*slower = is_slower;
	return v;
}

static void test_join(void **state)
{
	int slower;

	(void)state;
	/* Both say so. */
	assert_int_equal(join(VERDICT_REGRESSION, 2, VERDICT_REGRESSION, 1.5, &slower),
			 VERDICT_REGRESSION);
	assert_int_equal(join(VERDICT_EQUIVALENT, 1, VERDICT_TRIVIAL, 1.005, &slower),
			 VERDICT_EQUIVALENT);
	/* More instructions, no more time; and less. */
	assert_int_equal(join(VERDICT_REGRESSION, 1.1, VERDICT_EQUIVALENT, 1, &slower),
			 VERDICT_SUSPECT);
	assert_int_equal(slower, 0);
	assert_int_equal(join(VERDICT_REGRESSION, 1.1, VERDICT_SUSPECT, .9, &slower),
			 VERDICT_SUSPECT);
	assert_int_equal(slower, 0);
	/* Fewer instructions, more time. */
	assert_int_equal(join(VERDICT_IMPROVEMENT, .9, VERDICT_SUSPECT, 1.2, &slower),
			 VERDICT_SUSPECT);
	assert_int_equal(slower, 1);
	assert_int_equal(join(VERDICT_EQUIVALENT, 1, VERDICT_SUSPECT, 1.2, &slower),
			 VERDICT_SUSPECT);
	assert_int_equal(slower, 1);
	/* Time has no say. */
	assert_int_equal(join(VERDICT_REGRESSION, 1.1, VERDICT_UNSTABLE, .5, &slower),
			 VERDICT_REGRESSION);
	assert_int_equal(join(VERDICT_REGRESSION, 1, VERDICT_EQUIVALENT, 1, &slower),
			 VERDICT_REGRESSION);
	/* The rest of what was counted makes up for the call. */
	assert_int_equal(join(VERDICT_EQUIVALENT, 1.3, VERDICT_REGRESSION, 1.3, &slower),
			 VERDICT_EQUIVALENT);
	assert_int_equal(join(VERDICT_EQUIVALENT, .7, VERDICT_IMPROVEMENT, .7, &slower),
			 VERDICT_EQUIVALENT);
	/* But not for a time that goes the other way. */
	assert_int_equal(join(VERDICT_EQUIVALENT, 1.3, VERDICT_SUSPECT, .7, &slower),
			 VERDICT_SUSPECT);
	assert_int_equal(slower, 0);
	assert_int_equal(join(VERDICT_DIFFERENT_STATE, 2, VERDICT_SUSPECT, .5, &slower),
			 VERDICT_DIFFERENT_STATE);
}

static void test_too_few_or_too_many(void **state)
{
	double a[REPLAYED_BLOCKS_MAX + 1], b[REPLAYED_BLOCKS_MAX + 1];
	struct replayed r;

	(void)state;
	for (unsigned i = 0; i <= REPLAYED_BLOCKS_MAX; i++) {
		a[i] = 400 + i % 3;
		b[i] = 600 + i % 5;
	}
	assert_int_equal(replayed_judge(a, b, 0, .01, 2, &r), -EINVAL);
	assert_int_equal(replayed_judge(a, b, REPLAYED_BLOCKS_MAX + 1, .01, 2, &r), -EINVAL);
	/* No interval at 99 % of so few. */
	assert_int_equal(replayed_judge(a, b, 5, .01, 2, &r), 0);
	assert_int_equal(r.verdict, VERDICT_INCONCLUSIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_change_that_the_count_shows),
		cmocka_unit_test(test_change_by_time_alone),
		cmocka_unit_test(test_no_change),
		cmocka_unit_test(test_restless),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_too_few_or_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
