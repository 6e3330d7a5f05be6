// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose work it is that a vCPU does. Addresses as a kernel has them, without KASLR. */
#include "plugin/context.h"
#include "tests/unit/unit.h"

#define STACK 0xffffc90000104000ull	  /* of the measured task */
#define OTHER_STACK 0xffffc90000204000ull /* of another task */
#define ENTRY_STACK 0xfffffe0000002fd8ull /* CPU entry area */

/* An interrupt begins, and its stub pushes the vector at @push. */
static void interrupt(struct context *c, uint64_t push)
{
	if (context_interrupt(c))
		context_interrupt_apply(c);
	context_interrupt_push(c, push);
}

/* An IRET reads its frame from @frame up: RIP, CS, RFLAGS, RSP, SS. */
static void iret(struct context *c, uint64_t frame)
{
	for (unsigned i = 0; i < 5; i++) {
		if (context_iret_read(c, frame + 8 * i))
			context_iret_apply(c);
	}
}

static void task_entry(struct context *c)
{
	if (context_task_entry(c))
		context_task_entry_apply(c, false);
}

/* An exception begins, and its stub calls on, which stores at @store. */
static void exception(struct context *c, uint64_t store)
{
	if (context_task_entry(c))
		context_task_entry_apply(c, true);
	if (context_exception_store(c, store))
		context_exception_apply(c);
}

/* __switch_to_asm: six pushes on one stack, six pops from another. */
static void switch_stacks(struct context *c, uint64_t from, uint64_t to)
{
	for (unsigned i = 1; i <= 6; i++)
		context_switch_push(c, from - 8 * i);
	for (unsigned i = 6; i >= 1; i--) {
		if (context_switch_pop(c, to - 8 * i))
			context_switch_apply(c);
	}
}

static struct context task(void)
{
	struct context c = { .now = COUNTS_OTHER };

	context_marker(&c);
	return c;
}

static void an_exception_is_told_by_its_frame(void **state)
{
	struct context c = task();

	(void)state;
	interrupt(&c, ENTRY_STACK); /* over user code */
	exception(&c, STACK + 0x3d00);
	assert_int_equal(c.now, COUNTS_INTERRUPT); /* the handler's own */
	exception(&c, ENTRY_STACK - 8);
	assert_int_equal(c.now, COUNTS_TASK); /* user code went on and faulted */
	exception(&c, STACK + 0x3d00);
	assert_int_equal(c.now, COUNTS_TASK);

	/* Over kernel code, no exception ends it. */
	interrupt(&c, STACK + 0x3e00);
	exception(&c, ENTRY_STACK - 8);
	assert_int_equal(c.now, COUNTS_INTERRUPT);
}

static void over_kernel_code_ends_with_its_own_iret(void **state)
{
	struct context c = task();
	uint64_t push = STACK + 0x3e00;

	(void)state;
	interrupt(&c, push);
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	assert_false(c.from_user);
	iret(&c, push - 0x200); /* of an exception inside it */
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	iret(&c, push + 0x10); /* reads around, but not at, the frame */
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	iret(&c, push + 8);
	assert_int_equal(c.now, COUNTS_TASK);
}

static void nested_interrupts_keep_the_outer_frame(void **state)
{
	struct context c = task();
	uint64_t push = STACK + 0x3e00;

	(void)state;
	interrupt(&c, push);
	interrupt(&c, push - 0x300);
	iret(&c, push - 0x300 + 8);
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	iret(&c, push + 8);
	assert_int_equal(c.now, COUNTS_TASK);
}

/* The first push shows the frame; the stub's others lie below. */
static void only_the_first_push_counts(void **state)
{
	struct context c = task();
	uint64_t push = STACK + 0x3e00;

	(void)state;
	interrupt(&c, push);
	context_interrupt_push(&c, push - 8);
	context_interrupt_push(&c, ENTRY_STACK);
	iret(&c, push + 8);
	assert_int_equal(c.now, COUNTS_TASK);
}

static void kernel_entries_do_not_end_it(void **state)
{
	struct context c = task();

	(void)state;
	interrupt(&c, STACK + 0x3e00);
	task_entry(&c); /* a page fault inside the handler */
	assert_int_equal(c.now, COUNTS_INTERRUPT);
}

static void over_user_code_ends_at_the_next_entry(void **state)
{
	struct context c = task();

	(void)state;
	interrupt(&c, ENTRY_STACK);
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	assert_true(c.from_user);
	iret(&c, ENTRY_STACK + 8);
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	interrupt(&c, ENTRY_STACK); /* again, before the task enters the kernel */
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	task_entry(&c);
	assert_int_equal(c.now, COUNTS_TASK);
	task_entry(&c);
	assert_int_equal(c.now, COUNTS_TASK);
}

static void entry_area_has_its_bounds(void **state)
{
	static const struct {
		uint64_t push;
		bool from_user;
	} rows[] = {
		{ 0xfffffe0000000000ull, true },  { 0xfffffe7ffffffff8ull, true },
		{ 0xfffffdfffffffff8ull, false }, { 0xfffffe8000000000ull, false },
		{ 0xffffc90000107ff8ull, false }, { 0xffffffff82003ff8ull, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct context c = task();

		interrupt(&c, rows[i].push);
		assert_int_equal(c.from_user, rows[i].from_user);
		assert_int_equal(c.frame, rows[i].from_user ? 0 : rows[i].push + 8);
	}
}

/* The frame of an interrupt that is over must not end the next one. */
static void each_interrupt_has_its_frame(void **state)
{
	struct context c = task();

	(void)state;
	interrupt(&c, STACK + 0x3e00);
	iret(&c, STACK + 0x3e08);
	interrupt(&c, ENTRY_STACK);
	iret(&c, STACK + 0x3e08);
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	task_entry(&c);
	interrupt(&c, STACK + 0x3c00);
	assert_false(c.from_user);
	task_entry(&c);
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	iret(&c, STACK + 0x3c08);
	assert_int_equal(c.now, COUNTS_TASK);
}

static void switches_lead_away_and_back(void **state)
{
	struct context c = task();

	(void)state;
	switch_stacks(&c, STACK + 0x3d00, OTHER_STACK + 0x3d00);
	assert_int_equal(c.now, COUNTS_OTHER);
	interrupt(&c, OTHER_STACK + 0x3000);
	assert_int_equal(c.now, COUNTS_OTHER);
	iret(&c, OTHER_STACK + 0x3008);
	assert_int_equal(c.now, COUNTS_OTHER);
	switch_stacks(&c, OTHER_STACK + 0x3d00, 0xffffffff82003f00ull); /* to idle */
	assert_int_equal(c.now, COUNTS_OTHER);
	switch_stacks(&c, 0xffffffff82003f00ull, STACK + 0x3d00);
	assert_int_equal(c.now, COUNTS_TASK);
}

/* Preempted on an interrupt's way out: the task comes back into the interrupt. */
static void switched_out_in_an_interrupt(void **state)
{
	struct context c = task();

	(void)state;
	interrupt(&c, STACK + 0x3e00);
	switch_stacks(&c, STACK + 0x3b00, OTHER_STACK + 0x3d00);
	assert_int_equal(c.now, COUNTS_OTHER);
	iret(&c, STACK + 0x3e08); /* somebody else's, by chance at that address */
	switch_stacks(&c, OTHER_STACK + 0x3d00, STACK + 0x3b00);
	assert_int_equal(c.now, COUNTS_INTERRUPT);
	iret(&c, STACK + 0x3e08);
	assert_int_equal(c.now, COUNTS_TASK);
}

static void stacks_are_told_by_16_kib(void **state)
{
	struct context c = task();

	(void)state;
	switch_stacks(&c, STACK + 0x3d00, STACK + 0x7d00); /* the neighbour's */
	assert_int_equal(c.now, COUNTS_OTHER);
	switch_stacks(&c, STACK + 0x7d00, STACK + 0x200); /* ours, but deep */
	assert_int_equal(c.now, COUNTS_TASK);
}

static void a_marker_resets_everything(void **state)
{
	struct context c = task();

	(void)state;
	interrupt(&c, ENTRY_STACK);
	context_marker(&c);
	assert_int_equal(c.now, COUNTS_TASK);
	switch_stacks(&c, STACK + 0x3d00, OTHER_STACK + 0x3d00);
	context_marker(&c); /* the measured task runs, so it was the other that was seen away */
	assert_int_equal(c.now, COUNTS_TASK);
	assert_int_equal(c.task_stack, 0);
	switch_stacks(&c, OTHER_STACK + 0x3d00, STACK + 0x3d00);
	assert_int_equal(c.now, COUNTS_OTHER);
	switch_stacks(&c, STACK + 0x3d00, OTHER_STACK + 0x3d00);
	assert_int_equal(c.now, COUNTS_TASK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_kernel_code_ends_with_its_own_iret),
		cmocka_unit_test(nested_interrupts_keep_the_outer_frame),
		cmocka_unit_test(only_the_first_push_counts),
		cmocka_unit_test(kernel_entries_do_not_end_it),
		cmocka_unit_test(over_user_code_ends_at_the_next_entry),
		cmocka_unit_test(entry_area_has_its_bounds),
		cmocka_unit_test(each_interrupt_has_its_frame),
		cmocka_unit_test(switches_lead_away_and_back),
		cmocka_unit_test(switched_out_in_an_interrupt),
		cmocka_unit_test(stacks_are_told_by_16_kib),
		cmocka_unit_test(an_exception_is_told_by_its_frame),
		cmocka_unit_test(a_marker_resets_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
