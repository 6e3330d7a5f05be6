// SPDX-License-Identifier: GPL-2.0-or-later
/* The exact search over series whose levels are known. */
#include "tests/unit/unit.h"

#include "bisect/exact_search.h"

#include <errno.h>
#include <string.h>

static void told(struct exact_search *s, size_t item, double value, double spread)
{
	const struct reading r = { .value = value, .spread = spread, .exact = spread == 0 };

	exact_search_measured(s, item, &r);
}

#define MAX 64
#define BROKEN (-1.0)

/* Drives a search over @levels, @width items at once; returns how many were asked for. */
static size_t drive(struct exact_search *s, const double *levels, size_t n, size_t width)
{
	size_t wanted[MAX], asked = 0, k;
	struct err e = { 0 };

	assert_int_equal(exact_search_init(s, n, 0.01, &e), 0);
	while ((k = exact_search_next(s, wanted, width))) {
		assert_true(k <= width);
		for (size_t i = 0; i < k; i++) {
			assert_true(wanted[i] < n);
			assert_int_equal(s->items[wanted[i]].state, ITEM_UNTESTED);
			if (levels[wanted[i]] == BROKEN)
				exact_search_skipped(s, wanted[i]);
			else
				told(s, wanted[i], levels[wanted[i]], 0);
		}
		asked += k;
		assert_true(asked <= n);
	}
	return asked;
}

static void expect(const struct exact_search *s, const size_t (*steps)[2], size_t n)
{
	struct search_step found[MAX];

	assert_int_equal(exact_search_steps(s, found), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(found[i].last_good, steps[i][0]);
		assert_int_equal(found[i].first_bad, steps[i][1]);
	}
}

static void one_step(void **state)
{
	double levels[16];
	struct exact_search s;

	(void)state;
	for (size_t at = 1; at < 16; at++) {
		const size_t steps[][2] = { { at - 1, at } };

		for (size_t i = 0; i < 16; i++)
			levels[i] = i < at ? 100 : 220;
		assert_true(drive(&s, levels, 16, 1) <= 6);
		expect(&s, steps, 1);
		assert_near(exact_search_rest(&s), 0, 1e-9);
		exact_search_free(&s);
		assert_true(drive(&s, levels, 16, 2) <= 8);
		expect(&s, steps, 1);
		exact_search_free(&s);
	}
}

static void several_up_and_down(void **state)
{
	const double levels[] = { 100, 100, 100, 150, 150, 150, 120, 120, 300, 300, 300 };
	const size_t steps[][2] = { { 2, 3 }, { 5, 6 }, { 7, 8 } };
	struct exact_search s;

	(void)state;
	drive(&s, levels, 11, 2);
	expect(&s, steps, 3);
	exact_search_free(&s);
}

static void skipped_stay_between(void **state)
{
	const double levels[] = { 100, 100, BROKEN, BROKEN, 150, 150, 150, BROKEN };
	const size_t steps[][2] = { { 1, 4 } };
	struct exact_search s;
	size_t first, last;

	(void)state;
	drive(&s, levels, 8, 2);
	expect(&s, steps, 1);
	assert_true(exact_search_ends(&s, &first, &last));
	assert_int_equal(first, 0);
	assert_int_equal(last, 6);
	exact_search_free(&s);
}

static void nothing_measurable(void **state)
{
	const double levels[] = { BROKEN, BROKEN, 100, BROKEN };
	struct exact_search s;
	size_t first, last;

	(void)state;
	assert_int_equal(drive(&s, levels, 4, 2), 4);
	expect(&s, NULL, 0);
	assert_false(exact_search_ends(&s, &first, &last));
	assert_near(exact_search_rest(&s), 0, 0);
	exact_search_free(&s);
}

static void no_difference_costs_two(void **state)
{
	double levels[32];
	struct exact_search s;

	(void)state;
	for (size_t i = 0; i < 32; i++)
		levels[i] = 100 + 0.02 * (double)i; /* 0.6 % in all */
	assert_int_equal(drive(&s, levels, 32, 1), 2);
	expect(&s, NULL, 0);
	assert_near(exact_search_rest(&s), 0.62, 1e-9);
	exact_search_free(&s);
}

static void creeping(void **state)
{
	double levels[16];
	struct exact_search s;

	(void)state;
	for (size_t i = 0; i < 16; i++)
		levels[i] = 100 + 0.5 * (double)i;
	drive(&s, levels, 16, 1);
	expect(&s, NULL, 0);
	assert_near(exact_search_rest(&s), 7.5, 1e-9);
	exact_search_free(&s);
}

static void same_images_are_not_measured(void **state)
{
	size_t wanted[2], asked = 0;
	struct exact_search s;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(exact_search_init(&s, 9, 0.01, &e), 0);
	/* 0 to 4 are one image, and 6 to 8. */
	for (size_t i = 1; i < 5; i++)
		exact_search_same(&s, i, i - 1);
	exact_search_same(&s, 7, 6);
	exact_search_same(&s, 8, 7);
	exact_search_same(&s, 6, 8); /* not an item that precedes it */
	while (exact_search_next(&s, wanted, 1)) {
		asked++;
		told(&s, wanted[0], wanted[0] < 6 ? 100 : 200, 0);
	}
	assert_int_equal(asked, 3);
	expect(&s, (const size_t[][2]){ { 5, 6 } }, 1);
	exact_search_free(&s);
}

static void spread_hides_a_step(void **state)
{
	struct exact_search s;
	struct err e = { 0 };
	size_t wanted[2];

	(void)state;
	assert_int_equal(exact_search_init(&s, 5, 0.01, &e), 0);
	told(&s, 0, 100, 4);
	told(&s, 4, 111, 1);
	assert_false(exact_search_differ(&s, 0, 4));
	assert_int_equal(exact_search_next(&s, wanted, 2), 0);
	told(&s, 4, 112, 1);
	assert_true(exact_search_differ(&s, 0, 4));
	assert_int_equal(exact_search_next(&s, wanted, 2), 2);
	exact_search_free(&s);
}

static void all_are_asked_for(void **state)
{
	struct exact_search s;
	struct err e = { 0 };
	size_t wanted[2], asked = 0;

	(void)state;
	assert_int_equal(exact_search_init(&s, 12, 0.01, &e), 0);
	s.all = true;
	for (size_t k; (k = exact_search_next(&s, wanted, 2)); asked += k) {
		for (size_t i = 0; i < k; i++)
			told(&s, wanted[i], wanted[i] == 5 ? 300 : 100, 0);
	}
	assert_int_equal(asked, 12);
	expect(&s, (const size_t[][2]){ { 4, 5 }, { 5, 6 } }, 2);
	exact_search_free(&s);
}

/* Items from 2 on differ from those before by a part, whatever their values say. */
static bool by_part(const void *arg, size_t older, size_t newer)
{
	(void)arg;
	return older < 2 && newer >= 2;
}

static void a_part_decides_what_the_whole_hides(void **state)
{
	const size_t steps[][2] = { { 1, 2 } };
	struct exact_search s;
	struct err e = { 0 };
	size_t wanted[1];

	(void)state;
	assert_int_equal(exact_search_init(&s, 5, 0.01, &e), 0);
	told(&s, 0, 100, 10);
	told(&s, 4, 101, 10);
	/* Neither told apart nor alike: that is no end without a word. */
	assert_int_equal(exact_search_next(&s, wanted, 1), 0);
	assert_int_equal(exact_search_undecided(&s), 1);
	s.in_part = by_part;
	assert_int_equal(exact_search_undecided(&s), 0);
	while (exact_search_next(&s, wanted, 1))
		told(&s, wanted[0], 100, 10);
	expect(&s, steps, 1);
	/* What lies on its two sides still cannot be told. */
	assert_true(exact_search_undecided(&s) >= 2);
	exact_search_free(&s);
}

static void what_is_alike_is_decided(void **state)
{
	const double levels[] = { 100, 100, 100, 150, 150 };
	struct exact_search s;

	(void)state;
	drive(&s, levels, 5, 1);
	assert_int_equal(exact_search_undecided(&s), 0);
	exact_search_free(&s);
}

static void too_few(void **state)
{
	struct exact_search s;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(exact_search_init(&s, 1, 0.01, &e), -EINVAL);
	exact_search_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_step),
		cmocka_unit_test(several_up_and_down),
		cmocka_unit_test(skipped_stay_between),
		cmocka_unit_test(nothing_measurable),
		cmocka_unit_test(no_difference_costs_two),
		cmocka_unit_test(creeping),
		cmocka_unit_test(same_images_are_not_measured),
		cmocka_unit_test(spread_hides_a_step),
		cmocka_unit_test(all_are_asked_for),
		cmocka_unit_test(a_part_decides_what_the_whole_hides),
		cmocka_unit_test(what_is_alike_is_decided),
		cmocka_unit_test(too_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
