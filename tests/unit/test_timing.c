// SPDX-License-Identifier: GPL-2.0-or-later
/* Spans of a guest's clock become metrics, or are too short for it. */
#include "store/timing.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static const char names[2][PLAN_NAME_BYTES] = { "protect", "touch" };

static struct timing timing(uint64_t *protect, uint64_t *touch, uint32_t rounds, uint64_t step_ns)
{
	return (struct timing){ .clock = { .step_ns = step_ns },
				.timed = { .rounds = rounds },
				.spans_ns = { protect, touch } };
}

static void metrics_are_medians_of_rounds(void **state)
{
	uint64_t protect[] = { 900000, 100000, 300000, 200000 };
	uint64_t touch[] = { 100000, 950000, 300000, 400000 };
	struct timing t = timing(protect, touch, 4, 50);
	struct timed_metrics m;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(timing_of_spans(&t, 2, names, &m, &e), 0);
	assert_int_equal(m.count, 3);
	/* Sums of rounds: 1000000, 1050000, 600000, 600000; not the sum of the medians. */
	assert_string_equal(m.at[0].name, "iteration");
	assert_true(m.at[0].median_ns == 800000);
	assert_string_equal(m.at[1].name, "protect");
	assert_true(m.at[1].median_ns == 250000);
	assert_true(m.at[2].median_ns == 350000);
	for (unsigned i = 0; i < m.count; i++)
		assert_string_equal(m.at[i].refused, "");
	/* What was measured stays in its order. */
	assert_int_equal(protect[0], 900000);
	t.timed.rounds = 3;
	assert_int_equal(timing_of_spans(&t, 2, names, &m, &e), 0);
	assert_true(m.at[1].median_ns == 300000);
}

static void a_span_needs_a_thousand_steps(void **state)
{
	uint64_t protect[] = { 4000250 }, touch[] = { 999 };
	struct timing t = timing(protect, touch, 1, 1);
	struct timed_metrics m;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(timing_of_spans(&t, 2, names, &m, &e), 0);
	assert_string_equal(m.at[1].refused, "");
	assert_non_null(strstr(m.at[2].refused, "under 1000 steps"));
	touch[0] = 1000;
	assert_int_equal(timing_of_spans(&t, 2, names, &m, &e), 0);
	assert_string_equal(m.at[2].refused, "");
	/* The clock of the published data: a tick of 4 ms. */
	t.clock.step_ns = 4000250;
	assert_int_equal(timing_of_spans(&t, 2, names, &m, &e), 0);
	for (unsigned i = 0; i < m.count; i++)
		assert_non_null(strstr(m.at[i].refused, "4000250 ns"));
}

static void what_is_missing_is_an_error(void **state)
{
	uint64_t protect[] = { 1 };
	struct timing t = timing(protect, NULL, 1, 1);
	struct timed_metrics m;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(timing_of_spans(&t, 2, names, &m, &e), -EIO);
	t.timed.rounds = 0;
	assert_int_equal(timing_of_spans(&t, 1, names, &m, &e), -EIO);
	t.timed.rounds = PLAN_MAX_ROUNDS + 1;
	assert_int_equal(timing_of_spans(&t, 1, names, &m, &e), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_are_medians_of_rounds),
		cmocka_unit_test(a_span_needs_a_thousand_steps),
		cmocka_unit_test(what_is_missing_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
