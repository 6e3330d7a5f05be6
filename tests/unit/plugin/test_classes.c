// SPDX-License-Identifier: GPL-2.0-or-later
/* What instructions do, by class; tests/cli/numbers/classes.py asks objdump about many more. */
#include "plugin/arch/classes.h"

#include "base/cleanup.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static uint8_t classes(const char *text, bool kernel)
{
	uint8_t bytes[16];
	size_t len = 0;

	for (char *end; *text; text = end)
		bytes[len++] = (uint8_t)strtoul(text, &end, 16);
	return insn_classes(bytes, len, kernel);
}

/* "ls" for loads and stores, then a, b, c, f: atomics, branches, calls, TLB flushes. */
static void spell(uint8_t bits, char out[COUNTS_CLASSES + 1])
{
	for (unsigned c = 0; c < COUNTS_CLASSES; c++) {
		if (bits >> c & 1)
			*out++ = "lsabcf"[c];
	}
	*out = '\0';
}

static void instructions_have_their_classes(void **state)
{
	static const struct {
		const char *hex, *text, *classes;
	} rows[] = {
		{ "89 c3", "mov %eax,%ebx", "" },
		{ "48 8b 07", "mov (%rdi),%rax", "l" },
		{ "48 89 07", "mov %rax,(%rdi)", "s" },
		{ "48 8d 07", "lea (%rdi),%rax", "" },
		{ "48 01 07", "add %rax,(%rdi)", "ls" },
		{ "48 03 07", "add (%rdi),%rax", "l" },
		{ "48 39 07", "cmp %rax,(%rdi)", "l" },
		{ "48 83 3f 00", "cmpq $0,(%rdi)", "l" },
		{ "48 83 07 01", "addq $1,(%rdi)", "ls" },
		{ "f0 48 83 07 01", "lock addq $1,(%rdi)", "lsa" },
		{ "f0 ff 07", "lock incl (%rdi)", "lsa" },
		{ "f0 48 0f b1 17", "lock cmpxchg %rdx,(%rdi)", "lsa" },
		{ "48 0f b1 17", "cmpxchg %rdx,(%rdi)", "ls" },
		{ "f0 48 0f c7 0f", "lock cmpxchg16b (%rdi)", "lsa" },
		{ "f0 0f c1 07", "lock xadd %eax,(%rdi)", "lsa" },
		{ "f0 0f ba 2f 03", "lock btsl $3,(%rdi)", "lsa" },
		{ "0f ba 27 03", "btl $3,(%rdi)", "l" },
		{ "48 87 07", "xchg %rax,(%rdi)", "lsa" },
		{ "48 87 c3", "xchg %rax,%rbx", "" },
		{ "50", "push %rax", "s" },
		{ "58", "pop %rax", "l" },
		{ "41 57", "push %r15", "s" },
		{ "ff 37", "push (%rdi)", "ls" },
		{ "8f 07", "pop (%rdi)", "ls" },
		{ "9c", "pushf", "s" },
		{ "e8 00 00 00 00", "call", "sc" },
		{ "ff d0", "call *%rax", "sc" },
		{ "ff 10", "call *(%rax)", "lsc" },
		{ "ff e0", "jmp *%rax", "b" },
		{ "ff 20", "jmp *(%rax)", "lb" },
		{ "eb 00", "jmp", "b" },
		{ "e9 00 00 00 00", "jmp", "b" },
		{ "74 00", "je", "b" },
		{ "0f 84 00 00 00 00", "je", "b" },
		{ "c3", "ret", "lb" },
		{ "f3 c3", "rep ret", "lb" },
		{ "48 cf", "iretq", "lb" },
		{ "48 0f 07", "sysretq", "b" },
		{ "0f 05", "syscall", "" },
		{ "0f 01 38", "invlpg (%rax)", "f" },
		{ "66 0f 38 82 00", "invpcid (%rax),%rax", "lf" },
		{ "0f 01 fe", "invlpgb", "f" },
		{ "0f 01 f8", "swapgs", "" },
		{ "0f 22 d8", "mov %rax,%cr3", "f" },
		{ "0f 22 e0", "mov %rax,%cr4", "f" },
		{ "0f 20 d8", "mov %cr3,%rax", "" },
		{ "0f 22 c0", "mov %rax,%cr0", "" },
		{ "f3 48 ab", "rep stosq", "s" },
		{ "f3 48 a5", "rep movsq", "ls" },
		{ "f2 ae", "repne scasb", "l" },
		{ "0f 1f 84 00 00 00 00 00", "nopl", "" },
		{ "66 2e 0f 1f 84 00 00 00 00 00", "nopw", "" },
		{ "f3 0f 1e fa", "endbr64", "" },
		{ "0f 18 08", "prefetcht0 (%rax)", "" },
		{ "0f ae 38", "clflush (%rax)", "" },
		{ "0f ae f0", "mfence", "" },
		{ "0f b6 07", "movzbl (%rdi),%eax", "l" },
		{ "48 63 07", "movslq (%rdi),%rax", "l" },
		{ "65 48 8b 04 25 00 00 00 00", "mov %gs:0,%rax", "l" },
		{ "65 48 ff 05 00 00 00 00", "incq %gs:0(%rip)", "ls" },
		{ "48 f7 17", "notq (%rdi)", "ls" },
		{ "48 f7 37", "divq (%rdi)", "l" },
		{ "0f 94 07", "sete (%rdi)", "s" },
		{ "f3 0f b8 07", "popcnt (%rdi),%eax", "l" },
		{ "0f 11 07", "movups %xmm0,(%rdi)", "s" },
		{ "c5 fe 6f 07", "vmovdqu (%rdi),%ymm0", "l" },
		{ "c5 fe 7f 07", "vmovdqu %ymm0,(%rdi)", "s" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (int kernel = 0; kernel < 2; kernel++) {
			char got[COUNTS_CLASSES + 1];

			spell(classes(rows[i].hex, kernel), got);
			if (strcmp(got, rows[i].classes) != 0)
				fail_msg("%s: '%s', not '%s'", rows[i].text, got, rows[i].classes);
		}
	}
}

/* A kernel on one CPU has overwritten its LOCK prefixes with DS. */
static void an_overwritten_lock_is_one(void **state)
{
	(void)state;
	assert_true(classes("3e 48 0f b1 17", true) & 1u << COUNTS_ATOMICS);
	assert_false(classes("3e 48 0f b1 17", false) & 1u << COUNTS_ATOMICS);
	assert_false(classes("3e 48 8b 07", true) & 1u << COUNTS_ATOMICS);
	assert_false(classes("3e ff e0", true) & 1u << COUNTS_ATOMICS); /* notrack jmp */
	assert_false(classes("3e 48 01 c7", true) & 1u << COUNTS_ATOMICS);
}

static void what_is_cut_off_is_nothing(void **state)
{
	static const char *const cut[] = { "48",       "f0", "0f",    "0f 38",
					   "66 0f 3a", "c5", "c4 e1", "62 f1 7c" };

	(void)state;
	assert_int_equal(insn_classes(NULL, 0, true), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cut); i++)
		assert_int_equal(classes(cut[i], true) & (1u << COUNTS_CALLS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_have_their_classes),
		cmocka_unit_test(an_overwritten_lock_is_one),
		cmocka_unit_test(what_is_cut_off_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
