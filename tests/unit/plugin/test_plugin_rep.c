// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * REP strings: one instruction, whatever its count; its iterations stand apart. Under -icount a
 * last execution finds the count at zero, on every QEMU.
 */
#include "tests/unit/fake_events.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"

#define MOV "89 c3"
#define ADD "01 d1"
#define STOS "f3 48 ab"
#define MOVS "f3 a4"
#define SCAS "f2 ae"
#define PUSH "50"
#define IRET "48 cf"

#define STACK 0xffffc90000104000ull

struct string {
	struct qemu_plugin_tb *first; /* its last instruction is the string */
	struct qemu_plugin_tb *again; /* where every further iteration starts */
	struct qemu_plugin_tb *behind;
	unsigned accesses;
};

static struct string translate(const char *hex, unsigned size, unsigned accesses)
{
	return (struct string){
		.first = fake_translate(FAKE_WORK, MOV, hex),
		.again = fake_translate(FAKE_WORK + 2, hex),
		.behind = fake_translate(FAKE_WORK + 2 + size, ADD, ADD),
		.accesses = accesses,
	};
}

/* One execution of the string, the last of a block of @index + 1 instructions. */
static void iterate(const struct string *s, struct qemu_plugin_tb *tb, size_t index, unsigned made)
{
	fake_run(tb);
	for (unsigned i = 0; i < made; i++) {
		if (s->accesses == 2 && i % 2 == 0)
			fake_load(tb, index, 0x1000);
		else
			fake_store(tb, index, 0x2000);
	}
}

/* As much as an interrupt may do between two iterations. */
static void interrupt(void)
{
	struct qemu_plugin_tb *stub = fake_translate(FAKE_TIMER, PUSH, MOV);
	struct qemu_plugin_tb *end = fake_translate(FAKE_LAST, ADD, IRET);

	fake_enter(stub);
	fake_step(stub, 0);
	fake_store(stub, 0, STACK + 0x3e00);
	fake_step(stub, 1);
	fake_run(fake_translate(FAKE_HANDLER, MOV, ADD, ADD));
	fake_run(end);
	fake_load(end, 1, STACK + 0x3e08);
}

/* The whole instruction with a count of @n, interrupted before iteration @at (0: not at all). */
static void string_op(const struct string *s, unsigned n, unsigned at)
{
	for (unsigned i = 0; i <= n; i++) {
		if (at && i == at)
			interrupt();
		iterate(s, i ? s->again : s->first, i ? 0 : 1, i < n ? s->accesses : 0);
	}
	fake_run(s->behind);
}

/* What the iterations are beside the instruction itself. */
static uint64_t iterations(unsigned n)
{
	return n; /* under -icount it is executed once more, and finds the count at zero */
}

static void stos_play(void)
{
	struct string s = translate(STOS, 3, 1);

	fake_open(0);
	string_op(&s, 512, 0);
	fake_open(1);
	string_op(&s, 1, 0);
	string_op(&s, 7, 0);
	fake_open(2);
	string_op(&s, 512, 100);
}

static void stos_counts_once(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(stos_play, 1, &c);
	assert_int_equal(fake_insns(&c, 0, "work"), 4);
	assert_int_equal(c.profile.slots[0].rep_iterations, iterations(512));
	assert_int_equal(profile_clock_insns(&c.profile, 0), 4 + iterations(512));
	assert_int_equal(fake_insns(&c, 1, "work"), 2 * 4);
	assert_int_equal(c.profile.slots[1].rep_iterations, iterations(1) + iterations(7));
	assert_int_equal(c.profile.functions[0].calls[1], 2);
}

/* Counters that several vCPUs share tell iterations by accesses. */
static void stos_counts_once_with_two_vcpus(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(stos_play, 2, &c);
	assert_int_equal(fake_insns(&c, 0, "work"), 4);
	assert_int_equal(c.profile.slots[0].rep_iterations, iterations(512));
	assert_int_equal(fake_insns(&c, 2, "work"), 4);
	assert_int_equal(c.profile.slots[2].rep_iterations, iterations(512));
}

static void an_interrupt_between_iterations_starts_nothing(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(stos_play, 1, &c);
	assert_int_equal(fake_insns(&c, 2, "work"), 4);
	assert_int_equal(c.profile.slots[2].rep_iterations, iterations(512));
	assert_int_equal(c.profile.slots[2].interrupts, 2 + 3 + 2);
}

/* At the end of a page QEMU 7.2 tells of accesses that the string does not make. */
static void page_end_play(void)
{
	struct string s = { .first = fake_translate(FAKE_WORK + 0xffd, STOS),
			    .behind = fake_translate(FAKE_WORK + 0x1000, ADD, ADD),
			    .accesses = 1 };

	s.again = s.first;
	fake_open(0);
	for (unsigned n = 0; n < 2; n++) {
		for (unsigned i = 0; i < 10; i++)
			iterate(&s, s.first, 0, PLUGIN_API == 1 ? 3 : i < 9);
		fake_run(s.behind);
	}
}

static void accesses_of_others_do_not_count(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(page_end_play, 1, &c);
	assert_int_equal(c.profile.slots[0].rep_iterations, 2 * iterations(9));
	assert_int_equal(c.profile.slots[0].task, 2 * 3);
}

/* The same, where the block of the first iteration begins earlier than those of the others. */
static void page_end_entered_play(void)
{
	struct string s = { .first = fake_translate(FAKE_WORK + 0xffb, MOV, STOS),
			    .again = fake_translate(FAKE_WORK + 0xffd, STOS),
			    .behind = fake_translate(FAKE_WORK + 0x1000, ADD, ADD),
			    .accesses = 1 };

	fake_open(0);
	for (unsigned n = 0; n < 3; n++)
		string_op(&s, 10, 0);
}

static void an_end_is_one_executions(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(page_end_entered_play, 1, &c);
	assert_int_equal(c.profile.slots[0].rep_iterations, 3 * iterations(10));
	assert_int_equal(c.profile.slots[0].task, 3 * 4);
}

static void movs_play(void)
{
	struct string s = translate(MOVS, 2, 2);

	fake_open(0);
	string_op(&s, 4096, 0);
}

static void movs_accesses_twice(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(movs_play, 1, &c);
	assert_int_equal(fake_insns(&c, 0, "work"), 4);
	assert_int_equal(c.profile.slots[0].rep_iterations, iterations(4096));
}

/* Interrupted in another slot's window: the string goes on in the slot that it began in. */
static void two_strings_play(void)
{
	struct string s = translate(STOS, 3, 1);
	struct qemu_plugin_tb *other = fake_translate(FAKE_LAST + 0x80, STOS);

	fake_open(0);
	string_op(&s, 3, 0);
	/* A block that starts with another string follows at once. */
	iterate(&s, other, 0, 1);
	iterate(&s, other, 0, 0);
	string_op(&s, 2, 0);
}

static void strings_behind_strings_are_entered(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(two_strings_play, 1, &c);
	assert_int_equal(fake_insns(&c, 0, "work"), 2 * 4);
	assert_int_equal(fake_insns(&c, 0, "last"), 1);
}

/* Every tenth page of what is copied or filled is not there: the load faults, or the store does. */
static void faults_play(void)
{
	struct string stos = translate(STOS, 3, 1), movs;

	fake_open(0);
	for (unsigned i = 0; i <= 100; i++) {
		struct qemu_plugin_tb *tb = i ? stos.again : stos.first;
		size_t at = i ? 0 : 1;

		if (i && i % 10 == 0 && i < 100) {
			fake_run_until(tb, at + 1);
			fake_write_fault(FAKE_STACK + 0x3800);
		}
		iterate(&stos, tb, at, i < 100 ? 1 : 0);
	}
	fake_run(stos.behind);
	movs = translate(MOVS, 2, 2);
	fake_open(1);
	for (unsigned i = 0; i <= 100; i++) {
		struct qemu_plugin_tb *tb = i ? movs.again : movs.first;
		size_t at = i ? 0 : 1;

		if (i % 10 == 0 && i < 100) {
			fake_run_until(tb, at + 1);
			fake_exception(FAKE_STACK + 0x3800);
			/* Done again from here on, in a block that begins with it. */
			tb = movs.again;
			at = 0;
			fake_run_until(tb, 1);
			fake_load(tb, 0, 0x1000);
			fake_write_fault(FAKE_STACK + 0x3800);
		}
		iterate(&movs, tb, at, i < 100 ? 2 : 0);
	}
	fake_run(movs.behind);
}

/* Fresh fills of one page each: the first iteration faults, in the block that leads to it. */
static void fresh_play(void)
{
	struct string s = translate(STOS, 3, 1);

	fake_open(0);
	for (unsigned k = 0; k < 5; k++) {
		fake_run_until(s.first, 2);
		fake_write_fault(FAKE_STACK + 0x3800);
		for (unsigned i = 0; i <= 20; i++)
			iterate(&s, s.again, 0, i < 20 ? 1 : 0);
		fake_run(s.behind);
		string_op(&s, 20, 0);
	}
}

static void first_iterations_fault(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(fresh_play, 1, &c);
	assert_int_equal(c.profile.slots[0].retries, 5);
	assert_int_equal(c.profile.slots[0].rep_iterations, 2 * 5 * iterations(20));
	assert_int_equal(fake_insns(&c, 0, "work"), 2 * 5 * 4);
}

static void iterations_that_fault_are_none(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(faults_play, 1, &c);
	assert_int_equal(c.profile.slots[0].retries, 9);
	assert_int_equal(c.profile.slots[0].rep_iterations, iterations(100));
	assert_int_equal(fake_insns(&c, 0, "work"), 4);
	assert_int_equal(c.profile.slots[1].retries, 2 * 10);
	assert_int_equal(c.profile.slots[1].rep_iterations, iterations(100));
	assert_int_equal(fake_insns(&c, 1, "work"), 4);
}

#define EDGE ((FAKE_HANDLER | 4095) - 1) /* two bytes before the end of a page */

/*
 * A string across two pages. Up to 8.2 accesses of others come to its callbacks afterwards: those
 * of a cmpxchg16b, two loads and two stores.
 */
static void crossing_play(void)
{
	struct string stos = { .again = fake_translate(EDGE, STOS), .accesses = 1 };
	struct string movs = { .again = fake_translate(EDGE + 0x1001, MOVS), .accesses = 2 };

	stos.first = stos.again;
	stos.behind = fake_translate(EDGE + 3, ADD, ADD);
	movs.first = movs.again;
	movs.behind = fake_translate(EDGE + 0x1003, ADD, ADD);
	for (unsigned i = 0; i < 2; i++) {
		const struct string *s = i ? &movs : &stos;

		fake_open(i);
		for (unsigned k = 0; k < 3; k++) {
			for (unsigned x = 0; x < 11; x++)
				iterate(s, s->again, 0, x < 10 ? s->accesses : 0);
			fake_run(s->behind);
			for (unsigned x = 0; PLUGIN_API == 1 && x < 4; x++) {
				if (x < 2)
					fake_load(s->again, 0, 0x3000 + 8 * (x % 2));
				else
					fake_store(s->again, 0, 0x3000 + 8 * (x % 2));
			}
		}
	}
}

static void accesses_of_others_are_not_a_strings(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;

	(void)state;
	fake_play(crossing_play, 1, &c);
	for (unsigned slot = 0; slot < 2; slot++) {
		assert_int_equal(c.profile.slots[slot].rep_iterations, 3 * iterations(10));
		assert_int_equal(c.profile.slots[slot].task, 3 * (1 + 2));
	}
}

/* Those that may end early are not told apart: every execution counts. */
static void scas_play(void)
{
	struct string s = translate(SCAS, 2, 1);

	fake_open(0);
	string_op(&s, 10, 0);
}

static void scas_counts_every_time(void **state)
{
	_cleanup_fake_counts_ struct fake_counts c;
	(void)state;
	fake_play(scas_play, 1, &c);
	assert_int_equal(fake_insns(&c, 0, "work"), 3 + 11);
	assert_int_equal(c.profile.slots[0].rep_iterations, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stos_counts_once),
		cmocka_unit_test(stos_counts_once_with_two_vcpus),
		cmocka_unit_test(an_interrupt_between_iterations_starts_nothing),
		cmocka_unit_test(accesses_of_others_do_not_count),
		cmocka_unit_test(an_end_is_one_executions),
		cmocka_unit_test(movs_accesses_twice),
		cmocka_unit_test(strings_behind_strings_are_entered),
		cmocka_unit_test(iterations_that_fault_are_none),
		cmocka_unit_test(first_iterations_fault),
		cmocka_unit_test(scas_counts_every_time),
		cmocka_unit_test(accesses_of_others_are_not_a_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
