// SPDX-License-Identifier: GPL-2.0-or-later
/* From a difference to a verdict, from a verdict to an exit status. */
#include "judge/counts/comparison.h"
#include "judge/table/verdict.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct scenario_list scenarios;

static int setup(void **state)
{
	(void)state;
	fake_scenario(&scenarios);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scenario_list_free(&scenarios);
	return 0;
}

/* @extra instructions more in the second pair's 2N: a spread of extra / (4 * 5). */
static void disturb(struct run *r, int extra)
{
	r->profile.functions[0].insns[3 * MARKER_SEGMENTS] += (uint64_t)extra;
	r->profile.slots[3 * MARKER_SEGMENTS].task += (uint64_t)extra;
}

static void judge(uint64_t old_cost, uint64_t new_cost, int extra, double threshold,
		  struct comparison *out)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	struct err e = { 0 };

	fake_function(&o, "f", 0, 0, old_cost);
	fake_function(&n, "f", 0, 0, new_cost);
	disturb(&n, extra);
	fake_finish(&o);
	fake_finish(&n);
	assert_int_equal(compare_runs(scenarios.items[0], &o, &n, 1, threshold, out, &e), 0);
	/* The names in it are gone with the runs. */
	comparison_free(&(struct comparison){ .functions = out->functions });
	out->functions = NULL;
}

static void verdicts_follow_the_threshold(void **state)
{
	static const struct {
		uint64_t old_cost, new_cost;
		double threshold;
		int extra; /* /20: the spread; a third of it is in the value */
		enum verdict verdict;
	} rows[] = {
		{ 1000, 1000, 0.01, 0, VERDICT_EQUIVALENT },
		{ 1000, 1009, 0.01, 0, VERDICT_TRIVIAL },
		{ 1000, 991, 0.01, 0, VERDICT_TRIVIAL },
		{ 1000, 1010, 0.01, 0, VERDICT_REGRESSION }, /* at the threshold */
		{ 1000, 990, 0.01, 0, VERDICT_IMPROVEMENT },
		{ 1000, 1011, 0.02, 0, VERDICT_TRIVIAL },
		{ 1000, 2000, 0.01, 0, VERDICT_REGRESSION },
		{ 1000, 500, 0.01, 0, VERDICT_IMPROVEMENT },
		{ 1000, 1001, 0, 0, VERDICT_REGRESSION },
		{ 1000, 1000, 0, 0, VERDICT_EQUIVALENT },
		{ 0, 1, 0.01, 0, VERDICT_REGRESSION },
		{ 0, 0, 0.01, 0, VERDICT_EQUIVALENT },
		{ 1, 0, 0.01, 0, VERDICT_IMPROVEMENT },
		/* Spread 10 in 1000: delta must reach 30. */
		{ 1000, 1026, 0.01, 200, VERDICT_INCONCLUSIVE }, /* delta 29.3 */
		{ 1000, 1027, 0.01, 200, VERDICT_REGRESSION },	 /* delta 30.3 */
		{ 1000, 966, 0.01, 200, VERDICT_IMPROVEMENT },	 /* delta -30.7 */
		{ 1000, 967, 0.01, 200, VERDICT_INCONCLUSIVE },	 /* delta -29.7 */
		/* Below the threshold, and below what the spread lets see. */
		{ 1000, 1000, 0.01, 20, VERDICT_EQUIVALENT },	 /* spread 1 */
		{ 1000, 1000, 0.01, 200, VERDICT_INCONCLUSIVE }, /* spread 10 */
		{ 1000, 1004, 0.01, 20, VERDICT_TRIVIAL },	 /* delta 4.3, spread 1 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct comparison c;

		judge(rows[i].old_cost, rows[i].new_cost, rows[i].extra, rows[i].threshold, &c);
		if (c.verdict != rows[i].verdict || !c.reason[0])
			fail_msg("row %zu is %s: %s", i, verdict_name(c.verdict), c.reason);
		assert_int_equal(c.exact, rows[i].extra == 0);
		assert_int_equal(!!strstr(c.reason, "near-exact"),
				 rows[i].extra && c.verdict != VERDICT_INCONCLUSIVE &&
					 c.verdict != VERDICT_EQUIVALENT);
	}
}

static void the_spread_is_the_distance_of_the_pairs(void **state)
{
	struct comparison c;

	(void)state;
	judge(1000, 1100, 40, 0.01, &c);
	assert_near(c.metrics[0].old_one.spread, 0, 0);
	assert_near(c.metrics[0].new_one.spread, 2, 1e-12);
	assert_near(c.metrics[0].new_one.value, 1100 + 2.0 / 3, 1e-12);
	judge(1000, 1100, -40, 0.01, &c);
	assert_near(c.metrics[0].new_one.spread, 2, 1e-12);
	assert_near(c.metrics[0].new_one.value, 1099 + 1.0 / 3, 1e-12);
}

/* NEW costs @cost, and with each iteration @drift more than with the one before. */
static void judge_drift(uint64_t cost, uint64_t drift, int extra, struct comparison *out)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	struct err e = { 0 };

	fake_function(&o, "f", 0, 0, 1000);
	fake_function(&n, "f", 0, 0, cost);
	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		uint64_t last = fake_iterations(phase);
		uint64_t more = drift * FAKE_PAGES * last * (last - 1) / 2;

		n.profile.functions[0].insns[phase * MARKER_SEGMENTS] += more;
		n.profile.slots[phase * MARKER_SEGMENTS].task += more;
	}
	disturb(&n, extra);
	fake_finish(&o);
	fake_finish(&n);
	assert_int_equal(compare_runs(scenarios.items[0], &o, &n, 1, 0.01, out, &e), 0);
	comparison_free(&(struct comparison){ .functions = out->functions });
	out->functions = NULL;
}

/* Both pairs drift alike; how far shows between N iterations and N times the slope. */
static void drift_is_noise(void **state)
{
	struct comparison c;

	(void)state;
	judge_drift(1000, 10, 1, &c);
	/* (45 - 10) * 10 / 5 is in the slope, 2 * 10 in the first N: 50 apart. */
	assert_near(c.metrics[0].new_one.value, 1070, 0.1);
	assert_near(c.metrics[0].new_one.spread, 50, 0.1);
	assert_int_equal(c.verdict, VERDICT_INCONCLUSIVE);
	judge_drift(1300, 10, 1, &c);
	assert_int_equal(c.verdict, VERDICT_REGRESSION);
}

/* Instructions that the clock saw and nobody counted may be anybody's. */
static void what_the_clock_missed_is_noise(void **state)
{
	static const struct {
		uint64_t cost, ticks; /* 20 ticks are one instruction a page */
		enum verdict verdict;
	} rows[] = {
		{ 1000, 0, VERDICT_EQUIVALENT },	 { 1000, 20 * 9, VERDICT_EQUIVALENT },
		{ 1000, 20 * 10, VERDICT_INCONCLUSIVE }, { 1020, 20 * 20, VERDICT_REGRESSION },
		{ 1020, 20 * 21, VERDICT_INCONCLUSIVE }, { 1005, 20 * 4, VERDICT_TRIVIAL },
		{ 1005, 20 * 6, VERDICT_EQUIVALENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_run_ struct run o = { 0 }, n = { 0 };
		_cleanup_comparison_ struct comparison c;
		struct err e = { 0 };

		fake_function(&o, "f", 0, 0, 1000);
		fake_function(&n, "f", 0, 0, rows[i].cost);
		fake_finish(&o);
		fake_finish(&n);
		n.phases[1].tsc_ticks += rows[i].ticks;
		assert_int_equal(compare_runs(scenarios.items[0], &o, &n, 1, 0.01, &c, &e), 0);
		assert_int_equal(c.clock_new, -(int64_t)rows[i].ticks);
		if (c.verdict != rows[i].verdict)
			fail_msg("row %zu is %s: %s", i, verdict_name(c.verdict), c.reason);
	}
}

/* Compares two equal runs of "f" and "g", NEW after @change. */
static bool is_exact(void (*change)(struct run *), bool after, unsigned cpus)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;
	struct err e = { 0 };

	for (unsigned side = 0; side < 2; side++) {
		fake_function(side ? &n : &o, "f", 0, 10, 100);
		fake_function(side ? &n : &o, "f", 1, 10, 100);
		fake_function(side ? &n : &o, "g", 0, 10, 100);
	}
	if (change && !after)
		change(&n);
	fake_finish(&o);
	fake_finish(&n);
	if (change && after)
		change(&n);
	assert_int_equal(compare_runs(scenarios.items[0], &o, &n, cpus, 0.01, &c, &e), 0);
	return c.exact;
}

/* One function executes more, another less: the totals are those of the first pair. */
static void functions_differ(struct run *r)
{
	r->profile.functions[0].insns[3 * MARKER_SEGMENTS] += 1;
	r->profile.functions[1].insns[3 * MARKER_SEGMENTS] -= 1;
}

static void segments_differ(struct run *r)
{
	r->profile.functions[0].insns[3 * MARKER_SEGMENTS] += 1;
	r->profile.functions[0].insns[3 * MARKER_SEGMENTS + 1] -= 1;
	r->profile.slots[3 * MARKER_SEGMENTS].task += 1;
	r->profile.slots[3 * MARKER_SEGMENTS + 1].task -= 1;
}

static void unattributed_differs(struct run *r)
{
	r->profile.slots[3 * MARKER_SEGMENTS].task += 1;
	r->profile.slots[3 * MARKER_SEGMENTS].unattributed += 1;
}

static void interrupts_differ(struct run *r)
{
	r->profile.slots[3 * MARKER_SEGMENTS].interrupts += 100;
}

static void clock_differs(struct run *r)
{
	r->phases[2].tsc_ticks -= 1;
}

static void exactness_is_earned(void **state)
{
	(void)state;
	assert_true(is_exact(NULL, false, 1));
	assert_false(is_exact(functions_differ, false, 1));
	assert_false(is_exact(segments_differ, false, 1));
	assert_false(is_exact(unattributed_differs, false, 1));
	assert_true(is_exact(interrupts_differ, false, 1));
	assert_false(is_exact(clock_differs, true, 1));
	assert_false(is_exact(NULL, false, 2)); /* spinning is counted too */
}

static void the_clock_tells_what_is_missing(void **state)
{
	_cleanup_run_ struct run r = { 0 };

	(void)state;
	fake_function(&r, "f", 0, 10, 100);
	fake_slots(&r, 1, rep_iterations, 50);
	fake_slots(&r, 1, interrupts, 5);
	fake_slots(&r, 1, others, 5);
	fake_finish(&r);
	for (unsigned phase = 0; phase < MARKER_PHASES; phase++)
		assert_int_equal(exact_clock_difference(&r, phase), 0);
	r.phases[1].tsc_ticks += 3;
	assert_int_equal(exact_clock_difference(&r, 1), -3);
	r.phases[0].tsc_ticks -= 4;
	assert_int_equal(exact_clock_difference(&r, 0), 4);
	/* Time that passed with every CPU halted was measured, too. */
	r.halted_ticks[1] = 3;
	assert_int_equal(exact_clock_difference(&r, 1), 0);
	r.halted_ticks[1] = 4;
	assert_int_equal(exact_clock_difference(&r, 1), 1);
	/* What is counted in the empty window is no overhead. */
	r.profile.slots[MARKER_PHASE_EMPTY * MARKER_SEGMENTS].task = 2;
	assert_int_equal(exact_clock_difference(&r, 2), -2 * 10);
}

static void exit_statuses_are_the_contract(void **state)
{
	static const struct {
		enum verdict verdict;
		const char *name;
		int status, status_slower;
	} rows[] = {
		{ VERDICT_REGRESSION, "regression", 1, 1 },
		{ VERDICT_IMPROVEMENT, "improvement", 0, 0 },
		{ VERDICT_EQUIVALENT, "equivalent", 0, 0 },
		{ VERDICT_TRIVIAL, "trivial", 0, 0 },
		{ VERDICT_SUSPECT, "suspect", 0, 1 },
		{ VERDICT_INCONCLUSIVE, "inconclusive", 125, 125 },
		{ VERDICT_UNSTABLE, "unstable", 125, 125 },
		{ VERDICT_DIFFERENT_STATE, "different-state", 125, 125 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(verdict_name(rows[i].verdict), rows[i].name);
		assert_int_equal(verdict_exit(rows[i].verdict, 0), rows[i].status);
		assert_int_equal(verdict_exit(rows[i].verdict, 1), rows[i].status_slower);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_follow_the_threshold),
		cmocka_unit_test(the_spread_is_the_distance_of_the_pairs),
		cmocka_unit_test(drift_is_noise),
		cmocka_unit_test(what_the_clock_missed_is_noise),
		cmocka_unit_test(exactness_is_earned),
		cmocka_unit_test(the_clock_tells_what_is_missing),
		cmocka_unit_test(exit_statuses_are_the_contract),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
