// SPDX-License-Identifier: GPL-2.0-or-later
/* What is exact of a change although the rest varies, and what may be said of it. */
#include "judge/counts/comparison.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
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

/* Per page: "exact" and "both" are the same in both pairs; "varies" is off by @by in the second. */
struct planted {
	uint64_t exact, both, varies, by;
};

static void plant(struct run *r, struct planted p)
{
	const uint64_t more = p.by * FAKE_PAGES * FAKE_ITERATIONS;

	fake_function(r, "both", 0, 0, p.both);
	fake_function(r, "exact", 1, 0, p.exact);
	fake_function(r, "varies", 0, 0, p.varies);
	r->profile.functions[2].insns[3 * MARKER_SEGMENTS] += more;
	r->profile.slots[3 * MARKER_SEGMENTS].task += more;
	fake_finish(r);
}

static void compare(struct planted o, struct planted n, struct comparison *out)
{
	_cleanup_run_ struct run old_run = { 0 }, new_run = { 0 };
	struct err e = { 0 };

	plant(&old_run, o);
	plant(&new_run, n);
	if (compare_runs(scenarios.items[0], &old_run, &new_run, 1, .01, out, &e) < 0)
		fail_msg("%s", e.text);
	/* They borrow from the runs. */
	free(out->functions);
	out->functions = NULL;
	out->n_functions = 0;
}

static void the_rule(void **state)
{
	static const struct {
		struct planted old_side, new_side;
		enum verdict verdict;
		bool part;
		const char *reason; /* that has to be in it */
	} rows[] = {
		/* All exact: as without parts. */
		{ { 500, 100, 400, 0 },
		  { 520, 100, 400, 0 },
		  VERDICT_REGRESSION,
		  false,
		  "NEW executes 20.00 more instructions per page; the smallest" },
		{ { 500, 100, 400, 0 }, { 505, 100, 400, 0 }, VERDICT_TRIVIAL, false, "is real" },
		{ { 500, 100, 400, 0 }, { 500, 100, 400, 0 }, VERDICT_EQUIVALENT, false, "same" },
		/* The whole is seen beyond its floor: nothing is said of parts. */
		{ { 500, 100, 400, 1 },
		  { 520, 100, 400, 1 },
		  VERDICT_REGRESSION,
		  false,
		  "20.00 more instructions per page (near-exact)" },
		/* It is not; the exact part is. */
		{ { 500, 100, 400, 10 },
		  { 521, 100, 400, 10 },
		  VERDICT_REGRESSION,
		  true,
		  "in the functions that are exact NEW executes 21.00 more" },
		{ { 521, 100, 400, 10 },
		  { 500, 100, 400, 10 },
		  VERDICT_IMPROVEMENT,
		  true,
		  "in the functions that are exact NEW executes 21.00 fewer" },
		/* Below the threshold, and less one spread below it. */
		{ { 500, 100, 400, 10 },
		  { 509, 100, 400, 10 },
		  VERDICT_INCONCLUSIVE,
		  false,
		  "could have been seen" },
		{ { 500, 100, 400, 10 },
		  { 519, 100, 400, 10 },
		  VERDICT_INCONCLUSIVE,
		  false,
		  "could have been seen" },
		/* What varies takes it back, all or most, as where a function was split. */
		{ { 500, 100, 400, 10 },
		  { 550, 100, 350, 10 },
		  VERDICT_INCONCLUSIVE,
		  false,
		  "could have been seen" },
		{ { 500, 100, 400, 10 },
		  { 550, 100, 365, 10 },
		  VERDICT_INCONCLUSIVE,
		  false,
		  "could have been seen" },
		/* What varies changes alone. */
		{ { 500, 100, 400, 10 },
		  { 500, 100, 425, 10 },
		  VERDICT_INCONCLUSIVE,
		  false,
		  "could have been seen" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct comparison c;

		compare(rows[i].old_side, rows[i].new_side, &c);
		if (c.verdict != rows[i].verdict || !comparison_part(&c) == rows[i].part ||
		    !strstr(c.reason, rows[i].reason))
			fail_msg("%zu: %s, %s: %s", i, verdict_name(c.verdict),
				 comparison_part(&c) ? comparison_part(&c) : "the whole", c.reason);
	}
}

static void parts_add_up_to_the_change(void **state)
{
	struct comparison c;

	(void)state;
	compare((struct planted){ 500, 100, 400, 10 }, (struct planted){ 521, 100, 403, 16 }, &c);
	assert_true(c.parts.known && c.change.parted);
	assert_int_equal(c.parts.exact, 2);
	assert_int_equal(c.parts.varying, 1);
	assert_string_equal(c.parts.most, "varies");
	assert_true(fabs(c.change.part_delta - 21) < 1e-9);
	/* The second of three pairs is off by 10 and 16: 403 - 400, and (16 - 10) / 3. */
	assert_true(fabs(c.change.part_delta + c.change.rest_delta - c.change.delta) < 1e-9);
	assert_true(fabs(c.change.rest_delta - 5) < 1e-9);
	assert_true(c.change.rest_spread >= 16);
	/* One side alone that varies makes a function vary. */
	compare((struct planted){ 500, 100, 400, 0 }, (struct planted){ 521, 100, 400, 16 }, &c);
	assert_int_equal(c.parts.varying, 1);
	assert_true(fabs(c.change.part_delta - 21) < 1e-9);
}

static void all_that_is_exact_has_no_parts(void **state)
{
	struct comparison c;

	(void)state;
	compare((struct planted){ 500, 100, 400, 0 }, (struct planted){ 520, 100, 400, 0 }, &c);
	assert_true(c.parts.known && !c.change.parted);
	assert_int_equal(c.parts.exact, 3);
	assert_int_equal(c.parts.varying, 0);
}

/* The spread of what varies may be below that of the whole, whose start costs more once. */
static void the_rest_alone_may_tell_of_the_whole(void **state)
{
	const struct reading o = {
		.value = 1000, .spread = 20, .parted = true, .part = 600, .rest_spread = 2
	};
	struct reading n = o;
	struct reading_change c;

	(void)state;
	n.value = 1040;
	n.part = 640;
	c = reading_change(&o, &n, .01);
	assert_int_equal(c.is, READING_DIFFERS);
	assert_true(c.by_parts);
	n.rest_spread = 10.1;
	c = reading_change(&o, &n, .01);
	assert_int_equal(c.is, READING_PART_DIFFERS);
	n.parted = false;
	c = reading_change(&o, &n, .01);
	assert_int_equal(c.is, READING_CANNOT_TELL);
}

static void several_blocks_are_one_part(void **state)
{
	const struct reading a = {
		.value = 1000, .spread = 5, .parted = true, .part = 600, .rest_spread = 5
	};
	struct reading b = a, out;
	const struct reading *at[] = { &a, &b };

	(void)state;
	b.value = 1008;
	reading_combine(at, 2, &out);
	assert_true(out.parted && out.part == 600 && out.rest_spread == 8);
	b.parted = false;
	reading_combine(at, 2, &out);
	assert_false(out.parted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rule),
		cmocka_unit_test(parts_add_up_to_the_change),
		cmocka_unit_test(all_that_is_exact_has_no_parts),
		cmocka_unit_test(the_rest_alone_may_tell_of_the_whole),
		cmocka_unit_test(several_blocks_are_one_part),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
