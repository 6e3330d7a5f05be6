// SPDX-License-Identifier: GPL-2.0-or-later
/* How many iterations are enough: from made-up spreads to what is measured next. */
#include "reading/sharpening.h"
#include "tests/unit/unit.h"

#include <math.h>

/* What one told run costs a unit an iteration; @shares are what runs show, one after the other. */
struct walk {
	double threshold, budget;
	unsigned n, n_max;
	double shares[8];
	unsigned ns[8]; /* of the runs that are made; 0 ends it */
	enum sharpening_step end;
	bool confirmed;
};

static void walk(const struct walk *w)
{
	enum sharpening_step step = SHARPENING_MEASURE;
	struct sharpening s;
	unsigned i = 0;

	sharpening_begin(&s, w->threshold, w->n, w->n_max, w->budget);
	for (; step == SHARPENING_MEASURE; i++) {
		assert_in_range(i, 0, 7);
		assert_int_equal(s.n, w->ns[i]);
		step = sharpening_told(&s, w->shares[i], s.n);
	}
	assert_int_equal(w->ns[i], 0);
	assert_int_equal(step, w->end);
	assert_int_equal(s.confirms, w->confirmed);
}

/* At a threshold of 1 %, a spread of .111 % is sharp. */
static void what_is_sharp_at_once_is_taken(void **state)
{
	(void)state;
	walk(&(struct walk){ .01, 1e9, 8, 1000, { 0 }, { 8 }, SHARPENING_TAKE, false });
	walk(&(struct walk){ .01, 1e9, 8, 1000, { .0011 }, { 8 }, SHARPENING_TAKE, false });
	walk(&(struct walk){ 0, 1e9, 8, 1000, { .0011 }, { 8 }, SHARPENING_TAKE, false });
	walk(&(struct walk){ .1, 1e9, 8, 1000, { .011 }, { 8 }, SHARPENING_TAKE, false });
}

/* The run that is sharp does not count; the fresh one does, whatever it shows. */
static void a_fresh_run_confirms(void **state)
{
	(void)state;
	walk(&(struct walk){
		.01, 1e9, 8, 1000, { .002, .001, .003 }, { 8, 16, 16 }, SHARPENING_TAKE, true });
}

/* .008 asks for an eighth: one doubling to see whether it helps, then two more at once. */
static void it_jumps_to_what_the_spread_foretells(void **state)
{
	(void)state;
	walk(&(struct walk){ .01,
			     1e9,
			     8,
			     1000,
			     { .008, .004, .001, .001 },
			     { 8, 16, 64, 64 },
			     SHARPENING_TAKE,
			     true });
}

/* Two executions of a program less one are all edges: a spread that grows there says nothing. */
static void a_single_iteration_is_no_test(void **state)
{
	(void)state;
	walk(&(struct walk){ .01,
			     1e9,
			     1,
			     64,
			     { .19, .002, .001, .001 },
			     { 1, 32, 64, 64 },
			     SHARPENING_TAKE,
			     true });
	walk(&(struct walk){ .01, 1e9, 1, 64, { .19, .001 }, { 1, 32 }, SHARPENING_TAKE, false });
	/* A few that are sharp are so by chance; but not if they are exact. */
	walk(&(struct walk){
		.01, 1e9, 1, 64, { .0001, .02, .01 }, { 1, 32, 64 }, SHARPENING_TAKE, false });
	walk(&(struct walk){ .01, 1e9, 1, 64, { 0 }, { 1 }, SHARPENING_TAKE, false });
	/* As far as half of the budget goes; where nothing is left, that is all. */
	walk(&(struct walk){ .01, 17, 1, 64, { .19, .15 }, { 1, 8 }, SHARPENING_TAKE, false });
	walk(&(struct walk){
		.01, 1e9, 4, 64, { .19, .18, .17 }, { 4, 32, 64 }, SHARPENING_TAKE_FIRST, false });
}

static void what_does_not_help_is_left(void **state)
{
	(void)state;
	walk(&(struct walk){ .01,
			     1e9,
			     400,
			     1u << 20,
			     { .045, .053 },
			     { 400, 800 },
			     SHARPENING_TAKE_FIRST,
			     false });
	walk(&(struct walk){ .01,
			     1e9,
			     8,
			     1000,
			     { .008, .004, .0039 },
			     { 8, 16, 64 },
			     SHARPENING_TAKE_FIRST,
			     false });
}

/* Four doublings at most, and the last run was not chosen by its spread. */
static void there_is_an_end(void **state)
{
	(void)state;
	walk(&(struct walk){
		.01, 1e9, 8, 1000, { .2, .1, .05 }, { 8, 16, 128 }, SHARPENING_TAKE, false });
	/* The guest holds no more than 30. */
	walk(&(struct walk){ .01, 1e9, 8, 30, { .2, .1 }, { 8, 16 }, SHARPENING_TAKE, false });
	walk(&(struct walk){ .01, 1e9, 8, 15, { .2 }, { 8 }, SHARPENING_TAKE, false });
}

/* A run is made only if one that confirms it can be made as well: 8 + 2 * 16, and no less. */
static void the_budget_holds(void **state)
{
	(void)state;
	walk(&(struct walk){ .01, 39, 8, 1000, { .002 }, { 8 }, SHARPENING_TAKE, false });
	walk(&(struct walk){
		.01, 40, 8, 1000, { .002, .001, .001 }, { 8, 16, 16 }, SHARPENING_TAKE, true });
	/* Three more doublings are foretold: one can be paid twice, two once, which are the last.
	 */
	walk(&(struct walk){
		.01, 100, 8, 1000, { .016, .008, .001 }, { 8, 16, 64 }, SHARPENING_TAKE, false });
	/* None can be paid twice. The first, which tells whether more help, is not made so. */
	walk(&(struct walk){
		.01, 60, 8, 1000, { .016, .008, .004 }, { 8, 16, 32 }, SHARPENING_TAKE, false });
	walk(&(struct walk){ .01, 30, 8, 1000, { .016 }, { 8 }, SHARPENING_TAKE, false });
}

static struct reading reading(double value, double spread, bool exact)
{
	return (struct reading){ .value = value, .spread = spread, .exact = exact };
}

static void the_wider_side_counts(void **state)
{
	const struct reading exact = reading(100, 0, true), wide = reading(-200, 4, false),
			     narrow = reading(100, 1, false), nothing = reading(0, 1, false);

	(void)state;
	assert_near(sharpening_share(&exact, &exact), 0, 0);
	assert_near(sharpening_share(&exact, &narrow), .01, 1e-12);
	assert_near(sharpening_share(&wide, &narrow), .02, 1e-12);
	assert_true(isinf(sharpening_share(&exact, &nothing)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_single_iteration_is_no_test),
		cmocka_unit_test(what_is_sharp_at_once_is_taken),
		cmocka_unit_test(a_fresh_run_confirms),
		cmocka_unit_test(it_jumps_to_what_the_spread_foretells),
		cmocka_unit_test(what_does_not_help_is_left),
		cmocka_unit_test(there_is_an_end),
		cmocka_unit_test(the_budget_holds),
		cmocka_unit_test(the_wider_side_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
