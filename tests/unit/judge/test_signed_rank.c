// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/unit.h"

#include "judge/times/signed_rank.h"

#include <errno.h>
#include <math.h>

/* Every value here can be had from another program, e.g. R's wilcox.test(d, conf.int = TRUE). */
static void all_positive_has_the_smallest_p(void **state)
{
	const double d[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct signed_rank s;

	(void)state;
	assert_int_equal(signed_rank(d, 10, 0.01, NULL, &s), 0);
	assert_true(s.exact);
	assert_float_equal(s.p, 2.0 / 1024, 1e-15);
	assert_float_equal(s.p, signed_rank_smallest_p(10), 1e-15);
	assert_float_equal(s.estimate, 5.5, 1e-12);
	/* n = 10, alpha = .01: P(W <= 3) = 5/1024 = .0049, so the 4th smallest of 1, 1.5, 2, 2...
	 */
	assert_float_equal(s.low, 2, 1e-12);
	assert_float_equal(s.high, 9, 1e-12);
}

static void a_textbook_sample(void **state)
{
	/* Hollander and Wolfe, depression data: V = 40 of 45, two-sided p = .03906 (20/512). */
	const double d[] = { 0.952, -0.147, 1.022, 0.430, 0.620, 0.590, 0.490, -0.080, 0.010 };
	struct signed_rank s;

	(void)state;
	assert_int_equal(signed_rank(d, 9, 0.05, NULL, &s), 0);
	assert_float_equal(s.p, 20.0 / 512, 1e-12);
	assert_float_equal(s.estimate, 0.46, 1e-9);
}

static void zeros_and_ties(void **state)
{
	const double zero[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	const double tied[] = { 1, 1, 1, 1, 1, 1, 1, 1, -1, -1 };
	struct signed_rank s;

	(void)state;
	assert_int_equal(signed_rank(zero, 10, 0.01, NULL, &s), 0);
	assert_float_equal(s.p, 1, 0);
	assert_float_equal(s.estimate, 0, 0);
	/* Equal ranks: a sign test, 2 P(Bin(10, 1/2) <= 2) = 112/1024. */
	assert_int_equal(signed_rank(tied, 10, 0.01, NULL, &s), 0);
	assert_float_equal(s.p, 112.0 / 1024, 1e-12);
}

static void too_few_have_no_interval(void **state)
{
	const double d[] = { 1, 2, 3, 4, 5 };
	struct signed_rank s;

	(void)state;
	assert_int_equal(signed_rank(d, 5, 0.01, NULL, &s), 0);
	assert_true(isinf(s.low) && s.low < 0 && isinf(s.high));
	assert_int_equal(signed_rank(d, 0, 0.01, NULL, &s), -EINVAL);
}

static void the_approximation_meets_the_exact_test(void **state)
{
	double d[41];
	struct signed_rank exact, normal;

	(void)state;
	for (int i = 0; i < 41; i++)
		d[i] = (i % 3 ? 1 : -1) * (i + 1 + i % 7 / 10.0);
	assert_int_equal(signed_rank(d, 40, 0.01, NULL, &exact), 0);
	assert_int_equal(signed_rank(d, 41, 0.01, NULL, &normal), 0);
	assert_true(exact.exact);
	assert_false(normal.exact);
	assert_float_equal(exact.p, normal.p, 0.05);
	assert_float_equal(exact.low, normal.low, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_positive_has_the_smallest_p),
		cmocka_unit_test(a_textbook_sample),
		cmocka_unit_test(zeros_and_ties),
		cmocka_unit_test(too_few_have_no_interval),
		cmocka_unit_test(the_approximation_meets_the_exact_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
