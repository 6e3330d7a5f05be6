// SPDX-License-Identifier: GPL-2.0-or-later
/* Instructions as compilers and kernels write them. */
#include "base/cleanup.h"
#include "replay/arch/insn.h"
#include "tests/unit/unit.h"

#include <string.h>

static const struct known {
	uint8_t bytes[INSN_BYTES_MAX];
	uint8_t n, disp_bytes, imm_bytes;
	bool rip_relative, absolute;
	int64_t disp, imm;
} known[] = {
	{ { 0xc3 }, 1, 0, 0, 0, 0, 0, 0 },		     /* ret */
	{ { 0xf3, 0x0f, 0x1e, 0xfa }, 4, 0, 0, 0, 0, 0, 0 }, /* endbr64 */
	{ { 0x48, 0x8b, 0x05, 1, 0, 0, 0x80 }, 7, 4, 0, 1, 0, -0x7fffffff, 0 },
	{ { 0x65, 0x48, 0x8b, 0x04, 0x25, 0x10, 0, 0, 0 }, 9, 4, 0, 0, 1, 0x10, 0 },
	{ { 0x48, 0x8b, 0x04, 0xc5, 0, 0, 0, 0x82 }, 8, 4, 0, 0, 0, -0x7e000000, 0 },
	{ { 0x48, 0x8b, 0x44, 0x24, 0xf8 }, 5, 1, 0, 0, 0, -8, 0 }, /* mov -8(%rsp), %rax */
	{ { 0x41, 0x8b, 0x45, 0x00 }, 4, 1, 0, 0, 0, 0, 0 },	    /* mov 0(%r13), %eax */
	{ { 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8 }, 10, 0, 8, 0, 0, 0, 0x0807060504030201 },
	{ { 0x66, 0xb8, 1, 2 }, 4, 0, 2, 0, 0, 0, 0x201 }, /* mov $0x201, %ax */
	{ { 0x48, 0xa1, 1, 2, 3, 4, 5, 6, 7, 8 }, 10, 0, 8, 0, 0, 0, 0x0807060504030201 },
	{ { 0xe8, 0xfb, 0xff, 0xff, 0xff }, 5, 0, 4, 0, 0, 0, -5 },   /* call . */
	{ { 0x0f, 0x85, 4, 0, 0, 0 }, 6, 0, 4, 0, 0, 0, 4 },	      /* jne */
	{ { 0x74, 0xfe }, 2, 0, 1, 0, 0, 0, -2 },		      /* je . */
	{ { 0xf6, 0x05, 1, 0, 0, 0, 0x80 }, 7, 4, 1, 1, 0, 1, -128 }, /* testb $0x80, 1(%rip) */
	{ { 0xf7, 0xd8 }, 2, 0, 0, 0, 0, 0, 0 },		      /* neg %eax */
	{ { 0x48, 0xc7, 0x84, 0x24, 8, 0, 0, 0, 0xff, 0xff, 0xff, 0xff }, 12, 4, 4, 0, 0, 8, -1 },
	{ { 0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0 }, 9, 4, 0, 0, 0, 0, 0 },
	{ { 0x0f, 0xba, 0xe0, 0x3f }, 4, 0, 1, 0, 0, 0, 0x3f },		 /* bt $63, %eax */
	{ { 0xf3, 0x48, 0xab }, 3, 0, 0, 0, 0, 0, 0 },			 /* rep stos */
	{ { 0xf0, 0x48, 0x0f, 0xb1, 0x0f }, 5, 0, 0, 0, 0, 0, 0 },	 /* lock cmpxchg */
	{ { 0x0f, 0x22, 0xd8 }, 3, 0, 0, 0, 0, 0, 0 },			 /* mov %rax, %cr3 */
	{ { 0xc8, 1, 2, 3 }, 4, 0, 3, 0, 0, 0, 0x30201 },		 /* enter */
	{ { 0x66, 0x0f, 0x38, 0x82, 0x04, 0x24 }, 6, 0, 0, 0, 0, 0, 0 }, /* invpcid */
	{ { 0x66, 0x0f, 0x3a, 0x0f, 0xc1, 8 }, 6, 0, 1, 0, 0, 0, 8 },	 /* palignr */
};

static void instructions_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct known *k = &known[i];
		struct insn insn;

		if (!insn_decode(k->bytes, k->n, &insn))
			fail_msg("number %zu is not decoded", i);
		if (insn.n_bytes != k->n || insn.disp_bytes != k->disp_bytes ||
		    insn.imm_bytes != k->imm_bytes)
			fail_msg("number %zu: %u bytes, %u, %u", i, insn.n_bytes, insn.disp_bytes,
				 insn.imm_bytes);
		assert_int_equal(insn.rip_relative, k->rip_relative);
		assert_int_equal(insn.absolute, k->absolute);
		assert_true(insn_disp(&insn, k->bytes) == k->disp);
		assert_true(insn_imm(&insn, k->bytes) == k->imm);
		/* What is cut off is none, and nothing behind its end is read. */
		for (size_t n = 0; n < k->n; n++) {
			uint8_t cut[INSN_BYTES_MAX];

			memset(cut, 0, sizeof(cut));
			memcpy(cut, k->bytes, n);
			assert_false(insn_decode(cut, n, &insn));
		}
	}
}

static void what_is_not_known_is_refused(void **state)
{
	static const uint8_t unknown[][4] = {
		{ 0xc5, 0xf8, 0x77, 0 }, { 0xc4, 0xe2, 0, 0 }, { 0x62, 0xf1, 0, 0 },
		{ 0x06, 0, 0, 0 },	 { 0x0f, 0x04, 0, 0 }, { 0xd6, 0, 0, 0 },
		{ 0x9a, 0, 0, 0 },	 { 0x0f, 0x0f, 0, 0 },
	};
	struct insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		assert_false(insn_decode(unknown[i], 4, &insn));
	assert_false(insn_decode(NULL, 0, &insn));
}

static bool lock_taken(const void *bytes, size_t n)
{
	struct insn insn;

	assert_true(insn_decode(bytes, n, &insn));
	return insn_lock_taken(&insn);
}

static void lock_is_missed_where_it_was(void **state)
{
	(void)state;
	assert_true(lock_taken("\x3e\x48\x0f\xb1\x0f", 5));	 /* cmpxchg %rcx, (%rdi) */
	assert_true(lock_taken("\x3e\x0f\xc1\x07", 4));		 /* xadd %eax, (%rdi) */
	assert_true(lock_taken("\x3e\xff\x0f", 3));		 /* decl (%rdi) */
	assert_true(lock_taken("\x3e\x48\x0f\xba\x2f\x01", 6));	 /* btsq $1, (%rdi) */
	assert_true(lock_taken("\x3e\x83\x07\x01", 4));		 /* addl $1, (%rdi) */
	assert_true(lock_taken("\x3e\x48\x0f\xc7\x0f", 5));	 /* cmpxchg16b (%rdi) */
	assert_false(lock_taken("\x48\x0f\xb1\x0f", 4));	 /* not there */
	assert_false(lock_taken("\x3e\x48\x8b\x07", 4));	 /* mov: never locked */
	assert_false(lock_taken("\x3e\x48\x87\x07", 4));	 /* xchg: always locked */
	assert_false(lock_taken("\x3e\x83\x3f\x01", 4));	 /* cmpl $1, (%rdi) */
	assert_false(lock_taken("\x3e\x48\x0f\xba\x27\x01", 6)); /* btq $1, (%rdi) */
	assert_false(lock_taken("\x3e\xff\xe0", 3));		 /* notrack jmp *%rax */
	assert_false(lock_taken("\x3e\x0f\xb1\xc1", 4));	 /* cmpxchg of registers */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_are_taken_apart),
		cmocka_unit_test(what_is_not_known_is_refused),
		cmocka_unit_test(lock_is_missed_where_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
