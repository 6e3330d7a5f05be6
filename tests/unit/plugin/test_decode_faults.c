// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which instructions may be left unfinished. The bytes are what binutils' assembler makes of the
 * text beside them.
 */
#include "base/cleanup.h"
#include "plugin/arch/decode.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *hex;
	const char *text;
};

/* Touch no memory, at whatever address. */
static const struct row harmless[] = {
	{ "90", "nop" },
	{ "66 0f 1f 04 00", "nopw 0x0(%rax,%rax,1)" },
	{ "0f 1f 04 00", "nopl 0x0(%rax,%rax,1)" },
	{ "f3 0f 1e fa", "endbr64" },
	{ "0f 0b", "ud2" },
	{ "89 c3", "mov %eax,%ebx" },
	{ "4c 89 e7", "mov %r12,%rdi" },
	{ "b8 01 00 00 00", "mov $0x1,%eax" },
	{ "48 c7 c0 ff ff ff 7f", "mov $0x7fffffff,%rax" },
	{ "49 bb 88 77 66 55 44 33 22 11", "movabs $0x1122334455667788,%r11" },
	{ "b2 05", "mov $0x5,%dl" },
	{ "41 b8 01 00 00 00", "movl $0x1,%r8d" },
	{ "48 8d 44 b7 08", "lea 0x8(%rdi,%rsi,4),%rax" },
	{ "48 8d 1d 00 00 00 00", "lea 0x0(%rip),%rbx" },
	{ "48 01 d1", "add %rdx,%rcx" },
	{ "48 83 c4 10", "add $0x10,%rsp" },
	{ "05 78 56 34 12", "add $0x12345678,%eax" },
	{ "08 c3", "or %al,%bl" },
	{ "83 d2 00", "adc $0x0,%edx" },
	{ "48 19 c0", "sbb %rax,%rax" },
	{ "48 83 e4 f0", "and $0xfffffffffffffff0,%rsp" },
	{ "48 83 ec 28", "sub $0x28,%rsp" },
	{ "31 c0", "xor %eax,%eax" },
	{ "3c 2f", "cmp $0x2f,%al" },
	{ "4d 39 fe", "cmp %r15,%r14" },
	{ "48 85 ff", "test %rdi,%rdi" },
	{ "a8 01", "test $0x1,%al" },
	{ "40 f6 c6 80", "test $0x80,%sil" },
	{ "f7 c2 00 01 00 00", "testl $0x100,%edx" },
	{ "48 f7 d0", "not %rax" },
	{ "f7 d9", "neg %ecx" },
	{ "48 f7 e2", "mul %rdx" },
	{ "48 f7 ea", "imul %rdx" },
	{ "48 0f af d8", "imul %rax,%rbx" },
	{ "48 6b c0 38", "imul $0x38,%rax,%rax" },
	{ "69 d1 45 23 01 00", "imul $0x12345,%ecx,%edx" },
	{ "ff c0", "inc %eax" },
	{ "49 ff c9", "dec %r9" },
	{ "48 c1 e0 03", "shl $0x3,%rax" },
	{ "d1 fa", "sar %edx" },
	{ "d3 eb", "shr %cl,%ebx" },
	{ "66 c1 c0 08", "rol $0x8,%ax" },
	{ "48 63 c7", "movslq %edi,%rax" },
	{ "0f b6 c0", "movzbl %al,%eax" },
	{ "0f b7 d2", "movzwl %dx,%edx" },
	{ "0f be c9", "movsbl %cl,%ecx" },
	{ "48 0f bf f6", "movswq %si,%rsi" },
	{ "48 98", "cltq" },
	{ "48 99", "cqto" },
	{ "48 0f c8", "bswap %rax" },
	{ "0f ba e0 09", "bt $0x9,%eax" },
	{ "48 0f a3 d0", "bt %rdx,%rax" },
	{ "48 0f bc c8", "bsf %rax,%rcx" },
	{ "0f bd ff", "bsr %edi,%edi" },
	{ "f3 48 0f bc c8", "tzcnt %rax,%rcx" },
	{ "48 0f 44 d8", "cmove %rax,%rbx" },
	{ "41 0f 4f d0", "cmovg %r8d,%edx" },
	{ "0f 94 c0", "sete %al" },
	{ "41 0f 95 c5", "setne %r13b" },
	{ "48 0f a4 c2 04", "shld $0x4,%rax,%rdx" },
	{ "48 0f ac c2 04", "shrd $0x4,%rax,%rdx" },
	{ "eb fe", "jmp ." },
	{ "e9 fb 01 00 00", "jmp rel32" },
	{ "74 fe", "je rel8" },
	{ "0f 84 fa 02 00 00", "je rel32" },
	{ "75 fe", "jne rel8" },
	{ "f3 90", "pause" },
	{ "fa", "cli" },
	{ "fb", "sti" },
};

/* Touch the stack only, which in the kernel is always there. */
static const struct row stack_only[] = {
	{ "55", "push %rbp" },	 { "41 57", "push %r15" }, { "5b", "pop %rbx" },
	{ "41 5c", "pop %r12" }, { "6a 08", "push $0x8" }, { "68 78 56 34 12", "push $0x12345678" },
	{ "c3", "ret" },	 { "f3 c3", "repz ret" },  { "e8 fb 00 00 00", "call rel32" },
};

/* Touch what in the kernel is its own: its stack, what was linked, the CPU's area. */
static const struct row kernel_own[] = {
	{ "48 8b 44 24 08", "mov 0x8(%rsp),%rax" },
	{ "80 7c 24 10 00", "cmpb $0x0,0x10(%rsp)" },
	{ "48 8b 15 00 00 00 00", "mov 0x0(%rip),%rdx" },
	{ "65 48 8b 04 25 00 00 00 00", "mov %gs:0x0,%rax" },
	{ "65 48 ff 05 00 00 00 00", "incq %gs:0x0(%rip)" },
};

/* In the kernel too they may be user memory or a device's. */
static const struct row not_kernel_own[] = {
	{ "48 8b 44 04 08", "mov 0x8(%rsp,%rax,1),%rax" },
	{ "48 8b 45 08", "mov 0x8(%rbp),%rax" },
	{ "48 8b 04 25 00 00 00 00", "mov 0x0,%rax" },
	{ "64 48 8b 44 24 08", "mov %fs:0x8(%rsp),%rax" },
	{ "67 48 8b 44 24 08", "mov 0x8(%esp),%rax" },
	{ "41 8b 44 24 08", "mov 0x8(%r12),%eax" },
};

/* Touch memory, raise exceptions, or do what a plugin knows nothing of. */
static const struct row may_fault[] = {
	{ "8b 07", "mov (%rdi),%eax" },
	{ "48 89 47 10", "mov %rax,0x10(%rdi)" },
	{ "88 01", "mov %al,(%rcx)" },
	{ "64 48 8b 04 25 28 00 00 00", "mov %fs:0x28,%rax" },
	{ "c7 00 00 00 00 00", "movl $0x0,(%rax)" },
	{ "c6 43 05 01", "movb $0x1,0x5(%rbx)" },
	{ "a0 88 77 66 55 44 33 22 11", "movabs 0x1122334455667788,%al" },
	{ "0f b6 07", "movzbl (%rdi),%eax" },
	{ "0f bf 4e 02", "movswl 0x2(%rsi),%ecx" },
	{ "48 63 50 04", "movslq 0x4(%rax),%rdx" },
	{ "03 07", "add (%rdi),%eax" },
	{ "01 07", "add %eax,(%rdi)" },
	{ "83 00 01", "add $0x1,(%rax)" },
	{ "ff 07", "incl (%rdi)" },
	{ "48 ff 48 08", "decq 0x8(%rax)" },
	{ "f0 ff 07", "lock incl (%rdi)" },
	{ "f0 0f b1 17", "lock cmpxchg %edx,(%rdi)" },
	{ "f0 0f c1 01", "lock xadd %eax,(%rcx)" },
	{ "f0 0f ba 2f 00", "lock bts $0x0,(%rdi)" },
	{ "f0 80 48 03 04", "lock orb $0x4,0x3(%rax)" },
	{ "87 07", "xchg %eax,(%rdi)" },
	{ "83 3f 00", "cmp $0x0,(%rdi)" },
	{ "85 07", "test %eax,(%rdi)" },
	{ "f6 40 03 01", "testb $0x1,0x3(%rax)" },
	{ "81 67 01 fe 00 00 00", "and $0xfe,0x1(%rdi)" },
	{ "48 2b 43 10", "sub 0x10(%rbx),%rax" },
	{ "c1 20 02", "shll $0x2,(%rax)" },
	{ "48 d1 78 08", "sarq 0x8(%rax)" },
	{ "f7 17", "notl (%rdi)" },
	{ "48 f7 1f", "negq (%rdi)" },
	{ "f7 27", "mull (%rdi)" },
	{ "48 0f af 07", "imul (%rdi),%rax" },
	{ "48 6b 07 38", "imul $0x38,(%rdi),%rax" },
	{ "48 0f 44 07", "cmove (%rdi),%rax" },
	{ "0f 94 07", "sete (%rdi)" },
	{ "48 0f a3 07", "bt %rax,(%rdi)" },
	{ "0f ba 27 03", "bt $0x3,(%rdi)" },
	{ "48 0f bc 07", "bsf (%rdi),%rax" },
	{ "48 0f a4 07 04", "shld $0x4,%rax,(%rdi)" },
	{ "0f 38 f0 07", "movbe (%rdi),%eax" },
	{ "48 f7 f1", "div %rcx" },
	{ "f7 f9", "idiv %ecx" },
	{ "f7 37", "divl (%rdi)" },
	{ "ff d0", "call *%rax" },
	{ "ff 50 08", "call *0x8(%rax)" },
	{ "ff 25 00 00 00 00", "jmp *0x0(%rip)" },
	{ "ff 24 d8", "jmp *(%rax,%rbx,8)" },
	{ "ff 37", "push (%rdi)" },
	{ "8f 07", "pop (%rdi)" },
	{ "9c", "pushf" },
	{ "9d", "popf" },
	{ "c9", "leave" },
	{ "c8 10 00 00", "enter $0x10,$0x0" },
	{ "d7", "xlat (%rbx)" },
	{ "a4", "movsb (%rsi),(%rdi)" },
	{ "aa", "stos %al,(%rdi)" },
	{ "ac", "lods (%rsi),%al" },
	{ "a6", "cmpsb (%rdi),(%rsi)" },
	{ "ae", "scas (%rdi),%al" },
	{ "0f 28 07", "movaps (%rdi),%xmm0" },
	{ "0f 11 0e", "movups %xmm1,(%rsi)" },
	{ "f3 0f 6f 10", "movdqu (%rax),%xmm2" },
	{ "48 0f c3 07", "movnti %rax,(%rdi)" },
	{ "c5 fe 6f 07", "vmovdqu (%rdi),%ymm0" },
	{ "dd 07", "fldl (%rdi)" },
	{ "0f ae 07", "fxsave (%rdi)" },
	{ "0f 0d 0f", "prefetchw (%rdi)" },
	{ "0f ae 3f", "clflush (%rdi)" },
	{ "48 0f c7 0f", "cmpxchg16b (%rdi)" },
	{ "0f 01 3f", "invlpg (%rdi)" },
	{ "0f 01 17", "lgdt (%rdi)" },
	{ "0f 00 d8", "ltr %ax" },
	{ "0f 32", "rdmsr" },
	{ "0f 30", "wrmsr" },
	{ "0f 31", "rdtsc" },
	{ "0f a2", "cpuid" },
	{ "0f 01 f8", "swapgs" },
	{ "0f 05", "syscall" },
	{ "48 0f 07", "sysretq" },
	{ "f4", "hlt" },
	{ "ec", "in (%dx),%al" },
	{ "ee", "out %al,(%dx)" },
	{ "cc", "int3" },
	{ "cd 80", "int $0x80" },
	{ "0f 20 d8", "mov %cr3,%rax" },
	{ "0f 22 d8", "mov %rax,%cr3" },
	{ "0f ae 27", "xsave (%rdi)" },
	{ "0f 00 2d 00 00 00 00", "verw 0x0(%rip)" },
};

static size_t parse(const char *hex, uint8_t bytes[16])
{
	size_t n = 0;

	for (char *end; *hex; hex = end)
		bytes[n++] = (uint8_t)strtoul(hex, &end, 16);
	return n;
}

static void check(const struct row *r, bool kernel, bool want)
{
	uint8_t bytes[16];
	size_t len = parse(r->hex, bytes);

	if (insn_decode(bytes, len, kernel).may_fault != want)
		fail_msg("%s (%s) at a %s address: may_fault is not %d", r->text, r->hex,
			 kernel ? "kernel" : "user", want);
}

static void memory_free_forms_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		check(&harmless[i], true, false);
		check(&harmless[i], false, false);
	}
}

static void stack_is_trusted_in_the_kernel_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stack_only); i++) {
		check(&stack_only[i], true, false);
		check(&stack_only[i], false, true);
	}
	for (size_t i = 0; i < ARRAY_SIZE(kernel_own); i++) {
		check(&kernel_own[i], true, false);
		check(&kernel_own[i], false, true);
	}
	for (size_t i = 0; i < ARRAY_SIZE(not_kernel_own); i++)
		check(&not_kernel_own[i], true, true);
}

static void the_rest_may_fault(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(may_fault); i++) {
		check(&may_fault[i], true, true);
		check(&may_fault[i], false, true);
	}
}

/* The same opcodes with every prefix that compilers put before them. */
static void prefixes_change_nothing(void **state)
{
	static const uint8_t prefixes[] = { 0x2e, 0x3e, 0x26, 0x36, 0x64, 0x66, 0x67 };
	const struct row *tables[] = { harmless, may_fault };
	const size_t counts[] = { ARRAY_SIZE(harmless), ARRAY_SIZE(may_fault) };

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(prefixes); i++) {
		const struct row *table = tables[i & 1];

		for (size_t k = 0; k < counts[i & 1]; k++) {
			uint8_t bytes[17] = { prefixes[i / 2] };
			size_t len = parse(table[k].hex, bytes + 1) + 1;

			if (insn_decode(bytes, len, true).may_fault != (i & 1))
				fail_msg("%02x before %s: may_fault is not %zu", bytes[0],
					 table[k].text, i & 1);
		}
	}
}

/*
 * Every beginning of every instruction, in memory of exactly its size, where a sanitizer sees one
 * byte beyond. What is cut off cannot be told from one that touches memory.
 */
static void beginnings_are_never_read_beyond(void **state)
{
	const struct row *tables[] = { harmless, stack_only, may_fault };
	const size_t counts[] = { ARRAY_SIZE(harmless), ARRAY_SIZE(stack_only),
				  ARRAY_SIZE(may_fault) };

	(void)state;
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		for (size_t i = 0; i < counts[t]; i++) {
			uint8_t bytes[16];
			size_t len = parse(tables[t][i].hex, bytes);

			for (size_t n = 0; n < len; n++) {
				_cleanup_free_ uint8_t *exact = malloc(n + !n);

				assert_non_null(exact);
				memcpy(exact, bytes, n);
				insn_decode(exact, n, true);
				insn_decode(exact, n, false);
			}
		}
	}
}

/* Without its ModRM byte an opcode says nothing; nor do prefixes alone. */
static void cut_off_instructions_may_fault(void **state)
{
	static const struct row rows[] = {
		{ "89", "mov" },	 { "0f", "two-byte" }, { "0f af", "imul" },
		{ "f7", "group 3" },	 { "ff", "group 5" },  { "48", "REX" },
		{ "66 2e", "prefixes" }, { "f3", "rep" },      { "48 8b", "mov" },
		{ "83", "group 1" },	 { "", "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i], true, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_free_forms_are_known),
		cmocka_unit_test(stack_is_trusted_in_the_kernel_only),
		cmocka_unit_test(the_rest_may_fault),
		cmocka_unit_test(prefixes_change_nothing),
		cmocka_unit_test(beginnings_are_never_read_beyond),
		cmocka_unit_test(cut_off_instructions_may_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
