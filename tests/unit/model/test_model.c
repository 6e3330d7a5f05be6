// SPDX-License-Identifier: GPL-2.0-or-later
/* Constants of processors, their ensemble, and what is decoded of instructions. */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/file.h"
#include "model/model.h"

#include <string.h>

#define FILE_NAME "models/golden-cove.yaml"

static void read_text(struct buf *out)
{
	struct err e = { 0 };

	assert_int_equal(file_read(FILE_NAME, 1 << 16, out, &e), 0);
}

static void installed_models(void **state)
{
	static const char *const files[] = { FILE_NAME, "models/zen3.yaml" };
	struct err e = { 0 };
	struct model m;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(model_load(files[i], &m, &e), 0);
		assert_true(m.issue_width == 6);
		assert_non_null(strstr(files[i], m.name));
	}
}

/* The file with @from replaced by @to; what is said of it. */
static void refused(const char *from, const char *to, const char *want)
{
	_cleanup_buf_ struct buf text = { 0 }, changed = { 0 };
	struct err e = { 0 };
	struct model m;
	const char *at;

	read_text(&text);
	at = strstr(buf_str(&text), from);
	assert_non_null(at);
	buf_add(&changed, buf_str(&text), (size_t)(at - buf_str(&text)));
	buf_puts(&changed, to);
	buf_puts(&changed, at + strlen(from));
	assert_int_not_equal(model_read("f", buf_str(&changed), changed.len, &m, &e), 0);
	if (!strstr(e.text, want))
		fail_msg("'%s' does not say '%s'", e.text, want);
}

static void strict(void **state)
{
	(void)state;
	refused("issue_width: 6", "issue_width: 0", "f:");
	refused("issue_width: 6", "issue_width: 33", "33 is outside 1 to 32");
	refused("issue_width: 6", "isue_width: 6", "no model has a constant 'isue_width'");
	refused("issue_width: 6", "retire_width: 6", "'retire_width' is given twice");
	refused("issue_width: 6", "", "'issue_width' is missing");
	refused("name: golden-cove", "name: Golden Cove", "small letters");
	refused("name: golden-cove", "", "'name' is missing");
	refused("l1d_ways: 12", "l1d_ways: 11", "are not divided by 11 ways");
	refused("l2_cycles: 15", "l2_cycles: 150", "have to ascend");
}

static void ensemble(void **state)
{
	struct err e = { 0 };
	struct model base, changed;
	unsigned same = 0;

	(void)state;
	assert_int_equal(model_load(FILE_NAME, &base, &e), 0);
	for (unsigned i = 0; i < model_variants(); i++) {
		model_variant(&base, i, &changed);
		same += !memcmp(&base, &changed, sizeof(base));
		assert_true(model_variant_name(i)[0]);
	}
	/* The first alone is the model as it is. */
	assert_int_equal(same, 1);
	model_variant(&base, 0, &changed);
	assert_memory_equal(&base, &changed, sizeof(base));
}

static const struct {
	const char *what, *bytes;
	unsigned len, class, flags;
	int reads[4], writes[3], address[2]; /* registers, and -1 behind the last */
} decoded[] = {
	{ "mov (%rdi),%rax", "\x48\x8b\x07", 3, CLASS_MOVE, 0, { -1 }, { 0, -1 }, { 7, -1 } },
	{ "mov %rax,8(%r9,%r10,2)",
	  "\x4b\x89\x44\x51\x08",
	  5,
	  CLASS_MOVE,
	  0,
	  { 0, -1 },
	  { -1 },
	  { 9, 10 } },
	{ "add $1,%rax",
	  "\x48\x83\xc0\x01",
	  4,
	  CLASS_ALU,
	  INSN_FUSES,
	  { 0, -1 },
	  { 0, 16, -1 },
	  { -1 } },
	{ "cmp %rsi,%rdi",
	  "\x48\x39\xf7",
	  3,
	  CLASS_ALU,
	  INSN_FUSES,
	  { 7, 6, -1 },
	  { 16, -1 },
	  { -1 } },
	{ "xor %ecx,%ecx", "\x31\xc9", 2, CLASS_ALU, INSN_ZERO, { -1 }, { 16, 1, -1 }, { -1 } },
	{ "xchg %rax,(%rdi)",
	  "\x48\x87\x07",
	  3,
	  CLASS_EXCHANGE,
	  INSN_ATOMIC,
	  { 0, -1 },
	  { 0, -1 },
	  { 7, -1 } },
	{ "lock incq (%rbx)",
	  "\xf0\x48\xff\x03",
	  4,
	  CLASS_ALU,
	  INSN_ATOMIC | INSN_FUSES,
	  { -1 },
	  { 16, -1 },
	  { 3, -1 } },
	{ "ds incq (%rbx), a LOCK once",
	  "\x3e\x48\xff\x03",
	  4,
	  CLASS_ALU,
	  INSN_ATOMIC | INSN_FUSES,
	  { -1 },
	  { 16, -1 },
	  { 3, -1 } },
	{ "jne", "\x75\xf4", 2, CLASS_BRANCH, INSN_CONDITIONAL, { 16, -1 }, { -1 }, { -1 } },
	{ "call", "\xe8\0\0\0\0", 5, CLASS_BRANCH, INSN_CALL | INSN_STACK, { -1 }, { -1 }, { -1 } },
	{ "ret", "\xc3", 1, CLASS_BRANCH, INSN_RETURN | INSN_STACK, { -1 }, { -1 }, { -1 } },
	{ "jmp *%rax",
	  "\xff\xe0",
	  2,
	  CLASS_BRANCH,
	  INSN_JUMP | INSN_INDIRECT,
	  { 0, -1 },
	  { -1 },
	  { -1 } },
	{ "push %r12", "\x41\x54", 2, CLASS_MOVE, INSN_STACK, { 12, -1 }, { -1 }, { -1 } },
	{ "rep stos", "\xf3\x48\xab", 3, CLASS_ALU, INSN_REP, { 1, 6, 7, 0 }, { 6, 7, 1 }, { -1 } },
	{ "imul %rdx,%rax",
	  "\x48\x0f\xaf\xc2",
	  4,
	  CLASS_MULTIPLY,
	  0,
	  { 0, 2, -1 },
	  { 0, 16, -1 },
	  { -1 } },
	{ "div %rcx",
	  "\x48\xf7\xf1",
	  3,
	  CLASS_DIVIDE_64,
	  0,
	  { 1, 0, 2, -1 },
	  { 0, 2, 16 },
	  { -1 } },
	{ "shl %cl,%rax",
	  "\x48\xd3\xe0",
	  3,
	  CLASS_SHIFT_CL,
	  0,
	  { 1, 0, -1 },
	  { 0, 16, -1 },
	  { -1 } },
	{ "lea 8(%rdi,%rsi),%rax",
	  "\x48\x8d\x44\x37\x08",
	  5,
	  CLASS_ALU,
	  0,
	  { 7, 6, -1 },
	  { 0, -1 },
	  { -1 } },
	{ "cmove %rcx,%rax",
	  "\x48\x0f\x44\xc1",
	  4,
	  CLASS_ALU,
	  0,
	  { 16, 1, 0, -1 },
	  { 0, -1 },
	  { -1 } },
	{ "nopw", "\x66\x0f\x1f\x44\0\0", 6, CLASS_NONE, 0, { -1 }, { -1 }, { -1 } },
	{ "endbr64", "\xf3\x0f\x1e\xfa", 4, CLASS_NONE, 0, { -1 }, { -1 }, { -1 } },
	{ "shlx %rcx,%rdx,%rax",
	  "\xc4\xe2\xf1\xf7\xc2",
	  5,
	  CLASS_ALU,
	  0,
	  { 2, 1, -1 },
	  { 0, -1 },
	  { -1 } },
	{ "cut short", "\x48", 1, CLASS_ALU, 0, { -1 }, { -1 }, { -1 } },
};

static void assert_registers(const char *what, const uint8_t *got, unsigned n, const int *want,
			     unsigned max)
{
	for (unsigned i = 0; i < n; i++) {
		if (i >= max || want[i] != got[i])
			fail_msg("%s: register %u is %d", what, i, got[i]);
	}
	if (n < max && want[n] != -1)
		fail_msg("%s: register %d is missing", what, want[n]);
}

static void decodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decoded) / sizeof(decoded[0]); i++) {
		struct model_insn got;

		model_decode_x86_64((const uint8_t *)decoded[i].bytes, decoded[i].len,
				    0xffffffff81000000ull, &got);
		if (got.class != decoded[i].class || got.flags != (decoded[i].flags | INSN_KERNEL))
			fail_msg("%s: class %u, flags %x", decoded[i].what, got.class, got.flags);
		assert_registers(decoded[i].what, got.reads, got.n_reads, decoded[i].reads, 4);
		assert_registers(decoded[i].what, got.writes, got.n_writes, decoded[i].writes, 3);
		assert_registers(decoded[i].what, got.address, got.n_address, decoded[i].address,
				 2);
	}
}

/* In user code a DS prefix is what it says. */
static void locks(void **state)
{
	struct model_insn got;

	(void)state;
	model_decode_x86_64((const uint8_t *)"\x3e\x48\xff\x03", 4, 0x401000, &got);
	assert_int_equal(got.flags & INSN_ATOMIC, 0);
}

static void serial(void **state)
{
	static const struct {
		const char *bytes;
		unsigned len, serial;
	} codes[] = {
		{ "\x0f\x05", 2, SERIAL_SYSCALL },
		{ "\x48\x0f\x07", 3, SERIAL_SYSRET },
		{ "\x48\xcf", 2, SERIAL_IRET },
		{ "\x0f\x01\xf8", 3, SERIAL_SWAPGS },
		{ "\x0f\x30", 2, SERIAL_WRITE_MSR },
		{ "\x0f\x01\x38", 3, SERIAL_INVLPG },
		{ "\x0f\x22\xd8", 3, SERIAL_WRITE_CR3 },
		{ "\x0f\x22\xe0", 3, SERIAL_WRITE_CR3 },
		{ "\x0f\x22\xc0", 3, SERIAL_CONTROL },
		{ "\x0f\x20\xd8", 3, SERIAL_CONTROL },
		{ "\x0f\x01\xcb", 3, SERIAL_STAC },
		{ "\xf3\x90", 2, SERIAL_PAUSE },
		{ "\x0f\xae\xe8", 3, SERIAL_LFENCE },
		{ "\x0f\xae\xf0", 3, SERIAL_MFENCE },
		{ "\xf3\x48\x0f\xae\xd8", 5, SERIAL_SEGMENT_BASE },
		{ "\xf4", 1, SERIAL_HALT },
		{ "\x0f\x00\x2d\0\0\0\0", 7, SERIAL_VERW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct model_insn got;

		model_decode_x86_64((const uint8_t *)codes[i].bytes, codes[i].len, 0, &got);
		assert_int_equal(got.class, CLASS_SERIAL);
		assert_int_equal(got.serial, codes[i].serial);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(installed_models),
		cmocka_unit_test(strict),
		cmocka_unit_test(ensemble),
		cmocka_unit_test(decodes),
		cmocka_unit_test(locks),
		cmocka_unit_test(serial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
