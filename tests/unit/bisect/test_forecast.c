// SPDX-License-Identifier: GPL-2.0-or-later
/* What a search is said to take, against what it takes. */
#include "bisect/forecast.h"
#include "tests/unit/unit.h"

#include <errno.h>

static struct forecast of(const uint64_t *weights, size_t count, bool all)
{
	struct forecast f;
	struct err e = { 0 };

	if (forecast_exact(weights, count, all, &f, &e) < 0)
		fail_msg("%s", e.text);
	return f;
}

static void two_are_measured_and_no_more(void **state)
{
	const uint64_t weights[] = { 5, 7 };
	const struct forecast f = of(weights, 2, false);

	(void)state;
	assert_true(f.ends.items == 2 && f.one_step.items == 2 && f.most.items == 2);
	assert_true(f.ends.weight == 12 && f.one_step.weight == 12 && f.most.weight == 12);
}

static void one_step_takes_a_search(void **state)
{
	/* Both ends; 1 then tells all, whichever place the step has. */
	const uint64_t three[] = { 100, 10, 1 };
	const struct forecast f = of(three, 3, false);
	uint64_t many[1000] = { 0 };
	struct forecast g;

	(void)state;
	assert_true(f.ends.items == 2 && f.ends.weight == 101);
	assert_true(f.one_step.items == 3 && f.one_step.weight == 111);
	many[0] = 3;
	many[500] = 1000;
	g = of(many, 1000, false);
	/* Two at a time cut in three: twice log3(1000) and the ends. */
	assert_true(g.one_step.items > 12 && g.one_step.items < 17);
	assert_true(g.ends.weight == 3 && g.most.weight == 1003);
	assert_true(g.one_step.weight >= 3 && g.one_step.weight < 1003);
	assert_true(g.most.items == 1000);
}

static void all_are_all(void **state)
{
	const uint64_t weights[] = { 1, 2, 4, 8 };
	const struct forecast f = of(weights, 4, true);

	(void)state;
	assert_true(f.ends.items == 4 && f.one_step.items == 4 && f.one_step.weight == 15);
}

static void one_is_no_series(void **state)
{
	const uint64_t weights[] = { 1 };
	struct forecast f;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(forecast_exact(weights, 1, false, &f, &e), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_are_measured_and_no_more),
		cmocka_unit_test(one_step_takes_a_search),
		cmocka_unit_test(all_are_all),
		cmocka_unit_test(one_is_no_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
