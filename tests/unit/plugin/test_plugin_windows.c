// SPDX-License-Identifier: GPL-2.0-or-later
/* What is counted belongs to a slot and to whoever ran: markers, interrupts, switches, vCPUs. */
#include "tests/unit/fake_events.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "proto/marker.h"

#define OPEN_7 "0f 1f 84 00 07 01 4c 53"
#define CLOSE "0f 1f 84 00 00 02 4c 53"

static void slots_play(void)
{
	fake_work(FAKE_WORK, 1000); /* nobody's */
	fake_open(0);
	fake_work(FAKE_WORK, 1);
	fake_close();
	fake_work(FAKE_WORK, 100);
	fake_open(1);
	fake_work(FAKE_WORK, 2);
	fake_open(MARKER_SLOTS - 1);
	fake_work(FAKE_WORK, 4);
	fake_open(MARKER_SLOTS); /* there is no such slot */
	fake_work(FAKE_WORK, 100);
	fake_open(1);
	fake_work(FAKE_WORK, 8);
	fake_dump();
	fake_work(FAKE_WORK, 100);
}

static void markers_choose_the_slot(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;
	uint64_t sum = 0;

	(void)state;
	fake_play(slots_play, 1, &c);
	assert_int_equal(fake_insns(&c, 0, "work"), 3);
	assert_int_equal(fake_insns(&c, 1, "work"), 3 * 10);
	assert_int_equal(fake_insns(&c, MARKER_SLOTS - 1, "work"), 3 * 4);
	for (unsigned i = 0; i < MARKER_SLOTS; i++)
		sum += profile_clock_insns(&c.profile, i);
	assert_int_equal(sum, 3 * 15); /* the markers themselves count nowhere */
}

#define REGION_OPEN "0f 1f 84 00 00 04 4c 53"
#define REGION_CLOSE "0f 1f 84 00 00 05 4c 53"

static void run_marker(const char *marker)
{
	fake_run(fake_translate(FAKE_USER, marker));
}

/* What a program does in a window of phase 1, and outside of any. */
static void region_play(void)
{
	unsigned slot = MARKER_SEGMENTS;

	run_marker(REGION_OPEN);
	fake_work(FAKE_WORK, 1000);
	run_marker(REGION_CLOSE);
	for (unsigned i = 0; i < 2; i++) {
		fake_open(slot);
		fake_work(FAKE_WORK, 1);
		run_marker(REGION_OPEN);
		fake_work(FAKE_WORK, 10);
		run_marker(REGION_CLOSE);
		fake_work(FAKE_WORK, 100);
		run_marker(REGION_OPEN);
		fake_work(FAKE_WORK, 10);
		run_marker(REGION_CLOSE);
		fake_close();
	}
	fake_dump();
}

static void a_region_counts_by_itself(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(region_play, 1, &c);
	assert_int_equal(fake_insns(&c, MARKER_SEGMENTS, "work"), 3 * 2 * 101);
	assert_int_equal(fake_insns(&c, MARKER_SEGMENTS + MARKER_REGION_SEGMENT, "work"),
			 3 * 2 * 20);
	assert_int_equal(c.profile.regions[0], 0);
	assert_int_equal(c.profile.regions[1], 2);
	assert_int_equal(c.profile.region_flags, 0);
}

static void open_twice_play(void)
{
	fake_open(0);
	run_marker(REGION_OPEN);
	run_marker(REGION_OPEN);
	run_marker(REGION_CLOSE);
	fake_close();
	fake_dump();
}

static void left_open_play(void)
{
	fake_open(0);
	run_marker(REGION_OPEN);
	fake_close();
	fake_open(0);
	fake_work(FAKE_WORK, 1);
	fake_close();
	fake_dump();
}

static void not_open_play(void)
{
	fake_open(0);
	run_marker(REGION_CLOSE);
	fake_close();
	fake_dump();
}

static void what_is_wrong_with_a_region_is_told(void **state)
{
	static const struct {
		void (*play)(void);
		uint32_t flags;
	} cases[] = { { open_twice_play, COUNTS_REGION_TWICE },
		      { left_open_play, COUNTS_REGION_LEFT_OPEN },
		      { not_open_play, COUNTS_REGION_NOT_OPEN } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fake_counts_ struct fake_counts c;

		fake_play(cases[i].play, 1, &c);
		assert_int_equal(c.profile.region_flags, cases[i].flags);
		/* What comes after a region that was left open is none. */
		if (cases[i].play == left_open_play)
			assert_int_equal(fake_insns(&c, 0, "work"), 3);
	}
}

static void inside_play(void)
{
	struct qemu_plugin_tb *tb = fake_translate(FAKE_USER, FAKE_MOV, FAKE_MOV, OPEN_7, FAKE_ADD,
						   CLOSE, FAKE_ADD, FAKE_ADD, FAKE_ADD);

	fake_run(tb);
	fake_run(tb);
}

static void markers_inside_a_block_cut_it(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(inside_play, 1, &c);
	assert_int_equal(c.header.n_records, 1);
	assert_int_equal(fake_span(&c, 7, COUNTS_TASK, FAKE_USER + 12, 1).executions, 2);
	assert_int_equal(c.profile.slots[7].task, 2);
}

static void kernel_marker_play(void)
{
	fake_open(2);
	fake_run(fake_translate(FAKE_WORK, FAKE_MOV, OPEN_7, FAKE_ADD));
}

static void kernel_code_has_no_markers(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(kernel_marker_play, 1, &c);
	assert_int_equal(fake_insns(&c, 2, "work"), 3);
	assert_int_equal(fake_insns(&c, 7, "work"), 0);
}

static void over_kernel_play(void)
{
	fake_open(0);
	fake_work(FAKE_WORK, 1);
	fake_interrupt(3, FAKE_STACK + 0x3e00);
	fake_work(FAKE_HANDLER, 5);
	fake_iret(FAKE_STACK + 0x3a00); /* of an exception in the handler */
	fake_work(FAKE_HANDLER, 5);
	fake_iret(FAKE_STACK + 0x3e08);
	fake_work(FAKE_WORK, 1);
}

static void interrupts_over_the_kernel_stand_apart(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(over_kernel_play, 1, &c);
	assert_int_equal(c.profile.slots[0].task, 6);
	assert_int_equal(fake_insns(&c, 0, "work"), 6);
	assert_int_equal(fake_insns(&c, 0, "handler"), 0);
	/* The stub's two, ten times three, and twice an ADD and the IRET. */
	assert_int_equal(c.profile.slots[0].interrupts, 2 + 30 + 4);
	assert_int_equal(fake_span(&c, 0, COUNTS_INTERRUPT, FAKE_HANDLER, 3).executions, 10);
}

static void over_user_play(void)
{
	fake_open(0);
	fake_work(FAKE_USER, 1);
	fake_interrupt(0, FAKE_ENTRY_STACK);
	fake_work(FAKE_HANDLER, 7);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_work(FAKE_USER, 2);
	fake_run(fake_translate(FAKE_SYSCALL, FAKE_MOV, FAKE_ADD));
	fake_work(FAKE_WORK, 4);
}

static void interrupts_over_user_code_stand_apart(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(over_user_play, 1, &c);
	assert_int_equal(fake_insns(&c, 0, "[user]"), 3 * 3);
	assert_int_equal(fake_insns(&c, 0, "work"), 3 * 4);
	assert_int_equal(fake_insns(&c, 0, "entry_SYSCALL_64"), 2);
	assert_int_equal(fake_insns(&c, 0, "handler"), 0);
	assert_int_equal(c.profile.slots[0].interrupts, 2 + 21 + 2);
}

static void exception_play(void)
{
	fake_open(0);
	fake_work(FAKE_USER, 1);
	fake_interrupt(0, FAKE_ENTRY_STACK);
	fake_work(FAKE_HANDLER, 1);
	fake_exception(FAKE_STACK + 0x3d00); /* the handler's own */
	fake_work(FAKE_HANDLER, 1);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_work(FAKE_USER, 1);
	fake_exception(FAKE_ENTRY_STACK - 8); /* user code's page fault */
	fake_work(FAKE_WORK, 1);
}

static void exceptions_are_told_by_their_stack(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(exception_play, 1, &c);
	assert_int_equal(fake_insns(&c, 0, "[user]"), 6);
	assert_int_equal(fake_insns(&c, 0, "handler"), 0);
	assert_int_equal(fake_insns(&c, 0, "work"), 3);
	assert_int_equal(profile_clock_insns(&c.profile, 0), 6 + 2 + 3 + 2 + 3 + 2 + 2 + 3);
}

/* An interrupt of user code, of 2 + 3 + 2 instructions, and what the task goes on with. */
static void interrupt_of_user_code(void)
{
	fake_interrupt(0, FAKE_ENTRY_STACK);
	fake_work(FAKE_HANDLER, 1);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_work(FAKE_USER, 1);
}

/* One before each reading, one between it and the window, at both ends, and one within. */
static void around_play(void)
{
	for (unsigned slot = 0; slot < 2; slot++) {
		fake_clock();
		interrupt_of_user_code();
		fake_announce();
		interrupt_of_user_code();
		fake_clock();
		fake_work(FAKE_USER, 1);
		interrupt_of_user_code();
		fake_open(slot);
		fake_work(FAKE_USER, 1);
		if (slot)
			interrupt_of_user_code();
		fake_close();
		fake_work(FAKE_USER, 1);
		interrupt_of_user_code();
		fake_clock();
		interrupt_of_user_code();
	}
	/* Nothing comes between. */
	fake_announce();
	fake_clock();
	fake_open(2);
	fake_close();
	fake_clock();
}

static void what_interrupts_between_window_and_clock_is_counted(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(around_play, 1, &c);
	assert_int_equal(c.profile.slots[0].interrupts, 2 * 7);
	assert_int_equal(c.profile.slots[0].task, 3);
	assert_int_equal(c.profile.slots[1].interrupts, 3 * 7);
	assert_int_equal(c.profile.slots[1].task, 2 * 3);
	assert_int_equal(profile_clock_insns(&c.profile, 2), 0);
}

/*
 * User code behind an interrupt stands in the interrupt's book until the task enters the kernel:
 * here it goes well twice there, faults, and is done again in the task's.
 */
static void late_fault_play(void)
{
	struct qemu_plugin_tb *tb, *again;

	fake_open(0);
	fake_interrupt(0, FAKE_ENTRY_STACK);
	fake_iret(FAKE_ENTRY_STACK + 8);
	tb = fake_translate(FAKE_USER, FAKE_MOV, FAKE_LOAD, FAKE_ADD);
	fake_run(tb);
	fake_run(tb);
	fake_run_until(tb, 2);
	fake_exception(FAKE_ENTRY_STACK - 8);
	again = fake_translate(FAKE_USER + 2, FAKE_LOAD, FAKE_ADD);
	for (unsigned i = 0; i < 5; i++)
		fake_run(again); /* once after the fault; it is a loop, too */
}

/* And the other way round: it faults in the task's, and an interrupt is faster than the retry. */
static void late_retry_play(void)
{
	fake_open(0);
	fake_run_until(fake_translate(FAKE_USER, FAKE_MOV, FAKE_LOAD, FAKE_ADD), 2);
	fake_exception(FAKE_ENTRY_STACK - 8);
	fake_interrupt(0, FAKE_ENTRY_STACK);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_run(fake_translate(FAKE_USER + 2, FAKE_LOAD, FAKE_ADD));
}

static void retries_are_found_over_both_books(void **state)
{
	struct fake_counts c;

	(void)state;
	fake_play(late_fault_play, 1, &c);
	assert_int_equal(c.profile.slots[0].retries, 1);
	assert_int_equal(fake_insns(&c, 0, "[user]"), 3 * 3 - 1 - 1 + 5 * 2);
	fake_counts_free(&c);
	fake_play(late_retry_play, 1, &c);
	assert_int_equal(c.profile.slots[0].retries, 1);
	assert_int_equal(fake_insns(&c, 0, "[user]"), 3);
	fake_counts_free(&c);
}

/* The rest of a window follows the context over slots too: an interrupt ends with its marker. */
static void marker_in_user_code_play(void)
{
	fake_open(0);
	fake_interrupt(0, FAKE_ENTRY_STACK);
	fake_work(FAKE_HANDLER, 1);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_open(1);
	fake_work(FAKE_WORK, 1);
}

static void a_marker_is_the_tasks(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(marker_in_user_code_play, 1, &c);
	assert_int_equal(c.profile.slots[1].task, 3);
	assert_int_equal(c.profile.slots[1].interrupts, 0);
	assert_int_equal(c.profile.slots[0].task, 0);
}

static void switch_play(void)
{
	fake_open(0);
	fake_work(FAKE_WORK, 1);
	fake_switch(FAKE_STACK + 0x3d00, FAKE_OTHER_STACK + 0x3d00);
	fake_work(FAKE_WORK, 16);
	fake_interrupt(1, FAKE_OTHER_STACK + 0x3000);
	fake_work(FAKE_HANDLER, 16);
	fake_iret(FAKE_OTHER_STACK + 0x3008);
	fake_switch(FAKE_OTHER_STACK + 0x3d00, FAKE_STACK + 0x3d00);
	fake_work(FAKE_WORK, 1);
}

static void other_tasks_stand_apart(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(switch_play, 1, &c);
	assert_int_equal(fake_insns(&c, 0, "work"), 6);
	assert_int_equal(c.profile.slots[0].interrupts, 0);
	/* The switch itself belongs to whoever is on its stack: all in all, all is there. */
	assert_int_equal(c.profile.slots[0].task + c.profile.slots[0].others,
			 6 + 16 * 3 * 2 + 2 + 2 + 2 * 5);
	assert_int_equal(fake_span(&c, 0, COUNTS_OTHER, FAKE_HANDLER, 3).executions, 16);
}

static void two_vcpus_play(void)
{
	fake_open(0);
	fake_work(FAKE_WORK, 10);
	fake_vcpu = 1;
	fake_work(FAKE_WORK, 3);
	fake_work(FAKE_HANDLER, 2);
	fake_vcpu = 0;
	fake_work(FAKE_WORK, 1);
	fake_close();
	fake_clock();
	fake_work(FAKE_WORK, 50);
	fake_vcpu = 1;
	fake_work(FAKE_WORK, 50);
	fake_vcpu = 0;
	fake_open(1);
	fake_work(FAKE_WORK, 1);
	fake_vcpu = 1;
	fake_work(FAKE_WORK, 1);
	fake_vcpu = 0;
	fake_work(FAKE_WORK, 1);
}

static void vcpus_stand_apart(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(two_vcpus_play, 2, &c);
	assert_int_equal(c.profile.slots[0].task, 3 * 11);
	assert_int_equal(c.profile.slots[0].others, 3 * 5);
	assert_int_equal(c.profile.slots[1].task, 3 * 2);
	assert_int_equal(c.profile.slots[1].others, 3);
}

static void halts_play(void)
{
	static const char hlt[] = "f4";

	fake_run(fake_translate(FAKE_WORK, FAKE_ADD, hlt));
	fake_halted(1000); /* before any window */
	fake_open(0);
	fake_work(FAKE_WORK, 1);
	fake_run(fake_translate(FAKE_WORK, FAKE_ADD, hlt));
	fake_halted(20);
	fake_run(fake_translate(FAKE_WORK, FAKE_ADD, "0f 01 c9")); /* mwait */
	fake_halted(3);
	fake_work(FAKE_WORK, 1);
	fake_close();
	fake_run(fake_translate(FAKE_WORK, FAKE_ADD, hlt));
	fake_halted(500); /* a rest */
	fake_open(1);
	fake_work(FAKE_WORK, 100);
	fake_open(2);
	fake_run(fake_translate(FAKE_WORK, FAKE_ADD, hlt));
	fake_halted(7);
	fake_close();
}

static void halted_time_is_a_slots_as_instructions_are(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(halts_play, 1, &c);
	assert_true(c.profile.halted_known);
	for (unsigned i = 0; i < MARKER_SLOTS; i++)
		assert_int_equal(c.profile.slots[i].halted, i == 0 ? 23 : i == 2 ? 7 : 0);
	assert_int_equal(fake_insns(&c, 0, "work"), 3 + 2 + 2 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markers_choose_the_slot),
		cmocka_unit_test(a_region_counts_by_itself),
		cmocka_unit_test(what_is_wrong_with_a_region_is_told),
		cmocka_unit_test(markers_inside_a_block_cut_it),
		cmocka_unit_test(kernel_code_has_no_markers),
		cmocka_unit_test(interrupts_over_the_kernel_stand_apart),
		cmocka_unit_test(interrupts_over_user_code_stand_apart),
		cmocka_unit_test(exceptions_are_told_by_their_stack),
		cmocka_unit_test(what_interrupts_between_window_and_clock_is_counted),
		cmocka_unit_test(retries_are_found_over_both_books),
		cmocka_unit_test(a_marker_is_the_tasks),
		cmocka_unit_test(other_tasks_stand_apart),
		cmocka_unit_test(vcpus_stand_apart),
		cmocka_unit_test(halted_time_is_a_slots_as_instructions_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
