// SPDX-License-Identifier: GPL-2.0-or-later
/* From a run to its readings: slopes, medians, and what makes a count exact. */
#include "lab/exact.h"
#include "reading/readings.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <errno.h>
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

/* "f" in both segments, "g" in the first; @change is made before or after the clock is set. */
static void read_counts(void (*change)(struct run *), bool after, unsigned cpus,
			struct readings *out)
{
	_cleanup_run_ struct run r = { 0 };
	struct reading_source source;
	struct err e = { 0 };

	fake_function(&r, "f", 0, 10, 100);
	fake_function(&r, "f", 1, 10, 50);
	fake_function(&r, "g", 0, 10, 7);
	if (change && !after)
		change(&r);
	fake_finish(&r);
	if (change && after)
		change(&r);
	source = reading_source_of(scenarios.items[0], &r, cpus);
	if (readings_of(&source, out, &e) < 0)
		fail_msg("%s", e.text);
}

static void a_count_is_a_slope(void **state)
{
	struct readings r;

	(void)state;
	read_counts(NULL, false, 1, &r);
	assert_int_equal(r.count, 3);
	assert_int_equal(r.clock_difference, 0);
	assert_string_equal(r.at[0].of.name, "iteration_insns_per_page");
	assert_string_equal(r.at[1].of.name, "one_insns_per_page");
	assert_string_equal(r.at[2].of.name, "two_insns_per_page");
	assert_true(r.at[0].value == 157 && r.at[1].value == 107 && r.at[2].value == 50);
	for (size_t i = 0; i < r.count; i++) {
		assert_int_equal(r.at[i].of.kind, READING_COUNTED);
		assert_string_equal(r.at[i].of.unit, "insns");
		assert_string_equal(r.at[i].of.item, "page");
		assert_true(r.at[i].exact && r.at[i].spread == 0 && r.at[i].unseen == 0);
		assert_string_equal(r.at[i].why_not, "");
	}
}

/* In segment "one" of the second pair. */
static void total_differs(struct run *r)
{
	r->profile.functions[0].insns[3 * MARKER_SEGMENTS] += 20;
	r->profile.slots[3 * MARKER_SEGMENTS].task += 20;
}

static void functions_differ(struct run *r)
{
	r->profile.functions[0].insns[3 * MARKER_SEGMENTS] += 1;
	r->profile.functions[1].insns[3 * MARKER_SEGMENTS] -= 1;
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
	r->phases[2].tsc_ticks -= 3;
}

static void exactness_belongs_to_what_is_summed(void **state)
{
	static const struct {
		void (*change)(struct run *);
		const char *why_not;
		unsigned cpus;
		bool after;
		bool exact[3]; /* of the iteration and of both segments */
	} rows[] = {
		{ NULL, "", 1, false, { true, true, true } },
		{ interrupts_differ, "", 1, false, { true, true, true } },
		{ total_differs, "in 1 function, most in f", 1, false, { false, false, true } },
		{ functions_differ, "in 2 functions, most in f", 1, false, { false, false, true } },
		{ unattributed_differs, "measurements differ", 1, false, { false, false, true } },
		{ clock_differs, "by 3 instructions", 1, true, { false, false, false } },
		{ NULL, "2 CPUs", 2, false, { false, false, false } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct readings r;

		read_counts(rows[i].change, rows[i].after, rows[i].cpus, &r);
		for (size_t k = 0; k < r.count; k++) {
			if (r.at[k].exact != rows[i].exact[k])
				fail_msg("row %zu, reading %zu: %s", i, k, r.at[k].why_not);
			assert_int_equal(!r.at[k].why_not[0], r.at[k].exact);
		}
		if (!strstr(r.at[0].why_not, rows[i].why_not))
			fail_msg("row %zu: %s", i, r.at[0].why_not);
	}
}

static void the_spread_is_the_distance_of_the_pairs(void **state)
{
	struct readings r;

	(void)state;
	read_counts(total_differs, false, 1, &r);
	/* 20 in 5 iterations of 4 pages, a third of it in the mean; 10 of setup make 20 / 20 more.
	 */
	assert_near(r.at[0].value, 157 + 1.0 / 3, 1e-12);
	assert_near(r.at[0].spread, 1.5, 1e-12);
	assert_true(r.at[2].spread == 0);
	read_counts(clock_differs, true, 1, &r);
	assert_int_equal(r.clock_difference, 3);
	assert_near(r.at[0].unseen, 3.0 / 20, 1e-12);
}

/* Only the third pair tells. */
static void third_differs(struct run *r)
{
	unsigned slot = marker_phase(2, 1) * MARKER_SEGMENTS;

	r->profile.functions[0].insns[slot] += 20;
	r->profile.slots[slot].task += 20;
}

/* As runs were kept before there was a third pair. */
static void has_two_pairs(struct run *r)
{
	for (unsigned twice = 0; twice < 2; twice++) {
		unsigned phase = marker_phase(2, twice);

		r->phases[phase] = (struct report_phase){ 0 };
		for (unsigned s = 0; s < FAKE_SEGMENTS; s++) {
			unsigned slot = phase * MARKER_SEGMENTS + s;

			r->profile.slots[slot] = (struct profile_slot){ 0 };
			for (size_t i = 0; i < r->profile.count; i++)
				r->profile.functions[i].insns[slot] = 0;
		}
	}
}

static void all_pairs_have_to_agree(void **state)
{
	struct readings r;

	(void)state;
	read_counts(third_differs, false, 1, &r);
	assert_false(r.at[0].exact);
	assert_near(r.at[0].spread, 1.5, 1e-12);
	assert_true(r.at[2].exact);
	read_counts(has_two_pairs, true, 1, &r);
	assert_true(r.at[0].exact && r.at[0].value == 157 && r.at[0].spread == 0);
}

static void phases_keep_their_numbers(void **state)
{
	static const unsigned numbers[MARKER_PAIRS][2] = { { 0, 1 }, { 2, 3 }, { 5, 6 } };

	(void)state;
	assert_int_equal(MARKER_PHASE_EMPTY, 4);
	for (unsigned pair = 0; pair < MARKER_PAIRS; pair++) {
		for (unsigned twice = 0; twice < 2; twice++) {
			unsigned phase = marker_phase(pair, twice);

			assert_int_equal(phase, numbers[pair][twice]);
			assert_int_equal(marker_pair(phase), pair);
			assert_int_equal(marker_twice(phase), twice);
		}
	}
}

/* The total is the same, and one function has what another had. */
static void g_is_h(struct run *r)
{
	r->profile.functions[1].name[0] = 'h';
}

static void blocks_agree_in_functions_too(void **state)
{
	struct readings a, b;
	const struct reading *at[3] = { &a.at[0], &a.at[0], &b.at[0] };
	struct reading all;

	(void)state;
	read_counts(NULL, false, 1, &a);
	read_counts(NULL, false, 1, &b);
	reading_combine(at, 3, &all);
	assert_true(all.exact && all.value == 157 && all.spread == 0 && !all.why_not[0]);
	read_counts(g_is_h, false, 1, &b);
	assert_true(b.at[0].exact);
	reading_combine(at, 3, &all);
	assert_false(all.exact);
	assert_true(all.value == 157 && all.spread == 0);
	assert_non_null(strstr(all.why_not, "functions differ between its blocks"));
	read_counts(total_differs, false, 1, &b);
	reading_combine(at, 3, &all);
	assert_false(all.exact);
	assert_near(all.value, 157 + 1.0 / 9, 1e-12);
	assert_near(all.spread, 1.5, 1e-12); /* of one run, more than the range */
	assert_non_null(strstr(all.why_not, "most in f"));
}

static struct reading reading(double value, double spread, double unseen)
{
	return (struct reading){ .value = value,
				 .spread = spread,
				 .unseen = unseen,
				 .exact = spread == 0 && unseen == 0 };
}

static void one_rule_says_what_differs(void **state)
{
	static const struct {
		double old_one, new_one, spread, unseen, threshold;
		enum reading_difference is;
	} rows[] = {
		{ 1000, 1000, 0, 0, .01, READING_SAME },
		{ 1000, 1010, 0, 0, .01, READING_DIFFERS },
		{ 1000, 990, 0, 0, .01, READING_DIFFERS },
		{ 1000, 1009, 0, 0, .01, READING_SMALL },
		{ 1000, 1029, 10, 0, .01, READING_CANNOT_TELL },
		{ 1000, 1030, 10, 0, .01, READING_DIFFERS },
		{ 1000, 1030, 10, .5, .01, READING_CANNOT_TELL }, /* unseen on both sides */
		{ 1000, 1031, 10, .5, .01, READING_DIFFERS },
		{ 1000, 1002, 1, 0, .01, READING_BELOW_NOISE },
		{ 1000, 1003, 1, 0, .01, READING_SMALL },
		{ 1000, 1001, 4, 0, .01, READING_CANNOT_TELL },
		{ 1000, 1000, 4, 0, .01, READING_CANNOT_TELL },
		{ 1000, 1000, 1, 0, .01, READING_SAME },
		{ 0, 0, 0, 0, .01, READING_SAME },
		{ 0, 1, 0, 0, .01, READING_DIFFERS },
		{ 0, 0, 1, 0, .01, READING_CANNOT_TELL },
		{ 1000, 1000, 0, 0, 0, READING_SAME },
		{ 1000, 1001, 0, 0, 0, READING_DIFFERS },
		{ 1000, 2000, NAN, 0, .01, READING_CANNOT_TELL },
		{ 1000, 1000, NAN, 0, .01, READING_CANNOT_TELL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reading a = reading(rows[i].old_one, rows[i].spread, rows[i].unseen);
		struct reading b = reading(rows[i].new_one, rows[i].spread, rows[i].unseen);
		struct reading_change c = reading_change(&a, &b, rows[i].threshold);

		if (c.is != rows[i].is)
			fail_msg("row %zu: %d", i, (int)c.is);
	}
}

static void several_runs_tell_what_one_does_not(void **state)
{
	struct reading a = reading(100, NAN, 0), b = reading(102, NAN, 0), all;
	const struct reading *at[2] = { &a, &b };

	(void)state;
	reading_combine(at, 1, &all);
	assert_true(isnan(all.spread) && !all.exact);
	reading_combine(at, 2, &all);
	assert_true(all.spread == 2 && all.value == 101 && !all.exact);
}

static void numbers_keep_what_counts(void **state)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = { { 368.102, "368.10" },	{ 3.01315, "3.01" },  { 0, "0.00" },
		     { 0.5, "0.500" },		{ 0.0288, "0.0288" }, { -0.002136, "-0.00214" },
		     { 12345.678, "12345.68" }, { 1e-14, "1e-14" },   { 0.999, "0.999" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[READING_NUMBER_BYTES];

		assert_string_equal(reading_number(rows[i].value, text), rows[i].text);
	}
}

static struct readings read_times(uint64_t *one, uint64_t *two, uint32_t rounds, uint64_t step_ns,
				  int expected)
{
	struct run run = { .timing = { .clock = { .step_ns = step_ns },
				       .timed = { .rounds = rounds },
				       .spans_ns = { one, two } } };
	struct reading_source s = reading_source_of(scenarios.items[0], &run, 1);
	struct readings r;
	struct err e = { 0 };

	s.counted = false;
	assert_int_equal(readings_of(&s, &r, &e), expected);
	return r;
}

static void times_are_medians_of_rounds(void **state)
{
	uint64_t one[] = { 900000, 100000, 300000, 200000 };
	uint64_t two[] = { 100000, 950000, 300000, 400000 };
	struct readings r = read_times(one, two, 4, 50, 0);

	(void)state;
	assert_int_equal(r.count, 3);
	/* Sums of rounds: 1000000, 1050000, 600000, 600000; not the sum of the medians. */
	assert_string_equal(r.at[0].of.name, "iteration_ns_per_page");
	assert_true(r.at[0].value == 800000.0 / FAKE_PAGES);
	assert_string_equal(r.at[1].of.name, "one_ns_per_page");
	assert_true(r.at[1].value == 250000.0 / FAKE_PAGES);
	assert_true(r.at[2].value == 350000.0 / FAKE_PAGES);
	for (size_t i = 0; i < r.count; i++)
		assert_true(!r.at[i].exact && isnan(r.at[i].spread));
	/* What was measured stays in its order. */
	assert_int_equal(one[0], 900000);
	r = read_times(one, two, 3, 50, 0);
	assert_true(r.at[1].value == 300000.0 / FAKE_PAGES);
}

static void a_span_needs_a_thousand_steps(void **state)
{
	uint64_t one[] = { 4000250 }, two[] = { 999 };
	struct readings r = read_times(one, two, 1, 1, 0);

	(void)state;
	assert_true(isfinite(r.at[1].value) && isnan(r.at[2].value));
	assert_non_null(strstr(r.at[2].why_not, "under 1000 steps"));
	two[0] = 1000;
	r = read_times(one, two, 1, 1, 0);
	assert_true(isfinite(r.at[2].value));
	/* The clock of the published data: a tick of 4 ms. */
	r = read_times(one, two, 1, 4000250, 0);
	for (size_t i = 0; i < r.count; i++)
		assert_non_null(strstr(r.at[i].why_not, "4000250 ns"));
}

static void what_is_missing_is_an_error(void **state)
{
	uint64_t one[] = { 1 };

	(void)state;
	read_times(one, NULL, 1, 1, -EIO);
	read_times(one, one, 0, 1, -EIO);
	read_times(one, one, PLAN_MAX_ROUNDS + 1, 1, -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_count_is_a_slope),
		cmocka_unit_test(exactness_belongs_to_what_is_summed),
		cmocka_unit_test(the_spread_is_the_distance_of_the_pairs),
		cmocka_unit_test(all_pairs_have_to_agree),
		cmocka_unit_test(phases_keep_their_numbers),
		cmocka_unit_test(blocks_agree_in_functions_too),
		cmocka_unit_test(one_rule_says_what_differs),
		cmocka_unit_test(several_runs_tell_what_one_does_not),
		cmocka_unit_test(numbers_keep_what_counts),
		cmocka_unit_test(times_are_medians_of_rounds),
		cmocka_unit_test(a_span_needs_a_thousand_steps),
		cmocka_unit_test(what_is_missing_is_an_error),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
