// SPDX-License-Identifier: GPL-2.0-or-later
/* Two made-up runs become metrics and functions that add up. */
#include "judge/counts/comparison.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <math.h>
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

static void compare(const struct run *o, const struct run *n, struct comparison *out)
{
	struct err e = { 0 };

	assert_int_equal(compare_runs(scenarios.items[0], o, n, 1, 0.01, out, &e), 0);
}

/* OLD: 100 instructions a page; NEW: 160, in other functions. */
static void fill(struct run *o, struct run *n)
{
	fake_function(o, "[user]", 0, 12, 5);
	fake_function(o, "change", 0, 1000, 60);
	fake_function(o, "change", 1, 0, 15);
	fake_function(o, "gone", 1, 3, 20);
	fake_calls(o, "gone", 1, 1);
	fake_function(n, "[user]", 0, 12, 5);
	fake_function(n, "change", 0, 2000, 62);
	fake_function(n, "change", 1, 0, 13);
	fake_function(n, "fresh", 0, 5000, 70);
	fake_calls(n, "fresh", 0, 3);
	fake_slots(n, 1, task, 10); /* in no function */
	fake_slots(n, 1, unattributed, 10);
	fake_finish(o);
	fake_finish(n);
}

static void setup_cancels(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;

	(void)state;
	fake_function(&o, "f", 0, 10, 100);
	fake_function(&n, "f", 0, 999999, 100);
	fake_finish(&o);
	fake_finish(&n);
	compare(&o, &n, &c);
	assert_near(c.metrics[0].old_one.value, 100, 0);
	assert_near(c.metrics[0].new_one.value, 100, 0);
	assert_int_equal(c.verdict, VERDICT_EQUIVALENT);
	assert_true(c.exact);
}

static void metrics_are_per_page_and_segment(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;

	(void)state;
	fill(&o, &n);
	compare(&o, &n, &c);
	assert_int_equal(c.items, FAKE_PAGES);
	assert_int_equal(c.n_metrics, 3);
	assert_string_equal(c.metrics[0].old_one.of.name, "iteration_insns_per_page");
	assert_string_equal(c.metrics[1].old_one.of.name, "one_insns_per_page");
	assert_string_equal(c.metrics[2].old_one.of.name, "two_insns_per_page");
	assert_near(c.metrics[0].old_one.value, 100, 0);
	assert_near(c.metrics[0].new_one.value, 160, 0);
	assert_near(metric_delta(&c.metrics[0]), 60, 0);
	assert_near(metric_ratio(&c.metrics[0]), 1.6, 1e-12);
	assert_near(c.metrics[1].old_one.value, 65, 0);
	assert_near(c.metrics[1].new_one.value, 137, 0);
	assert_near(c.metrics[2].old_one.value, 35, 0);
	assert_near(c.metrics[2].new_one.value, 23, 0);
	assert_int_equal(c.verdict, VERDICT_REGRESSION);
	assert_true(c.exact);
	for (size_t i = 0; i < c.n_metrics; i++) {
		assert_near(c.metrics[i].old_one.spread, 0, 0);
		assert_near(c.metrics[i].new_one.spread, 0, 0);
	}
}

/* Fractions stay: 1 instruction more in 5 iterations of 4 pages. */
static void metrics_are_fractional(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;

	(void)state;
	fake_function(&o, "f", 0, 0, 100);
	fake_function(&n, "f", 0, 0, 100);
	for (unsigned pair = 0; pair < MARKER_PAIRS; pair++) {
		unsigned slot = marker_phase(pair, 1) * MARKER_SEGMENTS;

		n.profile.functions[0].insns[slot]++;
		n.profile.slots[slot].task++;
	}
	fake_finish(&o);
	fake_finish(&n);
	compare(&o, &n, &c);
	assert_near(c.metrics[0].new_one.value, 100.05, 1e-12);
	assert_int_equal(c.verdict, VERDICT_TRIVIAL);
}

static const struct function_delta *find(const struct comparison *c, const char *name)
{
	for (size_t i = 0; i < c->n_functions; i++) {
		if (!strcmp(c->functions[i].name, name))
			return &c->functions[i];
	}
	fail_msg("no function %s", name);
	return NULL;
}

static void functions_add_up(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;
	double sum, sum_old, sum_new;

	(void)state;
	fill(&o, &n);
	compare(&o, &n, &c);
	sum = c.unattributed_new - c.unattributed_old;
	sum_old = c.unattributed_old;
	sum_new = c.unattributed_new;
	for (size_t i = 0; i < c.n_functions; i++) {
		sum += c.functions[i].new_insns - c.functions[i].old_insns;
		sum_old += c.functions[i].old_insns;
		sum_new += c.functions[i].new_insns;
	}
	assert_near(c.unattributed_new, 10, 0);
	assert_near(sum, metric_delta(&c.metrics[0]), 1e-9);
	assert_near(sum_old, c.metrics[0].old_one.value, 1e-9);
	assert_near(sum_new, c.metrics[0].new_one.value, 1e-9);
}

static void functions_are_matched_and_ordered(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;

	(void)state;
	fill(&o, &n);
	compare(&o, &n, &c);
	assert_int_equal(c.n_functions, 4);
	assert_string_equal(c.functions[0].name, "fresh");
	assert_near(c.functions[0].old_insns, 0, 0);
	assert_near(c.functions[0].new_insns, 70, 0);
	assert_near(c.functions[0].new_calls, 3, 0);
	assert_string_equal(c.functions[1].name, "gone");
	assert_near(c.functions[1].new_insns, 0, 0);
	assert_near(c.functions[1].old_calls, 1, 0);
	/* What changed nothing is there too, the larger first. */
	assert_string_equal(c.functions[2].name, "change");
	assert_string_equal(c.functions[3].name, "[user]");
	assert_near(find(&c, "change")->new_insns, 75, 0);
}

/* A function that ran during set-up only costs an iteration nothing, and is not listed. */
static void functions_of_the_setup_are_left_out(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;

	(void)state;
	fake_function(&o, "f", 0, 0, 1);
	fake_function(&o, "once", 0, 500, 0);
	fake_function(&n, "f", 0, 0, 1);
	fake_finish(&o);
	fake_finish(&n);
	compare(&o, &n, &c);
	assert_int_equal(c.n_functions, 1);
}

static void what_is_outside_stays_outside(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;

	(void)state;
	fake_function(&o, "f", 0, 0, 100);
	fake_function(&n, "f", 0, 0, 100);
	fake_slots(&o, 0, interrupts, 3);
	fake_slots(&n, 1, interrupts, 4);
	fake_slots(&n, 0, others, 5);
	fake_slots(&n, 0, rep_iterations, 4096);
	fake_slots(&n, 1, retries, 1);
	fake_finish(&o);
	fake_finish(&n);
	compare(&o, &n, &c);
	assert_near(metric_delta(&c.metrics[0]), 0, 0);
	assert_int_equal(c.verdict, VERDICT_EQUIVALENT);
	assert_near(c.outside[OUTSIDE_INTERRUPTS].old_insns, 3, 0);
	assert_near(c.outside[OUTSIDE_INTERRUPTS].new_insns, 4, 0);
	assert_near(c.outside[OUTSIDE_OTHERS].new_insns, 5, 0);
	assert_near(c.outside[OUTSIDE_REP].new_insns, 4096, 0);
	assert_near(c.outside[OUTSIDE_RETRIES].new_insns, 1, 0);
	assert_string_equal(outside_name(OUTSIDE_INTERRUPTS), "[interrupts]");
	assert_int_equal(c.clock_old, 0);
	assert_int_equal(c.clock_new, 0);
	assert_true(c.exact);
}

static void faults_are_an_outcome(void **state)
{
	_cleanup_run_ struct run o = { 0 }, n = { 0 };
	_cleanup_comparison_ struct comparison c;

	(void)state;
	fake_function(&o, "f", 0, 0, 100);
	fake_function(&n, "f", 0, 0, 100);
	fake_finish(&o);
	fake_finish(&n);
	o.phases[0].minor_faults = 30;
	o.phases[1].minor_faults = 50;
	n.phases[0].minor_faults = 10;
	n.phases[1].minor_faults = 110;
	n.phases[1].major_faults = 5;
	compare(&o, &n, &c);
	assert_near(c.faults_old, 4, 0);
	assert_near(c.faults_new, 21, 0);
	assert_int_equal(c.verdict, VERDICT_EQUIVALENT);
}

static void ratios_of_nothing(void **state)
{
	const struct metric none = { { .value = 0 }, { .value = 0 } };
	const struct metric fresh = { { .value = 0 }, { .value = 5 } };
	const struct metric gone = { { .value = 5 }, { .value = 0 } };

	(void)state;
	assert_near(metric_ratio(&none), 1, 0);
	assert_true(isinf(metric_ratio(&fresh)));
	assert_near(metric_ratio(&gone), 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setup_cancels),
		cmocka_unit_test(metrics_are_per_page_and_segment),
		cmocka_unit_test(metrics_are_fractional),
		cmocka_unit_test(functions_add_up),
		cmocka_unit_test(functions_are_matched_and_ordered),
		cmocka_unit_test(functions_of_the_setup_are_left_out),
		cmocka_unit_test(what_is_outside_stays_outside),
		cmocka_unit_test(faults_are_an_outcome),
		cmocka_unit_test(ratios_of_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
