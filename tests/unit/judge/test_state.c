// SPDX-License-Identifier: GPL-2.0-or-later
/* Did both kernels do the same work? */
#include "judge/counts/state.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

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

/* NEW does twice the work, from these states. */
static void compare(const struct report_state *o, const struct report_state *n,
		    struct comparison *out)
{
	_cleanup_run_ struct run old_run = { 0 }, new_run = { 0 };
	struct err e = { 0 };

	fake_function(&old_run, "f", 0, 0, 100);
	fake_function(&new_run, "f", 0, 0, 200);
	fake_finish(&old_run);
	fake_finish(&new_run);
	old_run.before = *o;
	new_run.before = *n;
	assert_int_equal(compare_runs(scenarios.items[0], &old_run, &new_run, 1, 0.01, out, &e), 0);
	comparison_free(&(struct comparison){ .functions = out->functions });
	out->functions = NULL;
}

static const struct report_state good = { .online_cpus = 1,
					  .vmas = 1,
					  .present_pages = 4,
					  .dirty_pages = 4,
					  .pmd_mapped_pages = 0,
					  .swapped_pages = 0 };

static enum check_result result(const struct comparison *c, const char *name)
{
	for (size_t i = 0; i < c->n_checks; i++) {
		if (!strcmp(c->checks[i].name, name))
			return c->checks[i].result;
	}
	fail_msg("no check %s", name);
	return CHECK_UNKNOWN;
}

static void the_same_state_passes(void **state)
{
	struct comparison c;

	(void)state;
	compare(&good, &good, &c);
	assert_int_equal(c.n_checks, 6);
	for (size_t i = 0; i < c.n_checks; i++)
		assert_int_equal(c.checks[i].result, CHECK_PASS);
	assert_int_equal(c.verdict, VERDICT_REGRESSION);
}

/* Every member, and for those that the scenario expects, both sides wrong alike. */
static void each_difference_fails(void **state)
{
	static const struct {
		size_t offset;
		const char *name;
		bool expected;
	} rows[] = {
		{ offsetof(struct report_state, online_cpus), "online CPUs", true },
		{ offsetof(struct report_state, vmas), "VMAs", true },
		{ offsetof(struct report_state, present_pages), "present pages", true },
		{ offsetof(struct report_state, dirty_pages), "dirty pages", false },
		{ offsetof(struct report_state, pmd_mapped_pages), "PMD-mapped pages", false },
		{ offsetof(struct report_state, swapped_pages), "swapped pages", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct report_state other = good;
		struct comparison c;

		*(uint64_t *)((char *)&other + rows[i].offset) += 3;
		compare(&good, &other, &c);
		assert_int_equal(result(&c, rows[i].name), CHECK_FAIL);
		assert_int_equal(c.verdict, VERDICT_DIFFERENT_STATE);
		assert_non_null(strstr(c.reason, rows[i].name));
		compare(&other, &good, &c);
		assert_int_equal(c.verdict, VERDICT_DIFFERENT_STATE);
		compare(&other, &other, &c);
		assert_int_equal(result(&c, rows[i].name),
				 rows[i].expected ? CHECK_FAIL : CHECK_PASS);
		assert_int_equal(c.verdict,
				 rows[i].expected ? VERDICT_DIFFERENT_STATE : VERDICT_REGRESSION);
	}
}

static void reasons_name_all_of_it(void **state)
{
	struct report_state other = good;
	struct comparison c;

	(void)state;
	other.present_pages = 0;
	other.dirty_pages = 2;
	compare(&good, &other, &c);
	assert_string_equal(c.reason, "present pages: OLD 4, NEW 0, expected 4; "
				      "dirty pages: OLD 4, NEW 2");
}

static void unknown_is_no_pass(void **state)
{
	struct report_state unknown = good;
	struct comparison c;

	(void)state;
	unknown.present_pages = REPORT_UNKNOWN;
	unknown.dirty_pages = REPORT_UNKNOWN;
	compare(&good, &unknown, &c);
	assert_int_equal(result(&c, "present pages"), CHECK_UNKNOWN);
	assert_int_equal(result(&c, "dirty pages"), CHECK_UNKNOWN);
	assert_int_equal(c.verdict, VERDICT_REGRESSION);
	compare(&unknown, &unknown, &c);
	assert_int_equal(result(&c, "present pages"), CHECK_UNKNOWN);
	assert_string_equal(check_result_name(CHECK_PASS), "pass");
	assert_string_equal(check_result_name(CHECK_FAIL), "fail");
	assert_string_equal(check_result_name(CHECK_UNKNOWN), "unknown");
}

static const struct state_check *find(const struct comparison *c, const char *name)
{
	for (size_t i = 0; i < c->n_checks; i++) {
		if (!strcmp(c->checks[i].name, name))
			return &c->checks[i];
	}
	return NULL;
}

/* A row for every size of folio that a side has; none for the others. */
static void sizes_of_folios_are_compared(void **state)
{
	struct report_state small = good, large = good;
	struct comparison c;

	(void)state;
	small.folio_pages[0] = 4;
	large.folio_pages[2] = 4;
	compare(&small, &small, &c);
	assert_int_equal(c.n_checks, 7);
	assert_int_equal(result(&c, "pages in 4K folios"), CHECK_PASS);
	compare(&small, &large, &c);
	assert_int_equal(c.n_checks, 8);
	assert_int_equal(result(&c, "pages in 4K folios"), CHECK_FAIL);
	assert_int_equal(result(&c, "pages in 16K folios"), CHECK_FAIL);
	assert_int_equal(c.verdict, VERDICT_DIFFERENT_STATE);
}

static void a_size_of_folios_can_be_expected(void **state)
{
	struct scenario *s = scenarios.items[0];
	struct report_state large = good, unknown = good;
	struct comparison c;

	(void)state;
	s->expect.folio_bytes = 16384;
	large.folio_pages[2] = 4;
	memset(unknown.folio_pages, 0xff, sizeof(unknown.folio_pages));
	compare(&large, &large, &c);
	assert_int_equal(find(&c, "pages in 16K folios")->expected, 4);
	assert_int_equal(result(&c, "pages in 16K folios"), CHECK_PASS);
	/* Nobody has any: the row is there all the same. */
	compare(&good, &good, &c);
	assert_int_equal(result(&c, "pages in 16K folios"), CHECK_FAIL);
	compare(&unknown, &unknown, &c);
	assert_int_equal(result(&c, "pages in 16K folios"), CHECK_UNKNOWN);
	s->expect.folio_bytes = SCENARIO_ANY;
	compare(&unknown, &unknown, &c);
	assert_int_equal(c.n_checks, 7);
	assert_int_equal(result(&c, "pages in 4K folios"), CHECK_UNKNOWN);
}

static void nodes_are_compared_where_there_are_several(void **state)
{
	struct scenario *s = scenarios.items[0];
	struct report_state here = good, there = good;
	struct comparison c;

	(void)state;
	here.node_pages[0] = 4;
	there.node_pages[1] = 4;
	compare(&here, &here, &c);
	assert_null(find(&c, "pages on node 0"));
	s->nodes = 2;
	compare(&here, &here, &c);
	assert_int_equal(result(&c, "pages on node 0"), CHECK_PASS);
	compare(&here, &there, &c);
	assert_int_equal(result(&c, "pages on node 0"), CHECK_FAIL);
	assert_int_equal(result(&c, "pages on node 1"), CHECK_FAIL);
	s->expect.node = 1;
	compare(&there, &there, &c);
	assert_int_equal(result(&c, "pages on node 1"), CHECK_PASS);
	compare(&here, &here, &c);
	assert_int_equal(result(&c, "pages on node 1"), CHECK_FAIL);
	s->nodes = 1;
	s->expect.node = SCENARIO_ANY;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_state_passes),
		cmocka_unit_test(each_difference_fails),
		cmocka_unit_test(reasons_name_all_of_it),
		cmocka_unit_test(unknown_is_no_pass),
		cmocka_unit_test(sizes_of_folios_are_compared),
		cmocka_unit_test(a_size_of_folios_can_be_expected),
		cmocka_unit_test(nodes_are_compared_where_there_are_several),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
