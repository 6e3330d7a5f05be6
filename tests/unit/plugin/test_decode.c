// SPDX-License-Identifier: GPL-2.0-or-later
/* The kinds of instructions that the plugin tells apart; test_decode_faults.c has the rest. */
#include "base/cleanup.h"
#include "plugin/arch/decode.h"
#include "proto/marker.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

struct bytes {
	uint8_t at[16];
	size_t len;
};

static struct bytes hex(const char *text)
{
	struct bytes b = { .len = 0 };

	for (char *end; *text; text = end)
		b.at[b.len++] = (uint8_t)strtoul(text, &end, 16);
	return b;
}

static struct insn decode(const char *text, bool kernel)
{
	struct bytes b = hex(text);

	return insn_decode(b.at, b.len, kernel);
}

/* nopl 0x534c0105(%rax,%rax,1): open slot 5. */
#define OPEN_5 "0f 1f 84 00 05 01 4c 53"

static void marker_is_seen_in_user_mode(void **state)
{
	struct insn d = decode(OPEN_5, false);

	(void)state;
	assert_int_equal(d.kind, INSN_MARKER);
	assert_int_equal(d.marker, MARKER_MAGIC | MARKER_OPEN | 5);
	assert_int_equal(d.marker & MARKER_WHAT_MASK, MARKER_OPEN);
	assert_int_equal(d.marker & MARKER_ARG_MASK, 5);
	d = decode("0f 1f 84 00 00 03 4c 53", false);
	assert_int_equal(d.kind, INSN_MARKER);
	assert_int_equal(d.marker & MARKER_WHAT_MASK, MARKER_DUMP);
}

static void marker_means_nothing_in_the_kernel(void **state)
{
	struct insn d = decode(OPEN_5, true);

	(void)state;
	assert_int_equal(d.kind, INSN_PLAIN);
	assert_false(d.may_fault);
}

static void other_nops_are_no_markers(void **state)
{
	static const char *const nops[] = {
		"0f 1f 84 00 00 00 00 00",    /* as compilers pad */
		"0f 1f 84 00 05 01 4d 53",    /* another magic */
		"0f 1f 84 00 05 01 4c 52",    /* another magic */
		"0f 1f 84 08 05 01 4c 53",    /* (%rax,%rcx,1) */
		"0f 1f 80 05 01 4c 53",	      /* 0x534c0105(%rax) */
		"66 0f 1f 84 00 05 01 4c 53", /* nopw */
		"48 0f 1f 84 00 05 01 4c 53", /* REX.W */
		"0f 1f 84 00 05 01 4c",	      /* cut off */
		"0f 1e 84 00 05 01 4c 53",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nops); i++) {
		if (decode(nops[i], false).kind != INSN_PLAIN)
			fail_msg("%s is not a marker", nops[i]);
	}
}

static void rep_strings_have_their_accesses(void **state)
{
	static const struct {
		const char *hex;
		const char *text;
		unsigned accesses;
	} rows[] = {
		{ "f3 aa", "rep stosb", 1 },	{ "f3 48 ab", "rep stosq", 1 },
		{ "f3 66 ab", "rep stosw", 1 }, { "66 f3 ab", "rep stosw", 1 },
		{ "f3 ab", "rep stosl", 1 },	{ "f3 a4", "rep movsb", 2 },
		{ "f3 48 a5", "rep movsq", 2 }, { "f3 67 a4", "rep movsb, addr32", 2 },
		{ "f3 ac", "rep lodsb", 0 },	{ "f3 48 ad", "rep lodsq", 0 },
		{ "f2 ae", "repne scasb", 0 },	{ "f3 ae", "repe scasb", 0 },
		{ "f3 a6", "repe cmpsb", 0 },	{ "f2 48 a7", "repne cmpsq", 0 },
		{ "f3 6c", "rep insb", 1 },	{ "f3 6e", "rep outsb", 0 },
		{ "f2 a4", "repne movsb", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (int kernel = 0; kernel < 2; kernel++) {
			struct insn d = decode(rows[i].hex, kernel);

			if (d.kind != INSN_REP_STRING || !d.may_fault ||
			    d.accesses != rows[i].accesses)
				fail_msg("%s: kind %d, %u accesses", rows[i].text, d.kind,
					 d.accesses);
		}
	}
}

static void without_rep_a_string_is_plain(void **state)
{
	static const char *const strings[] = { "aa", "48 ab", "a4", "48 a5", "ae", "ac" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		struct insn d = decode(strings[i], true);

		assert_int_equal(d.kind, INSN_PLAIN);
		assert_true(d.may_fault);
		assert_int_equal(d.accesses, 0);
	}
}

/* F3 before anything else is a hint or another opcode. */
static void rep_before_others_is_no_string(void **state)
{
	static const char *const others[] = { "f3 90", "f3 c3", "f3 0f 1e fa", "f3 0f b8 c0",
					      "f3 0f 10 07" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(decode(others[i], true).kind, INSN_PLAIN);
}

static void iret_is_told(void **state)
{
	(void)state;
	assert_int_equal(decode("48 cf", true).kind, INSN_IRET);
	assert_int_equal(decode("cf", true).kind, INSN_IRET);
	assert_int_equal(decode("0f 31", false).kind, INSN_CLOCK);
	assert_int_equal(decode("0f 31", true).kind, INSN_PLAIN);
	assert_int_equal(decode("f4", true).kind, INSN_HALT);
	assert_int_equal(decode("0f 01 c9", true).kind, INSN_HALT);
	assert_int_equal(decode("0f 01 ca", true).kind, INSN_PLAIN); /* clac */
	assert_true(decode("48 cf", true).may_fault);
	assert_int_equal(decode("cb", true).kind, INSN_PLAIN);	     /* lret */
	assert_int_equal(decode("48 0f 07", true).kind, INSN_PLAIN); /* sysretq */
}

static void pushes_and_pops_are_told(void **state)
{
	static const char *const some[] = { "50",    "55",    "57",    "41 50",
					    "41 57", "58",    "5d",    "5f",
					    "41 58", "41 5f", "6a 08", "68 78 56 34 12",
					    "f3 90", "9c",    "ff 30", "8f 00",
					    "c3" };
	const size_t pushes = 12;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
		struct insn d = decode(some[i], true);

		if ((d.kind == INSN_PUSH_POP) != (i < pushes))
			fail_msg("%s: kind %d", some[i], d.kind);
		if (i < pushes && (d.may_fault || !decode(some[i], false).may_fault))
			fail_msg("%s: may_fault", some[i]);
	}
}

/* Whatever bytes: no crash, no marker in the kernel, no read beyond (under a sanitizer). */
static void any_bytes_are_decoded(void **state)
{
	uint32_t random = 12345;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		_cleanup_free_ uint8_t *bytes = NULL;
		size_t len = i % 16;

		bytes = malloc(len + !len);
		assert_non_null(bytes);
		for (size_t k = 0; k < len; k++) {
			random = random * 1664525 + 1013904223;
			bytes[k] = (uint8_t)(random >> 24);
		}
		if (len && i % 3 == 0)
			bytes[0] = 0x0f;
		if (insn_decode(bytes, len, true).kind == INSN_MARKER)
			fail_msg("a marker in the kernel");
		insn_decode(bytes, len, false);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marker_is_seen_in_user_mode),
		cmocka_unit_test(marker_means_nothing_in_the_kernel),
		cmocka_unit_test(other_nops_are_no_markers),
		cmocka_unit_test(rep_strings_have_their_accesses),
		cmocka_unit_test(without_rep_a_string_is_plain),
		cmocka_unit_test(rep_before_others_is_no_string),
		cmocka_unit_test(iret_is_told),
		cmocka_unit_test(pushes_and_pops_are_told),
		cmocka_unit_test(any_bytes_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
