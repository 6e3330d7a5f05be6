// SPDX-License-Identifier: GPL-2.0-or-later
/* How costs are written: nothing that decides a verdict is printed as 0. */
#include "report/words/number.h"
#include "tests/unit/unit.h"

#include <math.h>

static void values(void **state)
{
	(void)state;
	assert_string_equal(number_of(301.33997).text, "301.340");
	assert_string_equal(number_of(0).text, "0.000");
	assert_string_equal(number_of(-0.0).text, "0.000");
	assert_string_equal(number_of(0.25).text, "0.250");
	assert_string_equal(number_of(0.0125).text, "0.013");
	assert_string_equal(number_of(0.00042725).text, "0.000427");
	assert_string_equal(number_of(0.004).text, "0.004");
	/* A tick in 2N iterations fewer than in N, spread over the pages: no cost. */
	assert_string_equal(number_of(-1.0 / 65536).text, "0.000");
	assert_string_equal(number_of(-0.0006).text, "-0.0006");
	/* 669.442 - 669.442, in binary fractions. */
	assert_string_equal(number_of(5e-14).text, "0.000");
	assert_string_equal(number_of(-5e-14).text, "0.000");
	assert_string_equal(number_of(NAN).text, "-");
	assert_string_equal(number_of(INFINITY).text, "-");
	assert_string_equal(number_of(123456789012.5).text, "123456789012.500");
}

static void changes(void **state)
{
	(void)state;
	assert_string_equal(number_change(0.0004).text, "+0.0004");
	assert_string_equal(number_change(-0.0004).text, "-0.0004");
	assert_string_equal(number_change(368.102).text, "+368.102");
	assert_string_equal(number_change(-12).text, "-12.000");
	assert_string_equal(number_change(0).text, "+0.000");
	assert_string_equal(number_change(-1e-13).text, "+0.000");
	assert_string_equal(number_change(NAN).text, "-");
}

static void negative(void **state)
{
	(void)state;
	assert_true(number_is_negative(-0.0006));
	assert_false(number_is_negative(-1.0 / 65536));
	assert_true(number_rest(-1.0 / 65536) == 0);
	assert_true(number_rest(1.0 / 65536) > 0);
	assert_true(number_rest(-0.0006) < 0);
	assert_false(number_is_negative(0));
	assert_false(number_is_negative(-1e-13));
	assert_false(number_is_negative(1));
	assert_false(number_is_negative(NAN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(changes),
		cmocka_unit_test(negative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
