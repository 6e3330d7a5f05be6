// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/confirm.h"
#include "tests/unit/unit.h"

#include <string.h>

struct row {
	double deltas[CONFIRM_RUNS];
	bool confirmed;
	double median, mad;
};

/* OLD is 1000, the threshold 1 %. */
static void eight_of_eight_confirm(void **state)
{
	static const struct row rows[] = {
		{ { 50, 50, 50, 50, 50, 50, 50, 50 }, true, 50, 0 },
		{ { -50, -50, -50, -50, -50, -50, -50, -50 }, true, -50, 0 },
		{ { 50, 51, 52, 53, 47, 48, 49, 50 }, true, 50, 1.5 },
		{ { 50, 50, 50, 50, 50, 50, 50, -1 }, false, 50, 0 },
		{ { 50, 50, 50, 50, 50, 50, 50, 0 }, false, 50, 0 },
		{ { -50, -50, -50, -50, -50, -50, -50, 50 }, false, -50, 0 },
		{ { 10, 10, 10, 10, 10, 10, 10, 10 }, true, 10, 0 },
		{ { 9, 9, 9, 9, 9, 9, 9, 9 }, false, 9, 0 },
		{ { -9, -9, -9, -9, -9, -9, -9, -9 }, false, -9, 0 },
		/* MAD 20 and 21 against a median of 60. */
		{ { 40, 40, 40, 60, 60, 80, 80, 80 }, true, 60, 20 },
		{ { 39, 39, 39, 60, 60, 81, 81, 81 }, false, 60, 21 },
		/* Each has to be large, not only most of them. */
		{ { 50, 50, 50, 50, 50, 50, 50, 9 }, false, 50, 0 },
		{ { -50, -50, -50, -50, -50, -50, -50, -10 }, true, -50, 0 },
		/* The median of eight lies between two. */
		{ { 8, 1, 7, 2, 6, 3, 5, 4 }, false, 4.5, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct confirmation f = { .count = CONFIRM_RUNS };

		for (size_t k = 0; k < CONFIRM_RUNS; k++)
			f.rows[k].delta = rows[i].deltas[k];
		confirm_judge(&f, 1000, 0.01);
		assert_near(f.median_delta, rows[i].median, 1e-12);
		assert_near(f.mad, rows[i].mad, 1e-12);
		if (f.confirmed != rows[i].confirmed)
			fail_msg("row %zu", i);
	}
}

static void another_state_confirms_nothing(void **state)
{
	struct confirmation f = { .count = CONFIRM_RUNS };

	(void)state;
	for (size_t k = 0; k < CONFIRM_RUNS; k++)
		f.rows[k].delta = 50;
	f.rows[7].different_state = true;
	confirm_judge(&f, 1000, 0.01);
	assert_false(f.confirmed);
	f.rows[7].different_state = false;
	confirm_judge(&f, 1000, 0.01);
	assert_true(f.confirmed);
}

static void fewer_than_eight_do_not(void **state)
{
	struct confirmation f = { .count = 0, .confirmed = true };

	(void)state;
	confirm_judge(&f, 1000, 0.01);
	assert_false(f.confirmed);
	for (f.count = 1; f.count < CONFIRM_RUNS; f.count++) {
		f.rows[f.count - 1].delta = 500;
		confirm_judge(&f, 1000, 0.01);
		assert_false(f.confirmed);
		assert_near(f.median_delta, 500, 0);
	}
}

static struct comparison judged(enum verdict v, double delta)
{
	struct comparison c = { .verdict = v, .reason = "because", .n_metrics = 1 };

	c.metrics[0].old_one.value = 1000;
	c.metrics[0].new_one.value = 1000 + delta;
	return c;
}

static void a_verdict_stands_or_falls(void **state)
{
	struct confirmation good = { .count = 8, .confirmed = true, .median_delta = 50 };
	struct confirmation bad = { .count = 8, .median_delta = 50, .mad = 30 };
	struct comparison c = judged(VERDICT_REGRESSION, 60);

	(void)state;
	confirm_apply(&good, &c);
	assert_int_equal(c.verdict, VERDICT_REGRESSION);
	assert_string_equal(c.reason, "because; confirmed by 8 of 8 perturbations");
	c = judged(VERDICT_REGRESSION, 60);
	confirm_apply(&bad, &c);
	assert_int_equal(c.verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(c.reason, "do not confirm"));
	c = judged(VERDICT_IMPROVEMENT, -60);
	confirm_apply(&bad, &c);
	assert_int_equal(c.verdict, VERDICT_INCONCLUSIVE);
	good.median_delta = -50;
	c = judged(VERDICT_IMPROVEMENT, -60);
	confirm_apply(&good, &c);
	assert_int_equal(c.verdict, VERDICT_IMPROVEMENT);
}

/* All perturbations agree, but not with the verdict. */
static void the_other_sign_confirms_nothing(void **state)
{
	struct confirmation f = { .count = 8, .confirmed = true, .median_delta = -50 };
	struct comparison c = judged(VERDICT_REGRESSION, 60);

	(void)state;
	confirm_apply(&f, &c);
	assert_int_equal(c.verdict, VERDICT_INCONCLUSIVE);
	assert_false(f.confirmed);
	f = (struct confirmation){ .count = 8, .confirmed = true, .median_delta = 50 };
	c = judged(VERDICT_IMPROVEMENT, -60);
	confirm_apply(&f, &c);
	assert_int_equal(c.verdict, VERDICT_INCONCLUSIVE);
	assert_false(f.confirmed);
}

static void other_verdicts_are_left_alone(void **state)
{
	static const enum verdict verdicts[] = { VERDICT_EQUIVALENT, VERDICT_TRIVIAL,
						 VERDICT_INCONCLUSIVE, VERDICT_DIFFERENT_STATE };
	struct confirmation bad = { .count = 8 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		struct comparison c = judged(verdicts[i], 1);

		confirm_apply(&bad, &c);
		assert_int_equal(c.verdict, verdicts[i]);
		assert_string_equal(c.reason, "because");
	}
}

/* Declared beforehand: eight, each another one, each changing one thing. */
static void the_plans_are_eight(void **state)
{
	const struct confirm_plan *plans = confirm_plans();

	(void)state;
	for (size_t i = 0; i < CONFIRM_RUNS; i++) {
		const struct perturbation *p = &plans[i].perturbation;

		assert_int_equal(!!p->seed + !!p->extra_memory_mib + !!p->initrd_pad_bytes +
					 !!p->map_offset,
				 1);
		assert_int_equal(p->map_offset % 4096, 0);
		for (size_t k = 0; k < i; k++) {
			assert_memory_not_equal(p, &plans[k].perturbation, sizeof(*p));
			assert_string_not_equal(plans[i].what, plans[k].what);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eight_of_eight_confirm),
		cmocka_unit_test(another_state_confirms_nothing),
		cmocka_unit_test(fewer_than_eight_do_not),
		cmocka_unit_test(a_verdict_stands_or_falls),
		cmocka_unit_test(the_other_sign_confirms_nothing),
		cmocka_unit_test(other_verdicts_are_left_alone),
		cmocka_unit_test(the_plans_are_eight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
