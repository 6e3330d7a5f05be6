// SPDX-License-Identifier: GPL-2.0-or-later
/* What the capturing plugin remembers: calls, and what one executed and touched. */
#include "tests/unit/unit.h"

#include "plugin/capture/calls.h"
#include "plugin/capture/seen.h"

#include <stdlib.h>

static void add(struct calls *c, uint64_t insns, uint32_t flags)
{
	calls_add(c, &(struct call){ .insns = insns, .flags = flags });
}

static void test_median_call(void **state)
{
	struct calls c = { 0 };

	(void)state;
	assert_false(calls_choose(&c));
	add(&c, 900, 0);
	add(&c, 100, CAPTURE_INTERRUPT);
	add(&c, 300, 0);
	add(&c, 200, 0);
	add(&c, 300, CAPTURE_FAULT);
	add(&c, 300, 0);
	assert_true(calls_choose(&c));
	assert_int_equal(c.chosen, 2);
	assert_true(calls_fits(&c, 2));
	assert_false(calls_fits(&c, 0));
	assert_false(calls_fits(&c, 3));
	assert_false(calls_fits(&c, 4)); /* as long, but it faults */
	assert_true(calls_fits(&c, 5));
	assert_false(calls_fits(&c, 6));
	assert_int_equal(c.all, 6);
	assert_int_equal(c.insns, 2100);
	assert_int_equal(c.least, 100);
	assert_int_equal(c.most, 900);
	assert_int_equal(c.flags, CAPTURE_INTERRUPT | CAPTURE_FAULT);
	free(c.at);
}

static void test_all_disturbed(void **state)
{
	struct calls c = { 0 };

	(void)state;
	add(&c, 50, CAPTURE_INTERRUPT);
	add(&c, 40, CAPTURE_INTERRUPT);
	add(&c, 60, CAPTURE_INTERRUPT);
	assert_true(calls_choose(&c));
	assert_int_equal(c.chosen, 0);
	free(c.at);
}

static void test_executed(void **state)
{
	static const uint8_t one[] = { 0x90 }, other[] = { 0xcc }, two[] = { 0x0f, 0x05 };
	struct seen s = { 0 };
	struct site *a = site_of(0x2000, one, 1), *b = site_of(0x1000, two, 2);

	(void)state;
	assert_ptr_equal(site_of(0x2000, one, 1), a);
	assert_ptr_not_equal(site_of(0x2000, other, 1), a); /* overwritten code is other code */
	seen_executed(&s, a);
	seen_executed(&s, b);
	seen_executed(&s, a);
	seen_sort(&s);
	assert_int_equal(s.n_executed, 2);
	assert_ptr_equal(s.executed[0], b);
	assert_int_equal(s.executed[1]->insn.times, 2);
	seen_clear(&s);
	assert_int_equal(a->insn.times, 0);
	seen_executed(&s, a);
	assert_int_equal(s.n_executed, 1);
	free(s.executed);
	free(s.accesses);
}

static void test_accesses(void **state)
{
	struct seen s = { 0 };

	(void)state;
	seen_access(&s, 0x1004, 4, true);
	seen_access(&s, 0x1000, 1, false);
	seen_access(&s, 0x1006, 4, true); /* over two words */
	seen_access(&s, 0x800, 16, false);
	seen_sort(&s);
	assert_int_equal(s.n_accesses, 4);
	assert_int_equal(s.accesses[0].va, 0x800);
	assert_int_equal(s.accesses[1].va, 0x808);
	assert_int_equal(s.accesses[2].va, 0x1000);
	assert_int_equal(s.accesses[2].n_loads, 1);
	assert_int_equal(s.accesses[2].n_stores, 2);
	assert_int_equal(s.accesses[3].va, 0x1008);
	assert_int_equal(s.accesses[3].n_stores, 1);
	seen_clear(&s);
	assert_int_equal(s.n_accesses, 0);
	/* Many: the table grows, and nothing gets lost. */
	for (uint64_t i = 0; i < 200000; i++)
		seen_access(&s, i * 8, 8, i & 1);
	seen_sort(&s);
	assert_int_equal(s.n_accesses, 200000);
	assert_false(s.full);
	for (uint64_t i = 0; i < 200000; i++)
		assert_int_equal(s.accesses[i].va, i * 8);
	free(s.executed);
	free(s.accesses);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median_call),
		cmocka_unit_test(test_all_disturbed),
		cmocka_unit_test(test_executed),
		cmocka_unit_test(test_accesses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
