// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows that are one function under two names, and rows that are not. */
#include "judge/why/groups.h"
#include "judge/why/renames.h"
#include "judge/why/source_change.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

struct made {
	struct scenario_list scenarios;
	struct run old_run, new_run;
	struct comparison comparison;
	struct code_facts facts;
};

static void function(struct run *r, const char *name, uint64_t insns, uint64_t calls)
{
	fake_function(r, name, 0, 0, insns);
	if (calls)
		fake_calls(r, name, 0, calls);
}

static void compare(struct made *m)
{
	struct err e = { 0 };

	fake_scenario(&m->scenarios);
	fake_finish(&m->old_run);
	fake_finish(&m->new_run);
	assert_int_equal(compare_runs(m->scenarios.items[0], &m->old_run, &m->new_run, 1, 0.01,
				      &m->comparison, &e),
			 0);
}

static void release(struct made *m)
{
	code_facts_free(&m->facts);
	comparison_free(&m->comparison);
	run_free(&m->old_run);
	run_free(&m->new_run);
	scenario_list_free(&m->scenarios);
}

static void fact(struct made *m, enum code_fact_kind kind, const char *one, const char *other,
		 double code, double neighbours)
{
	const struct code_fact f = {
		kind, (char *)one, (char *)other, code, neighbours, neighbours
	};
	struct err e = { 0 };

	assert_int_equal(code_facts_add(&m->facts, &f, &e), 0);
}

static void fold(struct made *m)
{
	struct err e = { 0 };

	code_facts_sort(&m->facts);
	assert_int_equal(renames_fold(&m->comparison, &m->facts, &e), 0);
}

static const struct function_delta *row(const struct made *m, const char *name)
{
	for (size_t i = 0; i < m->comparison.n_functions; i++) {
		if (!strcmp(m->comparison.functions[i].name, name))
			return &m->comparison.functions[i];
	}
	return NULL;
}

static double sum(const struct comparison *c)
{
	double s = 0;

	for (size_t i = 0; i < c->n_functions; i++)
		s += c->functions[i].new_insns - c->functions[i].old_insns;
	return s;
}

static void one_function_is_one_row(void **state)
{
	struct made m = { 0 };
	double before;

	(void)state;
	function(&m.old_run, "other", 500, 1);
	function(&m.old_run, "unmap_page_range", 102, 1);
	function(&m.new_run, "__zap_vma_range", 115, 1);
	function(&m.new_run, "other", 520, 1);
	compare(&m);
	before = sum(&m.comparison);
	fact(&m, CODE_ALIKE, "unmap_page_range", "__zap_vma_range", 0.64, 0.67);
	fold(&m);
	assert_int_equal(m.comparison.n_functions, 2);
	/* By net effect: 20 before 13. */
	assert_string_equal(m.comparison.functions[0].name, "other");
	assert_null(m.comparison.functions[0].renamed_from);
	assert_string_equal(m.comparison.functions[1].name, "__zap_vma_range");
	assert_string_equal(m.comparison.functions[1].renamed_from, "unmap_page_range");
	assert_near(m.comparison.functions[1].old_insns, 102, 0);
	assert_near(m.comparison.functions[1].new_insns, 115, 0);
	assert_near(m.comparison.functions[1].old_calls, 1, 0);
	assert_true(m.comparison.functions[1].sure > 0.5 && m.comparison.functions[1].sure < 0.9);
	assert_near(sum(&m.comparison), before, 1e-9);
	release(&m);
}

/* Everything as above but what each case says. */
static bool folds(double code, double neighbours, double own, uint64_t calls)
{
	struct made m = { 0 };
	bool folded;

	function(&m.old_run, "lock_old_name", 100, 1);
	function(&m.new_run, "lock_new_name", 110, calls);
	compare(&m);
	fact(&m, CODE_ALIKE, "lock_old_name", "lock_new_name", code, neighbours);
	if (own > 0)
		fact(&m, CODE_ALIKE, "lock_old_name", "lock_old_name", own, NAN);
	fold(&m);
	folded = m.comparison.n_functions == 1;
	release(&m);
	return folded;
}

static void what_is_not_sure_stays_apart(void **state)
{
	(void)state;
	assert_true(folds(0.7, 0.5, 0, 1));
	/* Code of another kind; no neighbour in common; or many more calls. */
	assert_false(folds(0.12, 0.5, 0, 1));
	assert_false(folds(0.7, 0, 0, 1));
	assert_false(folds(0.7, NAN, 0, 1));
	assert_false(folds(0.7, 0.5, 0, 3));
	/* It goes on under its own name, and was not executed. */
	assert_false(folds(0.7, 0.5, 0.8, 1));
	assert_true(folds(0.7, 0.5, 0.6, 1));
	/* Of calls that are not known nothing is said. */
	assert_true(folds(0.7, 0.5, 0, 0));
}

/* A function that was split: two are as good, and none is taken. */
static void of_two_that_are_as_good_none_is_taken(void **state)
{
	struct made m = { 0 };

	(void)state;
	function(&m.old_run, "map_nolock", 100, 1);
	function(&m.new_run, "map_ro_nolock", 100, 1);
	function(&m.new_run, "map_rw_nolock", 100, 1);
	compare(&m);
	fact(&m, CODE_ALIKE, "map_nolock", "map_ro_nolock", 0.80, 0.5);
	fact(&m, CODE_ALIKE, "map_nolock", "map_rw_nolock", 0.82, 0.5);
	fold(&m);
	assert_int_equal(m.comparison.n_functions, 3);
	release(&m);
}

/* The surest pair is taken first, and leaves the other for the second. */
static void the_surest_is_first(void **state)
{
	struct made m = { 0 };

	(void)state;
	function(&m.old_run, "__map_lock", 70, 1);
	function(&m.old_run, "map_nolock", 44, 1);
	function(&m.new_run, "map_lock", 70, 1);
	function(&m.new_run, "map_rw_nolock", 39, 1);
	compare(&m);
	fact(&m, CODE_ALIKE, "__map_lock", "map_lock", 1, 0.9);
	fact(&m, CODE_ALIKE, "__map_lock", "map_rw_nolock", 0.62, 0.4);
	fact(&m, CODE_ALIKE, "map_nolock", "map_lock", 0.80, 0.6);
	fact(&m, CODE_ALIKE, "map_nolock", "map_rw_nolock", 0.81, 0.6);
	fold(&m);
	assert_int_equal(m.comparison.n_functions, 2);
	assert_string_equal(row(&m, "map_lock")->renamed_from, "__map_lock");
	assert_string_equal(row(&m, "map_rw_nolock")->renamed_from, "map_nolock");
	release(&m);
}

static void one_kernel_with_itself_folds_nothing(void **state)
{
	struct made m = { 0 };

	(void)state;
	function(&m.old_run, "a", 100, 1);
	function(&m.old_run, "b", 100, 1);
	function(&m.new_run, "a", 100, 1);
	function(&m.new_run, "b", 100, 1);
	compare(&m);
	fact(&m, CODE_ALIKE, "a", "b", 1, 1);
	fold(&m);
	assert_int_equal(m.comparison.n_functions, 2);
	assert_null(row(&m, "a")->renamed_from);
	assert_null(row(&m, "b")->renamed_from);
	release(&m);
}

/* A caller that grew by what is gone may have it inside; one that grew otherwise has not. */
static size_t taken_up(uint64_t caller_new, uint64_t calls, bool called)
{
	struct made m = { 0 };
	size_t n;

	function(&m.old_run, "callee", 35, calls);
	function(&m.old_run, "caller", 15, 1);
	function(&m.new_run, "caller", caller_new, 1);
	compare(&m);
	if (called)
		fact(&m, CODE_OLD_CALLS, "caller", "callee", NAN, NAN);
	fold(&m);
	assert_int_equal(m.comparison.n_functions, 2);
	n = row(&m, "caller")->n_taken_up;
	if (n) {
		assert_string_equal(row(&m, "caller")->taken_up[0], "callee");
		assert_int_equal(row(&m, "caller")->taken_up_side, 0);
	}
	release(&m);
	return n;
}

static void an_inlined_function_is_told_at_its_caller(void **state)
{
	(void)state;
	assert_int_equal(taken_up(50, 1, true), 1);
	assert_int_equal(taken_up(56, 1, true), 1);
	assert_int_equal(taken_up(20, 1, true), 0);
	assert_int_equal(taken_up(90, 1, true), 0);
	assert_int_equal(taken_up(50, 2, true), 0);
	assert_int_equal(taken_up(50, 1, false), 0);
}

static void calls_of_a_part_alone_are_not_known(void **state)
{
	struct made m = { 0 };

	(void)state;
	function(&m.old_run, "[user]", 5, 0);
	function(&m.old_run, "link_path_walk", 100, 0);
	function(&m.new_run, "[user]", 5, 0);
	function(&m.new_run, "link_path_walk", 100, 2);
	compare(&m);
	assert_true(isnan(row(&m, "link_path_walk")->old_calls));
	assert_near(row(&m, "link_path_walk")->new_calls, 2, 0);
	assert_near(row(&m, "[user]")->old_calls, 0, 0);
	release(&m);
}

static void rows_are_grouped_by_file(void **state)
{
	struct made m = { 0 };
	struct err e = { 0 };
	double all = 0;

	(void)state;
	function(&m.old_run, "charge", 100, 1);
	function(&m.old_run, "nowhere", 10, 1);
	function(&m.old_run, "unmap", 100, 1);
	function(&m.new_run, "charge", 150, 1);
	function(&m.new_run, "nowhere", 13, 1);
	function(&m.new_run, "uncharge", 20, 1);
	function(&m.new_run, "unmap", 90, 1);
	compare(&m);
	fact(&m, CODE_FILE, "charge", "mm/memcontrol.c", NAN, NAN);
	fact(&m, CODE_FILE, "uncharge", "mm/memcontrol.c", NAN, NAN);
	fact(&m, CODE_FILE, "unmap", "mm/memory.c", NAN, NAN);
	fold(&m);
	assert_int_equal(groups_make(&m.comparison, &m.facts, &e), 0);
	assert_int_equal(m.comparison.n_groups, 3);
	assert_string_equal(m.comparison.groups[0].file, "mm/memcontrol.c");
	assert_near(m.comparison.groups[0].delta, 70, 1e-9);
	assert_string_equal(m.comparison.groups[1].file, "mm/memory.c");
	assert_near(m.comparison.groups[1].delta, -10, 1e-9);
	assert_null(m.comparison.groups[2].file);
	assert_near(m.comparison.groups[2].delta, 3, 1e-9);
	for (size_t i = 0; i < 3; i++)
		all += m.comparison.groups[i].delta;
	assert_near(all, metric_delta(&m.comparison.metrics[0]), 1e-9);
	release(&m);
}

static enum source_change source_of(uint64_t old_cost, uint64_t new_cost, const char *source)
{
	char *words[] = { (char *)source };
	struct scenario s = { .n_source = 1 };
	struct made m = { 0 };
	enum source_change change;

	s.source[0] = words[0];
	if (old_cost)
		function(&m.old_run, "walk_pages", old_cost, 1);
	function(&m.old_run, "x", 100, 1);
	if (new_cost)
		function(&m.new_run, "walk_pages", new_cost, 1);
	function(&m.new_run, "x", 200, 1);
	compare(&m);
	source_change_find(&m.comparison, &s, 0.01);
	change = m.comparison.source_change;
	if (change == SOURCE_SAME)
		assert_string_equal(m.comparison.source_functions, "walk_pages");
	release(&m);
	return change;
}

static void what_the_scenario_is_about_may_be_the_same(void **state)
{
	(void)state;
	assert_int_equal(source_of(300, 300, "walk_pages"), SOURCE_SAME);
	assert_int_equal(source_of(300, 302, "walk_pages"), SOURCE_SAME);
	assert_int_equal(source_of(300, 303, "walk_pages"), SOURCE_CHANGED);
	assert_int_equal(source_of(300, 290, "none|walk_pages"), SOURCE_CHANGED);
	assert_int_equal(source_of(300, 0, "walk_pages"), SOURCE_UNKNOWN);
	assert_int_equal(source_of(300, 300, "walk"), SOURCE_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_function_is_one_row),
		cmocka_unit_test(what_is_not_sure_stays_apart),
		cmocka_unit_test(of_two_that_are_as_good_none_is_taken),
		cmocka_unit_test(the_surest_is_first),
		cmocka_unit_test(one_kernel_with_itself_folds_nothing),
		cmocka_unit_test(an_inlined_function_is_told_at_its_caller),
		cmocka_unit_test(calls_of_a_part_alone_are_not_known),
		cmocka_unit_test(rows_are_grouped_by_file),
		cmocka_unit_test(what_the_scenario_is_about_may_be_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
