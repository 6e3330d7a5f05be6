// SPDX-License-Identifier: GPL-2.0-or-later
/* What the plugin makes of arm64 instructions; words as GNU as assembles them. */
#include "plugin/arch/classes.h"
#include "plugin/arch/decode.h"
#include "proto/marker.h"
#include "tests/unit/unit.h"

#include <string.h>

#define LOAD (1u << COUNTS_LOADS)
#define STORE (1u << COUNTS_STORES)
#define ATOMIC (1u << COUNTS_ATOMICS)
#define BRANCH (1u << COUNTS_BRANCHES)
#define CALL (1u << COUNTS_CALLS)
#define FLUSH (1u << COUNTS_TLB_FLUSHES)

static struct insn decode(uint32_t word, bool kernel)
{
	uint8_t bytes[4];

	memcpy(bytes, &word, sizeof(bytes));
	return arm64_decode(bytes, sizeof(bytes), kernel);
}

static void classes_are_known(void **state)
{
	static const struct {
		uint32_t word;
		unsigned classes;
		const char *text;
	} all[] = {
		{ 0xd503201f, 0, "nop" },
		{ 0x8b010000, 0, "add x0, x0, x1" },
		{ 0xd53be040, 0, "mrs x0, cntvct_el0" },
		{ 0xf9400001, LOAD, "ldr x1, [x0]" },
		{ 0xf9000001, STORE, "str x1, [x0]" },
		{ 0xb8804401, LOAD, "ldrsw x1, [x0], #4" },
		{ 0x39000001, STORE, "strb w1, [x0]" },
		{ 0x3dc00000, LOAD, "ldr q0, [x0]" },
		{ 0x3d800000, STORE, "str q0, [x0]" },
		{ 0xf9800000, 0, "prfm pldl1keep, [x0]" },
		{ 0xd8000040, 0, "prfm pldl1keep, 8" },
		{ 0x58000041, LOAD, "ldr x1, 8" },
		{ 0xa9400001, LOAD, "ldp x1, x0, [x0]" },
		{ 0xa9bf0001, STORE, "stp x1, x0, [x0, #-16]!" },
		{ 0x4c407000, LOAD, "ld1 {v0.16b}, [x0]" },
		{ 0x4c007000, STORE, "st1 {v0.16b}, [x0]" },
		{ 0xc85f7c01, LOAD, "ldxr x1, [x0]" },
		{ 0xc8027c01, STORE | ATOMIC, "stxr w2, x1, [x0]" },
		{ 0xc8dffc01, LOAD, "ldar x1, [x0]" },
		{ 0xc89ffc01, STORE, "stlr x1, [x0]" },
		{ 0xf8bfc001, LOAD, "ldapr x1, [x0]" },
		{ 0xc8a17c02, LOAD | STORE | ATOMIC, "cas x1, x2, [x0]" },
		{ 0x48207c02, LOAD | STORE | ATOMIC, "casp x0, x1, x2, x3, [x0]" },
		{ 0xf8210002, LOAD | STORE | ATOMIC, "ldadd x1, x2, [x0]" },
		{ 0xf8e18002, LOAD | STORE | ATOMIC, "swpal x1, x2, [x0]" },
		{ 0xf821001f, LOAD | STORE | ATOMIC, "stadd x1, [x0]" },
		{ 0x14000001, BRANCH, "b" },
		{ 0x54000001, BRANCH, "b.ne" },
		{ 0xb4000000, BRANCH, "cbz x0" },
		{ 0x36000000, BRANCH, "tbz w0, #0" },
		{ 0xd61f0000, BRANCH, "br x0" },
		{ 0xd65f03c0, BRANCH, "ret" },
		{ 0xd69f03e0, BRANCH, "eret" },
		{ 0x94000001, CALL, "bl" },
		{ 0xd63f0000, CALL, "blr x0" },
		{ 0xd508831f, FLUSH, "tlbi vmalle1is" },
		{ 0xd5088320, FLUSH, "tlbi vae1is, x0" },
		{ 0xd50b7420, STORE, "dc zva, x0" },
		{ 0xd50b7520, 0, "ic ivau, x0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		uint8_t bytes[4];

		memcpy(bytes, &all[i].word, sizeof(bytes));
		if (arm64_classes(bytes, sizeof(bytes), true) != all[i].classes)
			fail_msg("%s", all[i].text);
	}
	assert_int_equal(arm64_classes(NULL, 0, true), 0);
}

static void what_may_fault(void **state)
{
	(void)state;
	assert_true(decode(0xf9400001, true).may_fault);  /* ldr x1, [x0] */
	assert_true(decode(0xd50b7420, true).may_fault);  /* dc zva, x0 */
	assert_true(decode(0xf8606be1, true).may_fault);  /* ldr x1, [sp, x0] */
	assert_false(decode(0xf94003e1, true).may_fault); /* ldr x1, [sp] */
	assert_true(decode(0xf94003e1, false).may_fault);
	assert_false(decode(0xa9bf7bfd, true).may_fault);  /* stp x29, x30, [sp, #-16]! */
	assert_false(decode(0x58000041, true).may_fault);  /* ldr x1, 8 */
	assert_false(decode(0x8b010000, false).may_fault); /* add */
	assert_false(decode(0x94000001, false).may_fault); /* bl: it stores nothing */
	assert_true(decode(0xd4000001, false).may_fault);  /* svc #0 */
	assert_false(decode(0xd5184035, true).may_fault);  /* msr elr_el1, x21 */
}

static void kinds(void **state)
{
	uint8_t bytes[4] = { 0 };

	(void)state;
	assert_int_equal(decode(0xd69f03e0, true).kind, INSN_IRET);
	assert_int_equal(decode(0xd65f03c0, true).kind, INSN_RETURN);
	assert_int_equal(decode(0xd65f0bff, true).kind, INSN_RETURN); /* retaa */
	assert_int_equal(decode(0xd61f03c0, true).kind, INSN_PLAIN);  /* br x30 */
	assert_int_equal(decode(0xd53be040, false).kind, INSN_CLOCK); /* mrs x0, cntvct_el0 */
	assert_int_equal(decode(0xd53be040, true).kind, INSN_PLAIN);
	assert_int_equal(decode(0xd503207f, true).kind, INSN_HALT);  /* wfi */
	assert_int_equal(decode(0xd503205f, true).kind, INSN_HALT);  /* wfe */
	assert_int_equal(decode(0xd503203f, true).kind, INSN_PLAIN); /* yield */
	assert_int_equal(decode(0xa90007e0, true).kind, INSN_FRAME); /* stp x0, x1, [sp] */
	assert_int_equal(decode(0xa94007e0, true).kind, INSN_FRAME);
	assert_int_equal(decode(0xa9010fe2, true).kind, INSN_PLAIN);  /* stp x2, x3, [sp, #16] */
	assert_int_equal(decode(0xa8815113, true).kind, INSN_SWITCH); /* stp x19, x20, [x8], #16 */
	assert_int_equal(decode(0xa8c15113, true).kind, INSN_SWITCH);
	assert_int_equal(decode(0xa8815915, true).kind, INSN_PLAIN);
	assert_int_equal(decode(0xd281a80a, true).kind, INSN_SWITCH_OFFSET);
	assert_int_equal(decode(0xd281a80a, true).offset, 0xd40);
	for (size_t len = 0; len < sizeof(bytes); len++)
		assert_int_equal(arm64_decode(bytes, len, true).kind, INSN_PLAIN);
}

static void markers_are_the_users(void **state)
{
	(void)state;
	for (unsigned what = MARKER_OPEN; what <= MARKER_REGION_CLOSE; what += MARKER_OPEN) {
		uint32_t word = MARKER_ARM64 | MARKER_ARM64_OF(what | 55u) << 5;

		assert_int_equal(decode(word, false).kind, INSN_MARKER);
		assert_int_equal(decode(word, false).marker, what | 55);
		assert_false(decode(word, false).may_fault);
		assert_int_equal(decode(word, true).kind, INSN_PLAIN);
	}
	/* movz x0, #0x5100, lsl #48, and another constant */
	assert_int_equal(decode(0xd2ea2000, false).kind, INSN_PLAIN);
	assert_int_equal(decode(0xd2e2001f, false).kind, INSN_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_known),
		cmocka_unit_test(what_may_fault),
		cmocka_unit_test(kinds),
		cmocka_unit_test(markers_are_the_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
