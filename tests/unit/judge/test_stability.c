// SPDX-License-Identifier: GPL-2.0-or-later
/* The tests behind `unstable`, against values known otherwise, and what they make of a table. */
#include "tests/unit/unit.h"

#include "judge/times/ranks.h"
#include "judge/judgement/judgement.h"
#include "judge/times/modes.h"
#include "tests/unit/fake_rows.h"

#include <math.h>
#include <string.h>

static const char *const two[] = { "old", "new" };

static void rank_sums(void **state)
{
	double a[] = { 1, 2, 3, 4, 5 }, b[] = { 6, 7, 8, 9, 10 };
	double c[] = { 1, 2, 3, 4, 7 }, d[] = { 5, 6, 8, 9, 10 };
	double few[] = { 1 }, ties[] = { 1, 1, 1, 2, 2 }, more[] = { 1, 2, 2, 2, 3 };

	(void)state;
	assert_near(rank_sum_p(a, 5, b, 5), 2.0 / 252, 1e-12);
	assert_near(rank_sum_p(b, 5, a, 5), 2.0 / 252, 1e-12);
	/* U = 2: four of 252 orders have at most that (0, 1 and twice 2). */
	assert_near(rank_sum_p(c, 5, d, 5), 8.0 / 252, 1e-12);
	assert_near(rank_sum_p(few, 0, b, 5), 1, 0);
	assert_near(rank_sum_p(few, 1, few, 1), 1, 0);
	/* U = 6.5; ties of 4, 5 and 1: variance 25/12 (11 - (60 + 120) / 90) = 18.75 */
	assert_near(rank_sum_p(ties, 5, more, 5), erfc((12.5 - 6.5 - 0.5) / sqrt(2 * 18.75)),
		    1e-12);
}

static void trends(void **state)
{
	double up[10], wave[12], flat[10] = { 0 };
	struct trend t;

	(void)state;
	for (int i = 0; i < 10; i++)
		up[i] = i;
	for (int i = 0; i < 12; i++)
		wave[i] = i % 2;
	assert_int_equal(trend_find(up, 10, &t), 0);
	/* S = 45, variance 10 * 9 * 25 / 18 = 125. */
	assert_near(t.p, erfc(44 / sqrt(250)), 1e-12);
	assert_near(t.size, 7, 1e-12);
	up[0] = 20;
	assert_int_equal(trend_find(up, 10, &t), 0);
	assert_near(t.p, erfc((45 - 18 - 1) / sqrt(250)), 1e-12);
	assert_int_equal(trend_find(wave, 12, &t), 0);
	assert_true(t.p > 0.1);
	assert_int_equal(trend_find(flat, 10, &t), 0);
	assert_near(t.p, 1, 0);
	assert_int_equal(trend_find(up, 5, &t), 0);
	assert_near(t.p, 1, 0);
}

static void two_modes_are_found(void **state)
{
	double own[24], other[24], found, share;
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 24; i++) {
		other[i] = 3 + 0.01 * fake_normal(&seed);
		own[i] = 3 + 0.01 * fake_normal(&seed) + (i % 3 == 0 ? 0.1 : 0);
	}
	assert_int_equal(modes_separation(own, other, 24, &found, &share), 0);
	assert_true(found > modes_limit(24));
	assert_near(share, 1.0 / 3, 1e-12);
	assert_int_equal(modes_separation(other, other, 24, &found, NULL), 0);
	assert_true(found < modes_limit(24));
	assert_int_equal(modes_separation(own, other, MODES_N_MIN - 1, &found, NULL), 0);
	assert_near(found, 0, 0);
	/* Two values of a coarse clock are no modes. */
	for (int i = 0; i < 24; i++) {
		own[i] = i % 3 ? 3 : 3.1;
		other[i] = 3;
	}
	assert_int_equal(modes_separation(own, other, 24, &found, NULL), 0);
	assert_true(found < modes_limit(24));
}

/*
 * Forty runs of a side in two heaps that are @apart of their spread apart, the last @upper of them
 * in the upper one; is that two modes? Of the other side, one run stands @accident that far out.
 */
static bool are_modes(double apart, int upper, double accident)
{
	double own[40], other[40], found, share;
	/* Of -2, -1, 0, 1, 2 over and over: the same for heaps of ten, but for (n - 1) / n. */
	const double spread = sqrt(2);

	for (int i = 0; i < 40; i++) {
		/* No grid, as a coarse clock would make. */
		own[i] = i % 5 - 2 + 1e-6 * i + (i >= 40 - upper ? apart * spread : 0);
		/* Its running median is 0 everywhere, as the heaps are not to be moved. */
		other[i] = 0;
	}
	other[20] = accident * apart * spread;
	assert_int_equal(modes_separation(own, other, 40, &found, &share), 0);
	if (found > modes_limit(40))
		assert_near(share, upper / 40.0, 1e-12);
	return found > modes_limit(40);
}

static void where_two_modes_begin(void **state)
{
	(void)state;
	/* 1.6 + 16 / sqrt(n), and 4 at least. */
	assert_near(modes_limit(25), 4.8, 1e-12);
	assert_near(modes_limit(40), 4.13, 0.001);
	assert_near(modes_limit(1600), 4, 0);
	assert_true(are_modes(4.6, 10, 0));
	assert_true(are_modes(4.6, 20, 0));
	assert_false(are_modes(4.1, 10, 0));
	/* A heap has a fifth of the runs. */
	assert_true(are_modes(6, 10, 0));
	assert_false(are_modes(6, 5, 0));
}

static void what_interrupts_both_sides_makes_no_mode(void **state)
{
	(void)state;
	assert_false(are_modes(6, 10, 0.8));
	assert_true(are_modes(6, 10, 0.6));
	assert_true(are_modes(6, 10, -0.8));
	/* One run in ten may be interrupted, one in two is a mode. */
	assert_true(are_modes(6, 20, 0.8));
}

static void order_statistics_of_pairs(void **state)
{
	const double a[] = { -1, 0, 2 }, b[] = { 1, 1, 5 };
	/* Averages of a: -1 -.5 0 .5 1 2; differences b - a: -1 -1 1 1 2 2 3 5 6 */
	const double averages[] = { -1, -0.5, 0, 0.5, 1, 2 };
	const double differences[] = { -1, -1, 1, 1, 2, 2, 3, 5, 6 };
	size_t less, equal;

	(void)state;
	for (size_t k = 1; k <= 6; k++)
		assert_near(pairwise_average(a, 3, k), averages[k - 1], 0);
	for (size_t k = 1; k <= 9; k++)
		assert_near(pairwise_difference(a, 3, b, 3, k), differences[k - 1], 0);
	pairwise_signs(a, 3, b, 3, &less, &equal);
	assert_int_equal(less, 2);
	assert_int_equal(equal, 0);
	pairwise_signs(b, 3, b, 3, &less, &equal);
	assert_int_equal(less, 2);
	assert_int_equal(equal, 5);
}

static void holm(void **state)
{
	struct holm p[] = { { 0.04, 0 }, { 0.001, 1 }, { 0.02, 2 }, { 0.03, 3 } };

	(void)state;
	holm_adjust(p, 4, 0);
	assert_int_equal(p[0].tag, 1);
	assert_near(p[0].p, 0.004, 1e-15);
	assert_near(p[1].p, 0.06, 1e-15);
	assert_near(p[2].p, 0.06, 1e-15);
	assert_near(p[3].p, 0.06, 1e-15);
	/* The second smallest is one of three still open: .012 * 3. Bonferroni says .048. */
	p[0] = (struct holm){ 0.012, 0 };
	p[1] = (struct holm){ 0.001, 1 };
	p[2] = (struct holm){ 0.5, 2 };
	p[3] = (struct holm){ 0.4, 3 };
	holm_adjust(p, 4, 0);
	assert_near(p[0].p, 0.004, 1e-15);
	assert_near(p[1].p, 0.036, 1e-15);
	assert_near(p[2].p, 0.8, 1e-15);
	assert_near(p[3].p, 0.8, 1e-15);
	p[0].p = 0.3;
	holm_adjust(p, 1, 2);
	assert_near(p[0].p, 0.6, 1e-15);
	holm_adjust(p, 0, 0);
}

static const struct judged_row *judge_blocks(struct rows *t, struct judgement *j,
					     double by_position, double drift, double level)
{
	struct fake_rows f = fake_rows(t, 2);
	struct judge_options o = judge_options_default();
	struct err e = { 0 };

	for (unsigned b = 0; b < 20; b++) {
		double both = 100 * exp(level * b + 0.002 * fake_normal(&f.seed));
		double first = b % 2 ? by_position : 0;

		fake_run_row(&f, two[0], 0, b, both * exp(0.002 * fake_normal(&f.seed)));
		fake_run_row(&f, two[1], 1, b,
			     1.1 * both * exp(first + drift * b + 0.002 * fake_normal(&f.seed)));
	}
	fake_finish(&f);
	o.baseline = "old";
	assert_int_equal(judge_table(t, &o, j, &e), 0);
	return j->rows[0].is_baseline ? &j->rows[1] : &j->rows[0];
}

static bool warned(const struct judgement *j, const char *kind)
{
	for (size_t i = 0; i < j->n_warnings; i++) {
		if (!strcmp(j->warnings[i].kind, kind))
			return true;
	}
	return false;
}

static void an_unsteady_machine_takes_the_verdict_back(void **state)
{
	static const struct {
		double by_position, drift, level;
		const char *why;
		enum verdict verdict;
		bool told;
	} cases[] = {
		{ 0, 0, 0, "one code layout", VERDICT_SUSPECT, false },
		{ 0.05, 0, 0, "which side came first", VERDICT_UNSTABLE, false },
		{ 0, 0.005, 0, "the difference drifts", VERDICT_UNSTABLE, true },
		/* What happens to both sides is no reason to doubt their difference. */
		{ 0, 0, 0.01, "one code layout", VERDICT_SUSPECT, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_rows_ struct rows t = { 0 };
		_cleanup_judgement_ struct judgement j = { 0 };
		const struct judged_row *r =
			judge_blocks(&t, &j, cases[i].by_position, cases[i].drift, cases[i].level);

		assert_int_equal(r->verdict, cases[i].verdict);
		assert_non_null(strstr(r->reason, cases[i].why));
		assert_int_equal(warned(&j, "drift"), cases[i].told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rank_sums),
		cmocka_unit_test(trends),
		cmocka_unit_test(two_modes_are_found),
		cmocka_unit_test(where_two_modes_begin),
		cmocka_unit_test(what_interrupts_both_sides_makes_no_mode),
		cmocka_unit_test(order_statistics_of_pairs),
		cmocka_unit_test(holm),
		cmocka_unit_test(an_unsteady_machine_takes_the_verdict_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
