// SPDX-License-Identifier: GPL-2.0-or-later
/* Cost vectors: what was executed, by class, and how many bytes strings moved. */
#include "tests/unit/fake_events.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"

#include <string.h>

#define MOV "89 c3"	     /* mov %eax,%ebx */
#define LOAD "48 8b 07"	     /* mov (%rdi),%rax */
#define STORE "48 89 07"     /* mov %rax,(%rdi) */
#define LOCKED "f0 48 ff 07" /* lock incq (%rdi) */
#define FLUSH "0f 01 3f"     /* invlpg (%rdi) */
#define CALL "e8 00 00 00 00"
#define JMP "eb fe"
#define STOSB "f3 aa"
#define STOSW "66 f3 ab"
#define STOSL "f3 ab"
#define STOSQ "f3 48 ab"
#define MOVSB "f3 a4"
#define SCASB "f2 ae"
#define SLOT 3

static uint64_t cost(const struct fake_counts *c, const char *name, enum cost which)
{
	for (size_t i = 0; i < c->profile.count; i++) {
		if (!strcmp(c->profile.functions[i].name, name))
			return profile_cost(&c->profile.functions[i], which)[SLOT];
	}
	return 0;
}

static void straight_play(void)
{
	struct qemu_plugin_tb *work, *last;

	fake_open(SLOT);
	work = fake_translate(FAKE_WORK, MOV, LOAD, STORE, LOCKED, FLUSH, CALL);
	last = fake_translate(FAKE_LAST, LOAD, JMP);
	for (unsigned i = 0; i < 5; i++) {
		fake_run(work);
		fake_run(last);
	}
	fake_run(last);
}

static void classes_are_counted_per_function(void **state)
{
	static const uint64_t want[] = {
		[COST_INSNS] = 30,  [COST_LOADS] = 10, [COST_STORES] = 15,
		[COST_ATOMICS] = 5, [COST_CALLS] = 5,  [COST_TLB_FLUSHES] = 5
	};
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(straight_play, 1, &c);
	assert_true(c.profile.vector);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		if (cost(&c, "work", i) != want[i])
			fail_msg("%s: %llu", cost_name(i), (unsigned long long)cost(&c, "work", i));
	}
	assert_int_equal(cost(&c, "last", COST_LOADS), 6);
	assert_int_equal(cost(&c, "last", COST_BRANCHES), 6);
	assert_int_equal(profile_slot_cost(&c.profile, SLOT, COST_LOADS), 16);
	assert_int_equal(profile_slot_cost(&c.profile, SLOT, COST_INSNS), 42);
}

/* Every instruction of the block stands where it was translated, and has its class. */
static void where_each_instruction_stands_is_told(void **state)
{
	static const uint16_t places[] = { 0, 2, 5, 8, 12, 15 };
	static const uint8_t classes[] = { 0,
					   1u << COUNTS_LOADS,
					   1u << COUNTS_STORES,
					   1u << COUNTS_LOADS | 1u << COUNTS_STORES |
						   1u << COUNTS_ATOMICS,
					   1u << COUNTS_TLB_FLUSHES,
					   1u << COUNTS_CALLS | 1u << COUNTS_STORES };
	_cleanup_fake_counts_ struct fake_counts c;
	unsigned found = 0;

	(void)state;
	fake_play(straight_play, 1, &c);
	for (size_t i = 0; i < c.profile.n_spans; i++) {
		const struct profile_span *s = &c.profile.spans[i];

		for (unsigned k = 0; k < s->insns && s->vaddr < FAKE_LAST; k++) {
			const struct counts_insn *insn = &c.profile.insns[s->first + k];

			assert_in_range(found, 0, ARRAY_SIZE(places) - 1);
			assert_int_equal(s->vaddr + insn->offset, FAKE_WORK + places[found]);
			assert_int_equal(insn->classes, classes[found]);
			assert_int_equal(s->executions, 5);
			found++;
		}
	}
	assert_int_equal(found, ARRAY_SIZE(places));
}

/* A string of each width: its count is 10, and it is executed once more. */
static void strings_play(void)
{
	struct qemu_plugin_tb *tb[] = {
		fake_translate(FAKE_WORK, STOSB),	 fake_translate(FAKE_WORK + 0x10, STOSW),
		fake_translate(FAKE_WORK + 0x20, STOSL), fake_translate(FAKE_WORK + 0x30, STOSQ),
		fake_translate(FAKE_WORK + 0x40, MOVSB), fake_translate(FAKE_WORK + 0x50, SCASB),
	};

	fake_open(SLOT);
	for (unsigned i = 0; i < ARRAY_SIZE(tb); i++) {
		for (unsigned k = 0; k <= 10; k++) {
			fake_run(tb[i]);
			if (k < 10 && i == 4)
				fake_load(tb[i], 0, 0x1000);
			if (k < 10)
				fake_store(tb[i], 0, 0x2000);
		}
		fake_run(fake_translate(FAKE_LAST + 0x10 * i, MOV));
	}
}

/* One that may end early (SCAS) has no iterations, and so no bytes. */
static void bytes_of_strings_are_counted(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(strings_play, 1, &c);
	assert_int_equal(profile_slot_cost(&c.profile, SLOT, COST_REP_ITERATIONS), 5 * 10);
	assert_int_equal(profile_slot_cost(&c.profile, SLOT, COST_STRING_BYTES),
			 10 * (1 + 2 + 4 + 8 + 1));
}

/* The load faults once and is executed again: it is one load. */
static void fault_play(void)
{
	struct qemu_plugin_tb *tb;

	fake_open(SLOT);
	tb = fake_translate(FAKE_WORK, MOV, LOAD, STORE, JMP);
	fake_run(tb);
	fake_run_until(tb, 2);
	fake_exception(FAKE_STACK + 0x3800);
	fake_run(fake_translate(FAKE_WORK + 2, LOAD, STORE, JMP));
}

static void what_faulted_is_counted_once(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(fault_play, 1, &c);
	assert_int_equal(cost(&c, "work", COST_INSNS), 8);
	assert_int_equal(cost(&c, "work", COST_LOADS), 2);
	assert_int_equal(cost(&c, "work", COST_STORES), 2);
	assert_int_equal(profile_slot_cost(&c.profile, SLOT, COST_FAULTS), 1);
}

static void irq_play(void)
{
	struct qemu_plugin_tb *timer;

	fake_open(SLOT);
	fake_run(fake_translate(FAKE_WORK, MOV, JMP));
	timer = fake_translate(FAKE_TIMER, "6a ff", CALL);
	fake_enter(timer);
	fake_step(timer, 0);
	fake_store(timer, 0, 0xffffc90000003f00);
	fake_step(timer, 1);
	fake_run(fake_translate(FAKE_HANDLER, LOAD, STORE, JMP));
}

static void interrupts_are_counted_and_not_the_tasks(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(irq_play, 1, &c);
	assert_int_equal(profile_slot_cost(&c.profile, SLOT, COST_INTERRUPTS), 1);
	assert_int_equal(profile_slot_cost(&c.profile, SLOT, COST_FAULTS), 0);
	assert_int_equal(profile_slot_cost(&c.profile, SLOT, COST_LOADS), 0);
	assert_int_equal(cost(&c, "work", COST_INSNS), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_counted_per_function),
		cmocka_unit_test(where_each_instruction_stands_is_told),
		cmocka_unit_test(bytes_of_strings_are_counted),
		cmocka_unit_test(what_faulted_is_counted_once),
		cmocka_unit_test(interrupts_are_counted_and_not_the_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
