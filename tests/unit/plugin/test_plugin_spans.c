// SPDX-License-Identifier: GPL-2.0-or-later
/* Blocks are counted as far as they got: spans, faults, device memory, phantoms. */
#include "tests/unit/fake_events.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"

/* Two bytes each, but for the load and the store: three. */
#define MOV "89 c3"	 /* mov %eax,%ebx */
#define ADD "01 d1"	 /* add %edx,%ecx */
#define LOAD "48 8b 07"	 /* mov (%rdi),%rax */
#define STORE "48 89 07" /* mov %rax,(%rdi) */
#define JMP "eb fe"

#define SLOT 3
#define WORK FAKE_WORK
#define FAULT (FAKE_STACK + 0x3800) /* where a page fault's stub stores */

static void assert_span(const struct fake_counts *c, uint64_t vaddr, unsigned insns,
			uint64_t executions, uint64_t retries)
{
	struct counts_record r = fake_span(c, SLOT, COUNTS_TASK, vaddr, insns);

	if (r.executions != executions || r.retries != retries)
		fail_msg("span of %u at %#llx: %llu executions, %llu retries", insns,
			 (unsigned long long)vaddr, (unsigned long long)r.executions,
			 (unsigned long long)r.retries);
}

static void straight_play(void)
{
	struct qemu_plugin_tb *tb;

	fake_open(SLOT);
	tb = fake_translate(WORK, MOV, ADD, JMP);
	for (unsigned i = 0; i < 5; i++)
		fake_run(tb);
}

static void what_cannot_fault_is_one_span(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(straight_play, 1, &c);
	assert_int_equal(c.header.n_records, 1);
	assert_int_equal(c.header.api, PLUGIN_API);
	assert_int_equal(c.header.flags, COUNTS_HALTED);
	assert_span(&c, WORK, 3, 5, 0);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 15);
	assert_int_equal(c.profile.slots[SLOT].task, 15);
	assert_int_equal(c.profile.functions[0].calls[SLOT], 5);
}

static void split_play(void)
{
	fake_open(SLOT);
	fake_run(fake_translate(WORK, MOV, LOAD, ADD, STORE, JMP));
}

static void spans_end_where_a_fault_may_be(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(split_play, 1, &c);
	assert_int_equal(c.header.n_records, 3);
	assert_span(&c, WORK, 2, 1, 0);
	assert_span(&c, WORK + 5, 2, 1, 0);
	assert_span(&c, WORK + 10, 1, 1, 0);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 5);
}

/* Once in good order, once with a page fault at the load, which is then done again. */
static void fault_play(void)
{
	struct qemu_plugin_tb *tb;

	fake_open(SLOT);
	tb = fake_translate(WORK, MOV, LOAD, ADD, JMP);
	fake_run(tb);
	fake_run_until(tb, 2);
	fake_exception(FAULT);
	fake_run(fake_translate(FAKE_HANDLER, MOV, ADD, ADD));
	fake_run(fake_translate(WORK + 2, LOAD, ADD, JMP));
}

static void a_fault_is_counted_as_far_as_it_got(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(fault_play, 1, &c);
	assert_span(&c, WORK, 2, 2, 1);
	assert_span(&c, WORK + 2, 1, 1, 0);
	assert_span(&c, WORK + 5, 2, 2, 0);
	/* Two times four; the load that faulted is a retry and no more. */
	assert_int_equal(fake_insns(&c, SLOT, "work"), 8);
	assert_int_equal(fake_insns(&c, SLOT, "handler"), 3);
	assert_int_equal(c.profile.slots[SLOT].retries, 1);
	/* It was entered twice, whatever happened then. */
	for (size_t i = 0; i < c.profile.count; i++) {
		if (c.profile.functions[i].insns[SLOT] == 8)
			assert_int_equal(c.profile.functions[i].calls[SLOT], 2);
	}
}

/* Two faults of one instruction, as when another page is missing. */
static void two_faults_play(void)
{
	struct qemu_plugin_tb *again;

	fake_open(SLOT);
	fake_run_until(fake_translate(WORK, MOV, LOAD, ADD, JMP), 2);
	fake_exception(FAULT);
	again = fake_translate(WORK + 2, LOAD, ADD, JMP);
	fake_run_until(again, 1);
	fake_exception(FAULT);
	fake_run(again);
}

static void faults_in_a_row_are_retries(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(two_faults_play, 1, &c);
	assert_span(&c, WORK, 2, 1, 1);
	assert_span(&c, WORK + 2, 1, 2, 1);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 4);
	assert_int_equal(c.profile.slots[SLOT].retries, 2);
}

/* A function that starts with the instruction which faults: the retry is no call. */
static void faulting_entry_play(void)
{
	struct qemu_plugin_tb *tb;

	fake_open(SLOT);
	tb = fake_translate(WORK, LOAD, ADD, JMP);
	fake_run_until(tb, 1);
	fake_exception(FAULT);
	fake_run(tb);
}

static void a_retry_is_no_call(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(faulting_entry_play, 1, &c);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 3);
	assert_int_equal(c.profile.functions[0].calls[SLOT], 1);
}

/*
 * The block ends with what faults: at the end of a page, or where the budget of -icount does. It is
 * done again by another block, which many others enter.
 */
static void last_of_its_block_play(void)
{
	struct qemu_plugin_tb *cut, *loop;

	fake_open(SLOT);
	cut = fake_translate(WORK, MOV, LOAD);
	loop = fake_translate(WORK + 2, LOAD, ADD, JMP);
	for (unsigned i = 0; i < 7; i++)
		fake_run(loop);
	fake_run_until(cut, 2);
	fake_exception(FAULT);
	fake_run(loop);
	fake_run(cut);
	fake_run(fake_translate(WORK + 5, ADD, JMP));
}

static void the_last_of_a_block_may_fault(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(last_of_its_block_play, 1, &c);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 7 * 3 + 1 + 3 + 2 + 2);
	assert_int_equal(c.profile.slots[SLOT].retries, 1);
}

/* The kernel reads what is not there, and goes on at a fixup. */
static void fixup_play(void)
{
	fake_open(SLOT);
	fake_run_until(fake_translate(WORK, MOV, LOAD, ADD, JMP), 2);
	fake_exception(FAULT);
	fake_run(fake_translate(WORK + 0x20, MOV, JMP));
}

static void an_attempt_is_none_even_if_it_is_the_last(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(fixup_play, 1, &c);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 1 + 2);
	assert_int_equal(c.profile.slots[SLOT].retries, 1);
}

/* The load was done; what comes next, in a page that is not there, could not be fetched. */
static void fetch_play(void)
{
	struct qemu_plugin_tb *tb;

	fake_open(SLOT);
	tb = fake_translate(WORK, MOV, LOAD);
	fake_run_until(tb, 2);
	fake_fetch_fault(FAULT);
	fake_run(fake_translate(WORK + 5, ADD, JMP));
}

static void what_is_not_fetched_is_no_attempt(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(fetch_play, 1, &c);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 4);
	assert_int_equal(c.profile.slots[SLOT].retries, 0);
}

/* Device memory: -icount leaves the block, executes the access by itself, and goes on behind it. */
static void device_play(void)
{
	struct qemu_plugin_tb *tb;

	fake_open(SLOT);
	tb = fake_translate(WORK, MOV, LOAD, ADD, JMP);
	fake_run_until(tb, 2);
	fake_run(fake_translate(WORK + 5, ADD, JMP));
}

static void device_memory_is_no_fault(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(device_play, 1, &c);
	assert_span(&c, WORK, 2, 1, 0);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 4);
	assert_int_equal(c.profile.slots[SLOT].retries, 0);
}

static void again_play(void)
{
	fake_open(SLOT);
	fake_run(fake_translate(WORK, MOV, LOAD, ADD));
	fake_run(fake_translate(WORK, MOV, LOAD, ADD)); /* QEMU's buffer was flushed */
	fake_run(fake_translate(WORK, MOV, LOAD, MOV)); /* the kernel patched itself */
	fake_run(fake_translate(WORK, MOV, LOAD));	/* a shorter block */
}

static void blocks_are_told_by_what_they_are(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(again_play, 1, &c);
	assert_int_equal(c.header.n_records, 2 + 2 + 1);
	assert_span(&c, WORK, 2, 4, 0);
	assert_span(&c, WORK + 5, 1, 3, 0);
	assert_int_equal(fake_insns(&c, SLOT, "work"), 11);
}

/*
 * The last instruction may lie across two pages; QEMU 7.2 shows it, but executes it in a block of
 * its own. 0xff4 + 2 + 3 + 3 = 0xffc, where 15 bytes do not fit.
 */
#define EDGE (WORK - 0x1000 + 0xff4)

static void phantom_play(void)
{
	struct qemu_plugin_tb *tb, *behind, *again;

	fake_open(SLOT);
	tb = fake_translate(EDGE, MOV, LOAD, STORE, STORE);
	behind = fake_translate(EDGE + 8, STORE, ADD);
	again = fake_translate(EDGE + 5, STORE,
			       STORE); /* starts blocks where the first span ends */
	for (unsigned i = 0; i < 3; i++) {
		fake_run_until(tb, 3);
		fake_run(behind);
	}
	fake_run_until(again, 1);
	fake_run(behind);
}

static void a_phantom_counts_nothing(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(phantom_play, 1, &c);
	assert_span(&c, EDGE, 2, 3, 0);
	assert_span(&c, EDGE + 5, 1, 4, 0);
	assert_span(&c, EDGE + 8, 1, 4, 0); /* all of them by the block that starts there */
	assert_span(&c, EDGE + 11, 1, 4, 0);
	assert_int_equal(c.profile.slots[SLOT].retries, 0);
	assert_int_equal(c.profile.slots[SLOT].task, 3 * 3 + 1 + 4 * 2);
}

static void plain_phantom_play(void)
{
	struct qemu_plugin_tb *tb;

	fake_open(SLOT);
	tb = fake_translate(EDGE, MOV, ADD, MOV, ADD);
	fake_run_until(tb, 3);
	fake_run(fake_translate(EDGE + 6, ADD, MOV, JMP));
}

static void a_phantom_has_a_span_of_its_own(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(plain_phantom_play, 1, &c);
	assert_span(&c, EDGE, 3, 1, 0);
	assert_span(&c, EDGE, 4, 0, 0);
	assert_span(&c, EDGE + 6, 1, 0, 0);
	assert_int_equal(c.profile.slots[SLOT].task, 6);
}

/* More spans than the tables start with, and more than a chunk of counters holds. */
static void many_play(void)
{
	static struct qemu_plugin_tb *tbs[9000];

	fake_open(SLOT);
	for (unsigned i = 0; i < 9000; i++)
		tbs[i] = fake_translate(FAKE_USER + 16 * i, MOV, LOAD, ADD);
	for (unsigned i = 0; i < 9000; i++) {
		for (unsigned k = 0; k <= i % 3; k++)
			fake_run(tbs[i]);
	}
}

static void tables_grow(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(many_play, 1, &c);
	assert_int_equal(c.header.n_records, 18000);
	for (unsigned i = 0; i < 9000; i += 7) {
		assert_span(&c, FAKE_USER + 16 * i, 2, i % 3 + 1, 0);
		assert_span(&c, FAKE_USER + 16 * i + 5, 1, i % 3 + 1, 0);
	}
	assert_int_equal(fake_insns(&c, SLOT, "[user]"), 9000 * 2 * 3);
}

/* As many different blocks at one address as make the table's hashes meet. */
static void patched_play(void)
{
	fake_open(SLOT);
	for (unsigned i = 0; i < 5000; i++) {
		char hex[32];

		snprintf(hex, sizeof(hex), "b8 %02x %02x 00 00", i & 0xff, i >> 8); /* mov */
		fake_run(fake_translate(WORK, hex, JMP));
	}
}

static void blocks_of_one_address_are_told_apart(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(patched_play, 1, &c);
	assert_int_equal(c.header.n_records, 5000);
	assert_span(&c, WORK, 2, 5000, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_fault_is_one_span),
		cmocka_unit_test(spans_end_where_a_fault_may_be),
		cmocka_unit_test(a_fault_is_counted_as_far_as_it_got),
		cmocka_unit_test(faults_in_a_row_are_retries),
		cmocka_unit_test(a_retry_is_no_call),
		cmocka_unit_test(the_last_of_a_block_may_fault),
		cmocka_unit_test(an_attempt_is_none_even_if_it_is_the_last),
		cmocka_unit_test(what_is_not_fetched_is_no_attempt),
		cmocka_unit_test(device_memory_is_no_fault),
		cmocka_unit_test(blocks_are_told_by_what_they_are),
		cmocka_unit_test(a_phantom_counts_nothing),
		cmocka_unit_test(a_phantom_has_a_span_of_its_own),
		cmocka_unit_test(blocks_of_one_address_are_told_apart),
		cmocka_unit_test(tables_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
