// SPDX-License-Identifier: GPL-2.0-or-later
/* The boots of an experiment, one by one. */
#include "lab/plan/steps.h"
#include "tests/unit/profiles.h"
#include "tests/unit/unit.h"

#include <string.h>

#define MATRIX                                                                         \
	P_NAME "\n" P_KERNELS "\n" P_BASELINE "\n"                                     \
	       "scenarios: [{name: mm/one}, {name: mm/two}]\ncpus: [4, 1]\naa: true\n" \
	       "repetitions: 5\nseed: 3\n"

static void make(const struct experiment *x, struct steps *out)
{
	struct err e = { 0 };

	if (steps_make(x, out, &e) < 0)
		fail_msg("%s", e.text);
}

static void steps_stand_in_their_order(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(MATRIX);
	_cleanup_steps_ struct steps s = { 0 };
	static const unsigned cpus[] = { 4, 1 };

	(void)state;
	make(x, &s);
	assert_int_equal(s.count, 2 * 2 * 5 * 3);
	assert_int_equal(s.count, experiment_steps(x));
	for (unsigned i = 0; i < s.count; i++) {
		const struct step *step = &s.items[i];

		assert_int_equal(step->scenario, i / 30);
		assert_int_equal(step->cpus, cpus[i / 15 % 2]);
		assert_int_equal(step->block, i / 3 % 5);
		assert_int_equal(step->position, i % 3);
	}
}

/* Each block has each arm once, the A/A arm too; scenarios and CPU counts differ in order. */
static void blocks_are_whole_and_differ(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(MATRIX);
	_cleanup_steps_ struct steps s = { 0 };
	char arms[4][16] = { "" };

	(void)state;
	make(x, &s);
	for (unsigned i = 0; i < s.count; i++) {
		arms[i / 15][i % 15] = (char)('0' + s.items[i].arm);
		if (i % 3 == 2)
			assert_int_equal(1 << s.items[i].arm | 1 << s.items[i - 1].arm |
						 1 << s.items[i - 2].arm,
					 7);
	}
	for (unsigned a = 0; a < 4; a++) {
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(arms[a], arms[b]);
	}
}

static void the_effect_is_of_one_scenario_and_cpu_count(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(MATRIX);
	_cleanup_steps_ struct steps s = { 0 };
	struct order_effect f;
	unsigned sum = 0;

	(void)state;
	make(x, &s);
	steps_effect(x, &s, 1, 4, &f);
	assert_int_equal(f.arms, 3);
	assert_true(order_effect_balanced(&f));
	for (unsigned i = 0; i < 9; i++)
		sum += f.counts[i / 3][i % 3];
	assert_int_equal(sum, 15);
	steps_effect(x, &s, 1, 2, &f);
	assert_int_equal(f.counts[0][0], 0);
}

/* Another scenario in the profile changes nothing in the order of the first. */
static void orders_do_not_depend_on_the_rest(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(MATRIX);
	_cleanup_experiment_ struct experiment *y = profiles_read(
		P_NAME "\n" P_KERNELS "\n" P_BASELINE "\nscenarios: [{name: mm/two}]\n"
		       "cpus: [2, 1]\naa: true\nrepetitions: 5\nseed: 3\n");
	_cleanup_steps_ struct steps a = { 0 }, b = { 0 };

	(void)state;
	make(x, &a);
	make(y, &b);
	for (unsigned i = 0; i < 15; i++) {
		const struct step *step = &a.items[45 + i], *same = &b.items[15 + i];

		assert_int_equal(step->cpus, 1);
		assert_int_equal(same->cpus, 1);
		assert_int_equal(step->arm, same->arm);
	}
}

static void looks_are_planned_to_the_last(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(P_LEAST "looks: [10, 20, 40]\n");
	_cleanup_steps_ struct steps s = { 0 };

	(void)state;
	make(x, &s);
	assert_int_equal(s.count, 80);
	assert_int_equal(s.items[79].block, 39);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_stand_in_their_order),
		cmocka_unit_test(blocks_are_whole_and_differ),
		cmocka_unit_test(the_effect_is_of_one_scenario_and_cpu_count),
		cmocka_unit_test(orders_do_not_depend_on_the_rest),
		cmocka_unit_test(looks_are_planned_to_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
