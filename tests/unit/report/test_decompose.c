// SPDX-License-Identifier: GPL-2.0-or-later
/* Parts of a gap that add up to it, whatever candidates do to one another. */
#include "tests/unit/unit.h"

#include "report/survey/decompose.h"
#include "report/survey/decompose_parts.h"

#include <math.h>
#include <string.h>

static struct decompose_value exactly(double cost)
{
	return (struct decompose_value){ .cost = cost, .spread = 0, .exact = true };
}

static struct decompose_values values(unsigned n, double old_cost, const double *sets)
{
	struct decompose_values x = { .n = n, .old_one = exactly(old_cost) };

	for (unsigned i = 0; i < 1u << n; i++) {
		x.applies[i] = isfinite(sets[i]);
		x.sets[i] = exactly(sets[i]);
	}
	return x;
}

static double sum(const struct decompose_parts *p, unsigned n)
{
	double all = p->interaction.delta + p->left.delta;

	for (unsigned i = 0; i < n; i++)
		all += p->own[i].delta;
	return all;
}

static void parts_add_up_for_any_values(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (unsigned n = 1; n <= DECOMPOSE_CANDIDATES_MAX; n++) {
		double sets[DECOMPOSE_SETS_MAX], means = 0;
		struct decompose_values x;
		struct decompose_parts p;
		unsigned orders = 1;

		for (unsigned i = 0; i < 1u << n; i++)
			sets[i] = (seed = seed * 1103515245u + 12345u) % 4000 / 8.;
		x = values(n, 17, sets);
		p = decompose_parts(&x);
		assert_true(fabs(sum(&p, n) - (sets[0] - 17)) < 1e-9);
		for (unsigned i = 0; i < n; i++) {
			orders *= i + 1;
			means += p.own[i].mean;
			assert_true(p.own[i].low <= p.own[i].mean);
			assert_true(p.own[i].mean <= p.own[i].high);
			assert_true(p.own[i].low <= p.own[i].delta);
			assert_true(p.own[i].delta <= p.own[i].high);
		}
		assert_true(fabs(means - (sets[0] - sets[(1u << n) - 1])) < 1e-9);
		assert_int_equal(p.orders, orders);
		assert_int_equal(p.orders_all, orders);
	}
}

static void the_order_is_told_where_it_matters(void **state)
{
	/* NEW 20; with the first 16, with the second 15, with both 12; OLD 10. */
	const double sets[] = { 20, 16, 15, 12 };
	const struct decompose_values x = values(2, 10, sets);
	const struct decompose_parts p = decompose_parts(&x);

	(void)state;
	assert_true(p.own[0].delta == 4 && p.own[0].low == 3 && p.own[0].high == 4);
	assert_true(p.own[1].delta == 5 && p.own[1].low == 4 && p.own[1].high == 5);
	assert_true(p.interaction.delta == -1 && p.left.delta == 2 && p.left.exact);
}

static void what_cannot_be_told_is_not_claimed(void **state)
{
	/* The second only goes on top of the first. */
	const double nested[] = { 20, 16, NAN, 12 };
	/* Both do not go together. */
	const double rivals[] = { 20, 16, 15, NAN };
	struct decompose_values x = values(2, 10, nested);
	struct decompose_parts p = decompose_parts(&x);

	(void)state;
	assert_true(p.own[1].delta == 4 && p.own[1].after == 1 && p.interaction.delta == 0);
	assert_int_equal(p.orders, 1);
	assert_true(fabs(sum(&p, 2) - 10) < 1e-9);
	x = values(2, 10, rivals);
	p = decompose_parts(&x);
	assert_true(p.own[0].delta == 4 && p.own[1].delta == 5);
	assert_true(isnan(p.interaction.delta) && isnan(p.left.delta) && isnan(p.own[0].mean));
	assert_int_equal(p.orders, 0);
	/* One that varies makes all that it is in inexact. */
	x = values(2, 10, nested);
	x.sets[3].exact = false;
	x.sets[3].spread = .5;
	p = decompose_parts(&x);
	assert_true(p.own[0].exact && !p.own[1].exact && !p.left.exact);
	assert_true(p.own[1].spread == .5 && p.interaction.spread == 1);
}

/* NEW is twice OLD in a/b; with the candidate it is OLD again, and a/c is @c there against 10. */
static json_t *document_of(double c, const char *verdict)
{
	json_t *asked = json_pack("{s:s,s:s,s:s,s:[{s:s,s:s,s:n,s:n,s:s}],s:[{s:[],s:s,s:n},"
				  "{s:[i],s:s,s:n}],s:[s]}",
				  "tree", "/t", "old", "o", "new", "n", "candidates", "name", "p",
				  "kind", "patch", "commit", "subject", "sha256", "x", "sets",
				  "candidates", "kernel", "n", "reason", "candidates", 0, "kernel",
				  "k", "reason", "chosen", "a/b");
	json_t *rows[2] = { NULL, NULL };
	const struct decompose_view v = {
		.id = "x", .threshold = .01, .asked = asked, .rows = rows, .n_rows = 2
	};
	json_t *out;

	for (unsigned i = 0; i < 2; i++) {
		const double old_cost = 10, new_cost = i ? 10 : 20, with = i ? c : 10;

		rows[i] = json_pack(
			"{s:s,s:s,s:s,s:s,s:[{s:s,s:f,s:f,s:b},{s:s,s:f,s:f,s:b},{s:s,s:f,s:f,s:b}]"
			","
			"s:[{s:s,s:s,s:s,s:s},{s:s,s:s,s:s,s:s,s:[{s:s,s:f,s:f,s:f}]}]}",
			"scenario", i ? "a/c" : "a/b", "metric", "m", "unit", "insns", "item",
			"page", "series", "kernel", "o", "value", old_cost, "spread", 0., "exact",
			1, "kernel", "n", "value", new_cost, "spread", 0., "exact", 1, "kernel",
			"k", "value", with, "spread", 0., "exact", 1, "pairs", "last_good", "o",
			"first_bad", "n", "verdict", i ? "equivalent" : "regression", "reason", "r",
			"last_good", "n", "first_bad", "k", "verdict", i ? verdict : "improvement",
			"reason", "why", "functions", "name", "f", "old", 1., "new", 2., "delta",
			1.);
		assert_non_null(rows[i]);
	}
	out = decompose_json(&v);
	assert_non_null(out);
	json_decref(rows[0]);
	json_decref(rows[1]);
	json_decref(asked);
	return out;
}

static void says(const json_t *document, const char *const *words)
{
	const struct text_style style = { .columns = 80 };
	_cleanup_buf_ struct buf text = { 0 };

	decompose_text(document, &style, &text);
	for (; *words; words++) {
		if (!strstr(buf_str(&text), *words))
			fail_msg("no '%s' in\n%s", *words, buf_str(&text));
	}
}

static void a_sibling_that_gets_worse_decides(void **state)
{
	static const char *const good[] = { "NO CANDIDATE MAKES ANYTHING WORSE: 1 gap, 1 sibling",
					    "1: p\n", "100.0 %", "left, with all", NULL };
	static const char *const bad[] = { "A CANDIDATE MAKES SOMETHING WORSE", "a/c",
					   "regression; most by f", NULL };
	static const char *const open[] = { "NOT ALL COULD BE TOLD", "inconclusive: why", NULL };
	json_t *fine = document_of(10, "equivalent"), *worse = document_of(12, "regression"),
	       *untold = document_of(10.1, "inconclusive");

	(void)state;
	assert_int_equal(decompose_exit(fine), 0);
	assert_int_equal(decompose_exit(worse), 1);
	assert_int_equal(decompose_exit(untold), 125);
	says(fine, good);
	says(worse, bad);
	says(untold, open);
	json_decref(fine);
	json_decref(worse);
	json_decref(untold);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_add_up_for_any_values),
		cmocka_unit_test(the_order_is_told_where_it_matters),
		cmocka_unit_test(what_cannot_be_told_is_not_claimed),
		cmocka_unit_test(a_sibling_that_gets_worse_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
