// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The call tree, whatever comes between a call and its return: interrupts, faults, switches. Every
 * play says what the tree has to be, line by line, and all of it adds up to the plain counts.
 */
#include "tests/unit/fake_events.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"

#include <string.h>

/* Where return addresses lie on the task's stack, by depth. */
#define SLOT(depth) (FAKE_STACK + 0x3f00 - 0x100ull * (depth))
#define SYSRET "48 0f 07"
#define STOSQ "f3 48 ab"
#define MOVSB "f3 a4"
#define BEYOND 0x80 /* somewhere behind a function's entry */

/* Two instructions, of which one calls what comes next. */
static void call_from(uint64_t vaddr, uint64_t slot)
{
	struct qemu_plugin_tb *tb = fake_translate(vaddr, FAKE_MOV, FAKE_CALL);

	fake_run(tb);
	fake_store(tb, 1, slot);
}

/* Two instructions, of which one returns to where @slot says. */
static void return_from(uint64_t vaddr, uint64_t slot)
{
	struct qemu_plugin_tb *tb = fake_translate(vaddr, FAKE_ADD, FAKE_RET);

	fake_run(tb);
	fake_load(tb, 1, slot);
}

/* User code, and the system call up to work(), which executes three instructions. */
static void begin(void)
{
	fake_open(0);
	fake_work(FAKE_USER, 1);
	call_from(FAKE_SYSCALL, SLOT(0));
	fake_work(FAKE_WORK, 1);
}

/* The rest of it: work() returns, the system call too, and user code goes on. */
static void end(void)
{
	return_from(FAKE_WORK + BEYOND, SLOT(0));
	fake_run(fake_translate(FAKE_SYSCALL + BEYOND, FAKE_MOV, SYSRET));
	fake_work(FAKE_USER, 1);
	fake_close();
}

/* What begin() and end() come to. */
#define BEGUN "[user] 6 0\n"
#define SYSTEM_CALL BEGUN "[user];entry_SYSCALL_64 4 1\n"

static void put_path(const struct calltree *t, size_t node, char *out, size_t len)
{
	size_t at;

	out[0] = '\0';
	if (node)
		put_path(t, t->nodes[node].parent, out, len);
	at = strlen(out);
	snprintf(out + at, len - at, "%s%s", node ? ";" : "", t->nodes[node].name);
}

/* A function's calls over all paths are those that were counted. */
static void expect_function(const struct calltree *t, const struct profile_function *f)
{
	uint64_t calls = 0;

	for (size_t i = 0; i < t->count; i++)
		calls += strcmp(t->nodes[i].name, f->name) ? 0 : t->nodes[i].calls[0];
	if (calls != f->calls[0] && strcmp(f->name, "[user]") != 0)
		fail_msg("%s: %llu calls, not %llu", f->name, (unsigned long long)calls,
			 (unsigned long long)f->calls[0]);
}

/* Fails unless the tree of a slot is @lines, "PATH INSNS CALLS" each, and adds up. */
static void expect_slot(const struct fake_counts *c, unsigned slot, const char *lines)
{
	char text[4096] = "", path[1024];
	uint64_t sum = 0;

	for (size_t i = 0; i < c->tree.count; i++) {
		const struct calltree_node *n = &c->tree.nodes[i];
		size_t at = strlen(text);

		sum += n->insns[slot];
		if (!n->insns[slot] && !n->calls[slot])
			continue;
		put_path(&c->tree, i, path, sizeof(path));
		snprintf(text + at, sizeof(text) - at, "%s %llu %llu\n", path,
			 (unsigned long long)n->insns[slot], (unsigned long long)n->calls[slot]);
	}
	assert_string_equal(text, lines);
	assert_int_equal(sum, c->profile.slots[slot].task);
}

/* The same of a play that has slot 0 only. */
static void expect_tree(void (*play)(void), const char *lines)
{
	_cleanup_fake_counts_ struct fake_counts c;

	fake_play_tree(play, &c);
	expect_slot(&c, 0, lines);
	for (size_t i = 0; i < c.profile.count; i++)
		expect_function(&c.tree, &c.profile.functions[i]);
}

static void calls_play(void)
{
	begin();
	for (unsigned i = 0; i < 2; i++) {
		call_from(FAKE_WORK + 0x10, SLOT(1));
		fake_work(FAKE_HANDLER, 1);
		call_from(FAKE_HANDLER + BEYOND, SLOT(2));
		return_from(FAKE_LAST, SLOT(2));
		return_from(FAKE_HANDLER + 0xa0, SLOT(1));
	}
	call_from(FAKE_WORK + 0x20, SLOT(1));
	return_from(FAKE_LAST, SLOT(1));
	end();
}

static void every_path_is_told_apart(void **state)
{
	(void)state;
	expect_tree(calls_play, SYSTEM_CALL "[user];entry_SYSCALL_64;work 11 1\n"
					    "[user];entry_SYSCALL_64;work;handler 14 2\n"
					    "[user];entry_SYSCALL_64;work;handler;last 4 2\n"
					    "[user];entry_SYSCALL_64;work;last 2 1\n");
}

/* An interrupt's calls and returns, some of them in the slots that the task has open. */
static void disturb(uint64_t frame)
{
	fake_interrupt(3, frame - 8);
	call_from(FAKE_HANDLER, SLOT(5));
	fake_work(FAKE_LAST, 1);
	return_from(FAKE_LAST + 0x10, SLOT(0));
	return_from(FAKE_HANDLER + BEYOND, SLOT(1));
	fake_iret(frame);
}

static void interrupt_play(void)
{
	begin();
	call_from(FAKE_WORK + 0x10, SLOT(1));
	disturb(FAKE_STACK + 0x3000);
	fake_work(FAKE_HANDLER, 1);
	disturb(FAKE_STACK + 0x3000);
	return_from(FAKE_HANDLER + BEYOND, SLOT(1));
	disturb(FAKE_STACK + 0x3100);
	end();
}

static void an_interrupt_in_a_call_leaves_no_trace(void **state)
{
	(void)state;
	expect_tree(interrupt_play, SYSTEM_CALL "[user];entry_SYSCALL_64;work 7 1\n"
						"[user];entry_SYSCALL_64;work;handler 5 1\n");
}

/* User code after an interrupt is the task's, though the interrupt ends with the system call. */
static void interrupted_user_play(void)
{
	fake_open(0);
	disturb(FAKE_ENTRY_STACK + 8);
	fake_work(FAKE_USER, 1);
	call_from(FAKE_SYSCALL, SLOT(0));
	fake_work(FAKE_WORK, 1);
	end();
}

static void an_interrupt_of_user_code_leaves_no_trace(void **state)
{
	(void)state;
	expect_tree(interrupted_user_play, SYSTEM_CALL "[user];entry_SYSCALL_64;work 5 1\n");
}

/* The interrupt's handler faults: that looks like the task's entry until the stub's first store. */
static void handler_faults_play(void)
{
	fake_open(0);
	fake_work(FAKE_USER, 1);
	fake_interrupt(3, FAKE_ENTRY_STACK);
	fake_exception(FAKE_STACK + 0x3d00);
	fake_work(FAKE_HANDLER, 1);
	fake_iret(FAKE_STACK + 0x3d08);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_run_until(fake_translate(FAKE_USER, FAKE_LOAD, FAKE_ADD), 1);
	fake_exception(FAKE_ENTRY_STACK - 8);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_run(fake_translate(FAKE_USER, FAKE_LOAD, FAKE_ADD));
	call_from(FAKE_SYSCALL, SLOT(0));
	fake_work(FAKE_WORK, 1);
	end();
}

static void a_fault_of_the_handlers_is_none_of_the_tasks(void **state)
{
	(void)state;
	/* What the stub executed up to then is the task's in the counts, too. */
	expect_tree(handler_faults_play, "[user] 8 0\n"
					 "[user];asm_exc_page_fault 6 2\n"
					 "[user];entry_SYSCALL_64 4 1\n"
					 "[user];entry_SYSCALL_64;work 5 1\n");
}

/* The load faults; so does the handler; then each is done again. */
static void nested_faults_play(void)
{
	begin();
	fake_run_until(fake_translate(FAKE_WORK + 0x10, FAKE_MOV, FAKE_LOAD, FAKE_ADD), 2);
	fake_exception(SLOT(3));
	fake_run_until(fake_translate(FAKE_HANDLER, FAKE_LOAD, FAKE_ADD), 1);
	fake_exception(SLOT(6));
	fake_work(FAKE_LAST, 1);
	return_from(FAKE_LAST + 0x10, SLOT(0)); /* not the fault's, whatever lies there */
	return_from(FAKE_LAST + 0x20, SLOT(6));
	fake_iret(FAKE_STACK + 0x3400);
	fake_run(fake_translate(FAKE_HANDLER, FAKE_LOAD, FAKE_ADD));
	return_from(FAKE_HANDLER + BEYOND, SLOT(3));
	fake_iret(FAKE_STACK + 0x3800);
	fake_run(fake_translate(FAKE_WORK + 0x12, FAKE_LOAD, FAKE_ADD));
	end();
}

static void nested_faults_are_calls(void **state)
{
	(void)state;
	expect_tree(
		nested_faults_play, SYSTEM_CALL
		"[user];entry_SYSCALL_64;work 8 1\n"
		"[user];entry_SYSCALL_64;work;asm_exc_page_fault 4 1\n"
		"[user];entry_SYSCALL_64;work;asm_exc_page_fault;handler 4 1\n"
		"[user];entry_SYSCALL_64;work;asm_exc_page_fault;handler;asm_exc_page_fault 4 1\n"
		"[user];entry_SYSCALL_64;work;asm_exc_page_fault;handler;asm_exc_page_fault;last "
		"7 1\n");
}

static void user_fault_play(void)
{
	fake_open(0);
	fake_run_until(fake_translate(FAKE_USER, FAKE_MOV, FAKE_LOAD, FAKE_ADD), 2);
	fake_exception(FAKE_ENTRY_STACK - 8);
	fake_work(FAKE_HANDLER, 1);
	disturb(FAKE_STACK + 0x3000);
	return_from(FAKE_HANDLER + BEYOND, FAKE_ENTRY_STACK - 8);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_run(fake_translate(FAKE_USER + 2, FAKE_LOAD, FAKE_ADD));
	fake_work(FAKE_USER, 1);
}

static void a_fault_of_user_code_is_below_the_root(void **state)
{
	(void)state;
	expect_tree(user_fault_play, BEGUN "[user];asm_exc_page_fault 4 1\n"
					   "[user];asm_exc_page_fault;handler 5 1\n");
}

/* What comes next cannot be fetched; what was executed before was no attempt. */
static void fetch_play(void)
{
	fake_open(0);
	fake_run_until(fake_translate(FAKE_USER, FAKE_MOV, FAKE_LOAD), 2);
	fake_fetch_fault(FAKE_ENTRY_STACK - 8);
	fake_work(FAKE_HANDLER, 1);
	return_from(FAKE_HANDLER + BEYOND, FAKE_ENTRY_STACK - 8);
	fake_iret(FAKE_ENTRY_STACK + 8);
	fake_run(fake_translate(FAKE_USER + 5, FAKE_ADD, FAKE_ADD));
	fake_work(FAKE_USER, 1);
}

static void what_is_not_fetched_is_not_taken_back(void **state)
{
	(void)state;
	expect_tree(fetch_play, "[user] 7 0\n"
				"[user];asm_exc_page_fault 4 1\n"
				"[user];asm_exc_page_fault;handler 5 1\n");
}

/* The store of a MOVS faults after its load, twice; in between it is done. */
static void movs_play(void)
{
	struct qemu_plugin_tb *tb;

	begin();
	tb = fake_translate(FAKE_WORK + 0x10, MOVSB);
	for (unsigned i = 0; i < 5; i++) {
		if (i % 2) {
			fake_run_until(tb, 1);
			fake_load(tb, 0, 0x1000);
			fake_write_fault(SLOT(3));
			fake_iret(FAKE_STACK + 0x3c00);
		}
		fake_run(tb);
		if (i < 4) {
			fake_load(tb, 0, 0x1000);
			fake_store(tb, 0, 0x2000);
		}
	}
	fake_run(fake_translate(FAKE_WORK + 0x12, FAKE_ADD));
	end();
}

static void a_load_whose_store_faults_is_no_iteration(void **state)
{
	(void)state;
	expect_tree(movs_play, SYSTEM_CALL "[user];entry_SYSCALL_64;work 7 1\n"
					   "[user];entry_SYSCALL_64;work;asm_exc_page_fault 8 2\n");
}

/* The other task calls and returns in its own slots, has an interrupt, and then ours goes on. */
static void switch_play(void)
{
	begin();
	call_from(FAKE_WORK + 0x10, SLOT(1));
	fake_work(FAKE_HANDLER, 1);
	call_from(FAKE_HANDLER + 0x10, SLOT(2));
	fake_switch(SLOT(2) - 8, FAKE_OTHER_STACK + 0x3400);
	return_from(FAKE_LAST, FAKE_OTHER_STACK + 0x3410);
	call_from(FAKE_LAST, FAKE_OTHER_STACK + 0x3e00);
	disturb(FAKE_OTHER_STACK + 0x3000);
	fake_work(FAKE_WORK, 7);
	fake_switch(FAKE_OTHER_STACK + 0x3400, SLOT(2) - 16);
	return_from(FAKE_LAST, SLOT(2)); /* what it jumps to */
	return_from(FAKE_HANDLER + BEYOND, SLOT(1));
	end();
}

static void another_task_leaves_no_trace(void **state)
{
	(void)state;
	expect_tree(switch_play,
		    SYSTEM_CALL "[user];entry_SYSCALL_64;work 7 1\n"
				"[user];entry_SYSCALL_64;work;handler 7 1\n"
				"[user];entry_SYSCALL_64;work;handler;__switch_to_asm 5 1\n"
				"[user];entry_SYSCALL_64;work;handler;last 2 1\n");
}

/* Of the returns some read what no call has stored, and one leaves three functions at once. */
static void mismatch_play(void)
{
	begin();
	call_from(FAKE_WORK + 0x10, SLOT(1));
	fake_work(FAKE_HANDLER, 1);
	return_from(FAKE_HANDLER + 0x10, SLOT(9)); /* of a thunk: goes on where it was */
	fake_work(FAKE_HANDLER + 0x20, 1);
	call_from(FAKE_HANDLER + 0x30, SLOT(2)); /* to the next instruction, which pops */
	fake_work(FAKE_HANDLER + 0x40, 1);
	call_from(FAKE_HANDLER + 0x50, SLOT(3));
	return_from(FAKE_LAST, SLOT(1));
	fake_work(FAKE_WORK + 0x20, 1);
	end();
}

static void returns_are_matched_by_their_slot(void **state)
{
	(void)state;
	expect_tree(mismatch_play, SYSTEM_CALL "[user];entry_SYSCALL_64;work 10 1\n"
					       "[user];entry_SYSCALL_64;work;handler 15 1\n"
					       "[user];entry_SYSCALL_64;work;handler;last 2 1\n");
}

/* A jump to another function: it takes the place of the one before, and returns for it. */
static void tail_play(void)
{
	begin();
	call_from(FAKE_WORK + 0x10, SLOT(1));
	fake_work(FAKE_HANDLER, 1);
	fake_work(FAKE_LAST, 1);
	return_from(FAKE_LAST + 0x10, SLOT(1));
	end();
}

static void a_jump_takes_the_place(void **state)
{
	(void)state;
	expect_tree(tail_play, SYSTEM_CALL "[user];entry_SYSCALL_64;work 7 1\n"
					   "[user];entry_SYSCALL_64;work;handler 3 1\n"
					   "[user];entry_SYSCALL_64;work;last 5 1\n");
}

/*
 * Ten iterations are one instruction, executed once more than that (counter.h); from the second on
 * it is another block.
 */
static void string(uint64_t vaddr, uint64_t to)
{
	struct qemu_plugin_tb *first = fake_translate(vaddr, STOSQ), *again;

	again = fake_translate(vaddr, STOSQ);
	for (unsigned i = 0; i <= 10; i++) {
		struct qemu_plugin_tb *tb = i ? again : first;

		fake_run(tb);
		if (i < 10)
			fake_store(tb, 0, to + 8 * i);
	}
}

static void rep_play(void)
{
	begin();
	string(FAKE_WORK + 0x10, 0xffff888000000000ull);
	end();
	fake_open(0);
	string(FAKE_USER + 0x10, 0x7fff00000000ull);
	fake_close();
}

static void a_string_instruction_counts_once(void **state)
{
	(void)state;
	expect_tree(rep_play, "[user] 7 0\n"
			      "[user];entry_SYSCALL_64 4 1\n"
			      "[user];entry_SYSCALL_64;work 6 1\n");
}

/* A window that ends in the middle of a call; where the next begins, user code runs. */
static void windows_play(void)
{
	begin();
	call_from(FAKE_WORK + 0x10, SLOT(1));
	fake_work(FAKE_HANDLER, 1);
	fake_close();
	fake_work(FAKE_WORK, 5);
	fake_open(1);
	fake_run_until(fake_translate(FAKE_USER, FAKE_LOAD, FAKE_ADD), 1);
	fake_exception(FAKE_ENTRY_STACK - 8);
	fake_close();
}

static void windows_stand_apart(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play_tree(windows_play, &c);
	expect_slot(&c, 0,
		    "[user] 3 0\n"
		    "[user];entry_SYSCALL_64 2 1\n"
		    "[user];entry_SYSCALL_64;work 5 1\n"
		    "[user];entry_SYSCALL_64;work;handler 3 1\n");
	/* The load was not done again. */
	expect_slot(&c, 1, "[user];asm_exc_page_fault 2 1\n");
}

static void a_tree_needs_functions(void **state)
{
	const char *argv[] = { "out=/dev/null", "tree=/dev/null" };
	struct qemu_plugin_info info = fake_info(1);

	(void)state;
	assert_int_equal(fake_install(&info, 2, argv), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_path_is_told_apart),
		cmocka_unit_test(an_interrupt_in_a_call_leaves_no_trace),
		cmocka_unit_test(an_interrupt_of_user_code_leaves_no_trace),
		cmocka_unit_test(a_fault_of_the_handlers_is_none_of_the_tasks),
		cmocka_unit_test(nested_faults_are_calls),
		cmocka_unit_test(a_fault_of_user_code_is_below_the_root),
		cmocka_unit_test(what_is_not_fetched_is_not_taken_back),
		cmocka_unit_test(a_load_whose_store_faults_is_no_iteration),
		cmocka_unit_test(another_task_leaves_no_trace),
		cmocka_unit_test(returns_are_matched_by_their_slot),
		cmocka_unit_test(a_jump_takes_the_place),
		cmocka_unit_test(a_string_instruction_counts_once),
		cmocka_unit_test(windows_stand_apart),
		cmocka_unit_test(a_tree_needs_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
