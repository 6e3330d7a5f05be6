// SPDX-License-Identifier: GPL-2.0-or-later
/* Which segments are estimated, and why the others are not. */
#include "tests/unit/unit.h"

#include "judge/why/cycles.h"
#include "proto/plan_files.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

#define PAGES 100u

/* "work" and "other", an operation each, by default one that clears nothing. */
static struct scenario scenario;
static struct estimate estimate;

static void make(void)
{
	scenario = (struct scenario){ .item = ITEM_PAGE, .n_segments = 2, .n_ops = 3 };
	scenario.n_prepare = 1;
	scenario.n_maps = 1;
	scenario.maps[0].bytes = PAGES * 4096;
	for (unsigned i = 0; i < 3; i++)
		scenario.ops[i] = (struct plan_op){ .code = PLAN_OP_MPROTECT };
	estimate = (struct estimate){ .n_variants = 1 };
	for (unsigned i = 0; i < 2; i++) {
		snprintf(scenario.segments[i].name, sizeof(scenario.segments[i].name), "%s",
			 i ? "other" : "work");
		scenario.segments[i].n_ops = 1;
		estimate.segments[i] = (struct segment_estimate){
			.there = true,
			.counts = { .insns = 10000, .user_accesses = PAGES },
			.cycles = { 5000 },
		};
	}
}

static struct cycles_segment segment(unsigned i)
{
	const struct estimate *const estimates[2] = { &estimate, &estimate };
	const struct symbols *const symbols[2] = { NULL, NULL };
	struct cycles_segment out;
	struct err e = { 0 };
	struct cycles c;

	assert_int_equal(cycles_compare(&scenario, estimates, symbols, &c, &e), 0);
	out = c.segments[i];
	cycles_free(&c);
	return out;
}

static void equal_sides_are_estimated(void **state)
{
	(void)state;
	make();
	for (unsigned i = 0; i < 2; i++) {
		assert_string_equal(segment(i).refused, "");
		assert_true(segment(i).ratio.low == 1 && segment(i).ratio.high == 1);
	}
}

/* Wherever in an iteration bits are cleared, and not before the first one. */
static void bits_that_were_cleared(void **state)
{
	static const struct plan_op ops[] = {
		{ .code = PLAN_OP_MADVISE, .arg = MADV_PAGEOUT },
		{ .code = PLAN_OP_WRITE_FILE, .arg = PLAN_FILE_CLEAR_REFS },
		{ .code = PLAN_OP_CGROUP_HIGH, .arg = 1 << 20 },
		{ .code = PLAN_OP_MSYNC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		make();
		scenario.ops[0] = ops[i];
		assert_string_equal(segment(0).refused, "");
		scenario.ops[2] = ops[i];
		assert_non_null(strstr(segment(0).refused, "bits were cleared before"));
		estimate.segments[0].counts.user_accesses = 0;
		assert_string_equal(segment(0).refused, "");
	}
	make();
	scenario.ops[2] = (struct plan_op){ .code = PLAN_OP_CGROUP_HIGH };
	assert_string_equal(segment(0).refused, "");
	scenario.ops[2] =
		(struct plan_op){ .code = PLAN_OP_WRITE_FILE, .arg = PLAN_FILE_COMPACT_MEMORY };
	assert_string_equal(segment(0).refused, "");
}

static void what_clears_them_itself(void **state)
{
	static const struct plan_op ops[] = {
		{ .code = PLAN_OP_MADVISE, .arg = MADV_COLD },
		{ .code = PLAN_OP_PROCESS_MADVISE, .arg = MADV_COLD },
		{ .code = PLAN_OP_WRITE_FILE, .arg = PLAN_FILE_CLEAR_REFS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		make();
		scenario.ops[1] = ops[i];
		estimate.segments[0].counts.user_accesses = 0;
		estimate.segments[1].counts.user_accesses = 0;
		assert_string_equal(segment(0).refused, "it clears accessed bits, of which the "
							"model was seen to be wrong by a factor "
							"of four");
		assert_string_equal(segment(1).refused, "");
		/* Around the window it is not what is estimated. */
		scenario.segments[0].n_ops = 0;
		scenario.segments[0].n_before = 1;
		assert_string_equal(segment(0).refused, "");
	}
}

static void what_was_not_traced_has_no_count(void **state)
{
	(void)state;
	make();
	assert_near(segment(0).insns[0], 100, 1e-9);
	estimate.segments[0] = (struct segment_estimate){ 0 };
	assert_true(isnan(segment(0).insns[0]) && isnan(segment(0).insns[1]));
	assert_non_null(strstr(segment(0).refused, "too long to be traced"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_sides_are_estimated),
		cmocka_unit_test(bits_that_were_cleared),
		cmocka_unit_test(what_clears_them_itself),
		cmocka_unit_test(what_was_not_traced_has_no_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
