// SPDX-License-Identifier: GPL-2.0-or-later
/* When an experiment may stop, and that judging it afterwards says the same. */
#include "tests/unit/unit.h"

#include "judge/judgement/judgement.h"
#include "judge/times/sequential.h"
#include "tests/unit/fake_rows.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const char *const two[] = { "old", "new" };

static struct judge_options options(void)
{
	struct judge_options o = judge_options_default();
	struct err e = { 0 };

	o.baseline = "old";
	assert_int_equal(judge_options_looks("10,20,40", &o, &e), 0);
	return o;
}

static bool decided(const struct rows *t, const struct judge_options *o)
{
	struct err e = { 0 };
	bool out = true;

	assert_int_equal(judge_decided(t, o, "mprotect/x", 1, &out, &e), 0);
	return out;
}

static const struct judged_row *only(const struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		if (!j->rows[i].is_baseline)
			return &j->rows[i];
	}
	return NULL;
}

static void clear_changes_stop_at_the_first_look(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();
	struct err e = { 0 };

	(void)state;
	fake_blocks(&f, two, (double[]){ 100, 120 }, 9, 0.01);
	fake_finish(&f);
	assert_false(decided(&t, &o));
	fake_run_row(&f, "old", 0, 9, 100);
	fake_run_row(&f, "new", 1, 9, 121);
	fake_finish(&f);
	assert_true(decided(&t, &o));
	assert_int_equal(judge_table(&t, &o, &j, &e), 0);
	assert_int_equal(only(&j)->timed.look, 1);
	assert_int_equal(only(&j)->verdict, VERDICT_SUSPECT);
	assert_near(only(&j)->timed.alpha, 0.01 / 3, 1e-15);
	assert_near(only(&j)->p_holm, 3 * 2.0 / 1024, 1e-12);
	/* Another scenario, or another CPU count, is not this one's business. */
	bool out = true;

	assert_int_equal(judge_decided(&t, &o, "mprotect/x", 2, &out, &e), 0);
	assert_false(out);
}

static void what_is_unclear_goes_on_to_the_last_look(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();

	(void)state;
	for (unsigned b = 0; b < 40; b++) {
		fake_run_row(&f, "old", 0, b, 100 * exp(0.05 * fake_normal(&f.seed)));
		fake_run_row(&f, "new", 1, b, 100 * exp(0.05 * fake_normal(&f.seed)));
		if (b % 10 == 9) {
			fake_finish(&f);
			assert_int_equal(decided(&t, &o), b == 39);
		}
	}
}

static void a_noisy_control_does_not_end_the_looking(void **state)
{
	(void)state;
	for (int control = 0; control < 2; control++) {
		_cleanup_rows_ struct rows t = { 0 };
		struct fake_rows f = fake_rows(&t, 3);
		struct judge_options o = options();

		for (unsigned b = 0; b < 40; b++) {
			fake_run_row(&f, "old", 0, b, 100 + b % 3 * 0.1);
			fake_run_row(&f, "new", 1, b, 100 + b % 4 * 0.1);
			if (control)
				fake_run_row(&f, "old#aa", 2, b,
					     100 * exp(0.2 * fake_normal(&f.seed)));
			if (b % 10 != 9)
				continue;
			fake_finish(&f);
			assert_int_equal(decided(&t, &o), !control || b == 39);
		}
	}
}

static void every_kernel_has_to_be_decided(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	struct fake_rows f = fake_rows(&t, 3);
	struct judge_options o = options();

	(void)state;
	/* Nothing can be told of b. */
	for (unsigned b = 0; b < 20; b++) {
		fake_run_row(&f, "old", 0, b, 100 + b % 3 * 0.1);
		fake_run_row(&f, "a", 1, b, 130 + b % 4 * 0.1);
		fake_run_row(&f, "b", 2, b, b % 2 ? 70 : 140);
	}
	fake_finish(&f);
	assert_false(decided(&t, &o));
}

static void blocks_that_failed_count_as_blocks(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_judgement_ struct judgement j = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();
	struct err e = { 0 };

	(void)state;
	for (unsigned b = 0; b < 20; b++) {
		fake_run_row(&f, "old", 0, b, 100 + b % 3 * 0.1);
		fake_run_row(&f, "new", 1, b, b == 3 ? NAN : 120 + b % 4 * 0.1);
	}
	fake_finish(&f);
	/* Nine differences at the first look cannot reach alpha / 3; nineteen can. */
	assert_true(decided(&t, &o));
	assert_int_equal(judge_table(&t, &o, &j, &e), 0);
	assert_int_equal(only(&j)->timed.look, 2);
	assert_int_equal(only(&j)->timed.n, 19);
	assert_int_equal(only(&j)->timed.blocks, 20);
}

static void claims_to_come_are_reckoned_with(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();

	(void)state;
	fake_blocks(&f, two, (double[]){ 100, 120 }, 10, 0.01);
	fake_finish(&f);
	assert_true(decided(&t, &o));
	/* 2 / 1024 would not stand among six. */
	o.claims = 6;
	assert_false(decided(&t, &o));
}

static void counts_are_decided_at_the_first_look(void **state)
{
	_cleanup_rows_ struct rows t = { 0 };
	struct fake_rows f = fake_rows(&t, 2);
	struct judge_options o = options();

	(void)state;
	f.unit = "insns";
	f.metric = "iteration_insns_per_page";
	fake_blocks(&f, two, (double[]){ 100, 100 }, 9, 0);
	fake_finish(&f);
	assert_false(decided(&t, &o));
	fake_run_row(&f, "old", 0, 9, 100);
	fake_run_row(&f, "new", 1, 9, 100);
	fake_finish(&f);
	assert_true(decided(&t, &o));
	o.n_looks = 0;
	assert_false(decided(&t, &o));
}

static void failed_counts_reach_no_look(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		_cleanup_rows_ struct rows t = { 0 };
		struct fake_rows f = fake_rows(&t, 2);
		struct judge_options o = options();

		f.unit = "insns";
		f.metric = "iteration_insns_per_page";
		for (unsigned b = 0; b < 10; b++) {
			fake_run_row(&f, "old", 0, b, b == 3 && side == 0 ? NAN : 100);
			fake_run_row(&f, "new", 1, b, b == 3 && side == 1 ? NAN : 100);
		}
		fake_finish(&f);
		assert_false(decided(&t, &o));
		fake_run_row(&f, "old", 0, 10, 100);
		fake_run_row(&f, "new", 1, 10, 100);
		fake_finish(&f);
		assert_true(decided(&t, &o));
	}
}

static void lists_of_looks_are_checked(void **state)
{
	static const char *const bad[] = {
		"",	 "x",	  "10,",   ",10",	    "0",
		"20,10", "10,10", "10;20", "1,2,3,4,5,6,7", "99999999999999999999"
	};
	struct judge_options o = judge_options_default();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = { 0 };

		assert_int_equal(judge_options_looks(bad[i], &o, &e), -EINVAL);
	}
}

static void a_profile_is_taken_over(void **state)
{
	struct judge_options o = judge_options_default();
	json_t *profile =
		json_loads("{\"baseline\": \"b\", \"tolerance\": 0.1, \"max_cv\": 0.2,"
			   "\"looks\": [5, 9], \"cpus\": [1, 2], \"kernels\": [{}, {}, {}],"
			   "\"scenarios\": [{\"name\": \"s\", \"primary\": \"touch\"}]}",
			   0, NULL);

	(void)state;
	judge_options_profile(profile, &o);
	assert_string_equal(o.baseline, "b");
	assert_near(o.tolerance, 0.1, 0);
	assert_near(o.max_cv, 0.2, 0);
	assert_int_equal(o.n_looks, 2);
	assert_int_equal(o.looks[1], 9);
	assert_int_equal(o.n_primaries, 1);
	assert_string_equal(o.primaries[0].segment, "touch");
	assert_int_equal(o.claims, 4);
	json_decref(profile);
	/* What is not there changes nothing. */
	judge_options_profile(NULL, &o);
	assert_near(o.tolerance, 0.1, 0);
	assert_int_equal(o.n_looks, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clear_changes_stop_at_the_first_look),
		cmocka_unit_test(what_is_unclear_goes_on_to_the_last_look),
		cmocka_unit_test(a_noisy_control_does_not_end_the_looking),
		cmocka_unit_test(every_kernel_has_to_be_decided),
		cmocka_unit_test(blocks_that_failed_count_as_blocks),
		cmocka_unit_test(claims_to_come_are_reckoned_with),
		cmocka_unit_test(counts_are_decided_at_the_first_look),
		cmocka_unit_test(failed_counts_reach_no_look),
		cmocka_unit_test(lists_of_looks_are_checked),
		cmocka_unit_test(a_profile_is_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
