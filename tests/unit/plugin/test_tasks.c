// SPDX-License-Identifier: GPL-2.0-or-later
/* Other tasks by name, in a guest whose memory is a few bytes. */
#include "tests/unit/unit.h"

#include "plugin/memory.h"
#include "base/cleanup.h"
#include "plugin/tasks.h"

#include <string.h>

#define OWN 0xffff888001000000ull
#define KSMD 0xffff888002000000ull
#define WORKER 0xffff888003000000ull
#define COMM 0x7c8u

static char worker_name[COUNTS_TASK_BYTES] = "kworker/0:1";

bool memory_read(uint64_t vaddr, void *out, size_t len)
{
	memset(out, 0, len);
	if (vaddr == OWN && len > COMM + COUNTS_TASK_BYTES)
		memcpy((char *)out + COMM, COUNTS_OWN_NAME, sizeof(COUNTS_OWN_NAME));
	else if (vaddr == KSMD + COMM)
		memcpy(out, "ksmd", 4);
	else if (vaddr == WORKER + COMM)
		memcpy(out, worker_name, len);
	else
		return false;
	return true;
}

static void names_are_what_they_begin_with(void **state)
{
	static const struct {
		char comm[COUNTS_TASK_BYTES];
		const char *name;
	} rows[] = {
		{ "ksmd", "ksmd" },
		{ "kworker/0:1H", "kworker" },
		{ "kworker/u2:3", "kworker" },
		{ "kdamond.0", "kdamond" },
		{ "jbd2/ram0-8", "jbd2" },
		{ "0123456789abcde", "0123456789abcde" },
		{ "7", "7" },
		{ "a b", "a_b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char name[COUNTS_TASK_BYTES];

		tasks_name(rows[i].comm, name);
		assert_string_equal(name, rows[i].name);
	}
}

static void stores_of_the_stack_pointer_are_known(void **state)
{
	static const uint8_t store[] = { 0x48, 0x89, 0xa7, 0x18, 0x17, 0, 0 },
			     load[] = { 0x48, 0x8b, 0xa6, 0x18, 0x17, 0, 0 },
			     other[] = { 0x48, 0x8b, 0x9e, 0x38, 0x06, 0, 0 };

	(void)state;
	assert_int_equal(tasks_displacement(store, sizeof(store)), 0x1718);
	assert_int_equal(tasks_displacement(load, sizeof(load)), 0x1718);
	assert_int_equal(tasks_displacement(other, sizeof(other)), 0);
	assert_int_equal(tasks_displacement(store, 3), 0);
}

static void enter(struct tasks *t, uint64_t task)
{
	t->next = task;
	assert_true(tasks_would_change(t));
	tasks_enter(t);
	t->next = 0;
}

static void tasks_are_told_by_name(void **state)
{
	struct tasks t = { 0 };

	(void)state;
	/* Before names are known, nobody has one. */
	t.next = KSMD;
	assert_int_equal(tasks_would_change(&t), false);
	assert_int_equal(tasks_number(&t), 0);
	tasks_learn(&t, OWN);
	assert_int_equal(t.comm_offset, COMM);
	enter(&t, KSMD);
	assert_string_equal(t.names[tasks_number(&t)], "ksmd");
	enter(&t, WORKER);
	assert_string_equal(t.names[tasks_number(&t)], "kworker");
	/* Who takes the place of a task that ended is another. */
	enter(&t, KSMD);
	strcpy(worker_name, "jbd2/ram0-8");
	enter(&t, WORKER);
	assert_string_equal(t.names[tasks_number(&t)], "jbd2");
	/* One that cannot be read has no name. */
	enter(&t, OWN + 4096);
	assert_int_equal(tasks_number(&t), 0);
}

static void interrupts_are_not_the_tasks(void **state)
{
	struct tasks t = { 0 };
	unsigned ksmd;

	(void)state;
	tasks_learn(&t, OWN);
	enter(&t, KSMD);
	ksmd = tasks_number(&t);
	/* From user code: nothing would tell its end. */
	assert_int_equal(tasks_interrupt(&t, 0xfffffe0000002fd8ull), false);
	assert_true(tasks_interrupt(&t, 0xffffc90000203000ull));
	tasks_interrupt_apply(&t, 0xffffc90000203000ull);
	assert_string_equal(t.names[tasks_number(&t)], COUNTS_TASK_INTERRUPTS);
	/* It is switched out in it, and goes on with it. */
	enter(&t, WORKER);
	enter(&t, KSMD);
	assert_string_equal(t.names[tasks_number(&t)], COUNTS_TASK_INTERRUPTS);
	assert_int_equal(tasks_iret(&t, 0xffffc90000203000ull), false);
	assert_true(tasks_iret(&t, 0xffffc90000203008ull));
	tasks_iret_apply(&t);
	assert_int_equal(tasks_number(&t), ksmd);
}

static void no_more_names_than_there_is_room_for(void **state)
{
	struct tasks t = { 0 };

	(void)state;
	tasks_learn(&t, OWN);
	t.n_names = COUNTS_TASKS_MAX;
	enter(&t, KSMD);
	assert_int_equal(tasks_number(&t), 0);
	assert_int_equal(t.n_names, COUNTS_TASKS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_what_they_begin_with),
		cmocka_unit_test(stores_of_the_stack_pointer_are_known),
		cmocka_unit_test(tasks_are_told_by_name),
		cmocka_unit_test(interrupts_are_not_the_tasks),
		cmocka_unit_test(no_more_names_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
