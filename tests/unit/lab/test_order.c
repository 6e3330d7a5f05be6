// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of kernels in blocks: what each kind promises, and that it stays as it is. */
#include "base/cleanup.h"
#include "lab/plan/order.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static uint8_t *make(enum order_kind kind, unsigned arms, unsigned blocks, uint64_t seed,
		     unsigned cpus, const char *scenario)
{
	const struct order_request q = { kind, seed, cpus, scenario, arms, blocks };
	uint8_t *order = NULL;
	struct err e = { 0 };

	if (order_make(&q, &order, &e) < 0)
		fail_msg("%s", e.text);
	return order;
}

static void assert_permutations(const uint8_t *order, unsigned arms, unsigned blocks)
{
	for (unsigned b = 0; b < blocks; b++) {
		unsigned seen = 0;

		for (unsigned p = 0; p < arms; p++) {
			assert_true(order[b * arms + p] < arms);
			seen |= 1u << order[b * arms + p];
		}
		assert_int_equal(seen, (1u << arms) - 1);
	}
}

static void every_block_has_every_arm(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < ORDER_KINDS; kind++) {
		for (unsigned arms = 1; arms <= ORDER_ARMS_MAX; arms++) {
			_cleanup_free_ uint8_t *order = make(kind, arms, 40, 7, 1, "mm/x");

			assert_permutations(order, arms, 40);
		}
	}
}

/* After every block, not only at the end: an experiment may stop at a look. */
static void assert_balanced_all_along(const uint8_t *order, unsigned arms, unsigned blocks)
{
	struct order_effect f = { .arms = arms };

	for (unsigned b = 0; b < blocks; b++) {
		unsigned least, most;

		for (unsigned p = 0; p < arms; p++)
			order_effect_add(&f, order[b * arms + p], p);
		order_effect_range(&f, &least, &most);
		assert_int_equal(least, (b + 1) / arms);
		assert_int_equal(most, (b + arms) / arms);
		assert_true(order_effect_balanced(&f));
	}
}

static void balanced_is_balanced(void **state)
{
	(void)state;
	for (unsigned arms = 2; arms <= 5; arms++) {
		for (unsigned blocks = 1; blocks <= 40; blocks++) {
			for (uint64_t seed = 0; seed < 25; seed++) {
				_cleanup_free_ uint8_t *order =
					make(ORDER_BALANCED, arms, blocks, seed * seed, 2, "mm/x");

				assert_permutations(order, arms, blocks);
				assert_balanced_all_along(order, arms, blocks);
			}
		}
	}
}

static void round_robin_goes_round(void **state)
{
	_cleanup_free_ uint8_t *order = make(ORDER_ROUND_ROBIN, 3, 7, 5, 1, "mm/x");

	(void)state;
	for (unsigned b = 0; b < 7; b++) {
		for (unsigned p = 0; p < 3; p++)
			assert_int_equal(order[b * 3 + p], (order[0] + b + p) % 3);
	}
	assert_balanced_all_along(order, 3, 7);
}

/* Results that were published stay repeatable: change no digit here. */
static void orders_are_for_ever(void **state)
{
	static const struct {
		enum order_kind kind;
		const char *order;
	} rows[] = {
		{ ORDER_BALANCED, "210 102 021 012 201 120 102 210" },
		{ ORDER_RANDOM, "021 102 120 210 120 012 021 201" },
		{ ORDER_ROUND_ROBIN, "120 201 012 120 201 012 120 201" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ uint8_t *order =
			make(rows[i].kind, 3, 8, 20260513, 2, "mprotect/shared-dirty-toggle");
		char text[8 * 4 + 1] = "";

		for (unsigned k = 0; k < 24; k++) {
			text[strlen(text)] = "012"[order[k]];
			if (k % 3 == 2 && k < 23)
				text[strlen(text)] = ' ';
		}
		assert_string_equal(text, rows[i].order);
	}
}

static void the_same_request_gives_the_same_order(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < ORDER_KINDS; kind++) {
		_cleanup_free_ uint8_t *a = make(kind, 4, 40, 11, 2, "mm/x");
		_cleanup_free_ uint8_t *b = make(kind, 4, 40, 11, 2, "mm/x");

		assert_memory_equal(a, b, 4 * 40);
	}
}

/* More blocks leave the first ones as they were. */
static void a_longer_order_begins_like_a_shorter_one(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < ORDER_KINDS; kind++) {
		_cleanup_free_ uint8_t *a = make(kind, 3, 10, 11, 2, "mm/x");
		_cleanup_free_ uint8_t *b = make(kind, 3, 40, 11, 2, "mm/x");

		assert_memory_equal(a, b, 3 * 10);
	}
}

static void orders_differ(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind <= ORDER_RANDOM; kind++) {
		_cleanup_free_ uint8_t *a = make(kind, 2, 40, 1, 1, "mm/x");
		_cleanup_free_ uint8_t *seed = make(kind, 2, 40, 2, 1, "mm/x");
		_cleanup_free_ uint8_t *cpus = make(kind, 2, 40, 1, 2, "mm/x");
		_cleanup_free_ uint8_t *scenario = make(kind, 2, 40, 1, 1, "mm/y");

		assert_memory_not_equal(a, seed, 80);
		assert_memory_not_equal(a, cpus, 80);
		assert_memory_not_equal(a, scenario, 80);
		assert_memory_not_equal(cpus, scenario, 80);
	}
}

/* Which of the arms! permutations a block is. */
static unsigned rank(const uint8_t *block, unsigned arms)
{
	unsigned r = 0;

	for (unsigned i = 0; i < arms; i++) {
		unsigned smaller = 0;

		for (unsigned k = i + 1; k < arms; k++)
			smaller += block[k] < block[i];
		r = r * (arms - i) + smaller;
	}
	return r;
}

static double chi_square(const unsigned *counts, unsigned cells, double total)
{
	double sum = 0, expected = total / cells;

	for (unsigned i = 0; i < cells; i++)
		sum += (counts[i] - expected) * (counts[i] - expected) / expected;
	return sum;
}

/* Limits are the .001 quantiles. The seeds are fixed: this fails always or never. */
static void shuffles_are_uniform(void **state)
{
	static const struct {
		enum order_kind kind;
		unsigned arms, block, cells;
		double limit;
	} rows[] = {
		{ ORDER_RANDOM, 2, 0, 2, 10.83 },      { ORDER_RANDOM, 3, 0, 6, 20.52 },
		{ ORDER_RANDOM, 3, 7, 6, 20.52 },      { ORDER_RANDOM, 4, 1, 24, 49.73 },
		{ ORDER_BALANCED, 2, 0, 2, 10.83 },    { ORDER_BALANCED, 3, 1, 6, 20.52 },
		{ ORDER_BALANCED, 4, 0, 24, 49.73 },   { ORDER_BALANCED, 4, 6, 24, 49.73 },
		{ ORDER_ROUND_ROBIN, 2, 0, 2, 10.83 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned counts[24] = { 0 };
		double chi;

		for (uint64_t seed = 0; seed < 10000; seed++) {
			_cleanup_free_ uint8_t *order =
				make(rows[i].kind, rows[i].arms, 8, seed, 1, "mm/x");

			counts[rank(order + (size_t)rows[i].block * rows[i].arms, rows[i].arms)]++;
		}
		chi = chi_square(counts, rows[i].cells, 10000);
		if (chi > rows[i].limit)
			fail_msg("row %zu: chi-square %.2f, more than %.2f", i, chi, rows[i].limit);
	}
}

/* A block tells nothing of the next, a CPU count nothing of another. */
static void shuffles_are_independent(void **state)
{
	unsigned blocks[4] = { 0 }, cpus[4] = { 0 };

	(void)state;
	for (uint64_t seed = 0; seed < 10000; seed++) {
		_cleanup_free_ uint8_t *one = make(ORDER_RANDOM, 2, 2, seed, 1, "mm/x");
		_cleanup_free_ uint8_t *two = make(ORDER_RANDOM, 2, 2, seed, 2, "mm/x");

		blocks[one[0] * 2 + one[2]]++;
		cpus[one[0] * 2 + two[0]]++;
	}
	assert_true(chi_square(blocks, 4, 10000) < 16.27);
	assert_true(chi_square(cpus, 4, 10000) < 16.27);
}

static void effects_are_told(void **state)
{
	struct order_effect f = { .arms = 2 };
	unsigned least, most;

	(void)state;
	assert_true(order_effect_balanced(&f));
	order_effect_add(&f, 0, 0);
	order_effect_add(&f, 1, 1);
	assert_true(order_effect_balanced(&f));
	/* The same order again, as the published data has it nine times. */
	order_effect_add(&f, 0, 0);
	assert_false(order_effect_balanced(&f));
	order_effect_range(&f, &least, &most);
	assert_int_equal(least, 0);
	assert_int_equal(most, 2);
	assert_int_equal(f.counts[0][0], 2);
	/* What no block has is not counted. */
	order_effect_add(&f, 2, 0);
	order_effect_add(&f, 0, 2);
	order_effect_range(&f, &least, &most);
	assert_int_equal(most, 2);
}

static void impossible_requests_are_errors(void **state)
{
	uint8_t *order = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
		order_make(&(struct order_request){ .scenario = "", .blocks = 1 }, &order, &e),
		-EINVAL);
	assert_int_equal(
		order_make(&(struct order_request){ .scenario = "", .arms = 2 }, &order, &e),
		-EINVAL);
	assert_int_equal(order_make(&(struct order_request){ .scenario = "",
							     .arms = ORDER_ARMS_MAX + 1,
							     .blocks = 1 },
				    &order, &e),
			 -EINVAL);
	assert_null(order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_block_has_every_arm),
		cmocka_unit_test(balanced_is_balanced),
		cmocka_unit_test(round_robin_goes_round),
		cmocka_unit_test(orders_are_for_ever),
		cmocka_unit_test(the_same_request_gives_the_same_order),
		cmocka_unit_test(a_longer_order_begins_like_a_shorter_one),
		cmocka_unit_test(orders_differ),
		cmocka_unit_test(shuffles_are_uniform),
		cmocka_unit_test(shuffles_are_independent),
		cmocka_unit_test(effects_are_told),
		cmocka_unit_test(impossible_requests_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
