// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/symbols.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static struct symbols *parse(const char *text)
{
	struct symbols *s = NULL;
	struct err e = { 0 };

	if (symbols_parse(text, strlen(text), &s, &e) < 0)
		fail_msg("%s", e.text);
	return s;
}

/* The function that an address lies in, "" for none. */
static const char *at(const struct symbols *s, uint64_t vaddr, bool *entry)
{
	long i = symbols_find(s, vaddr, entry);

	return i < 0 ? "" : symbols_name(s, (size_t)i);
}

static void addresses_find_functions(void **state)
{
	_cleanup_(symbols_free_p) struct symbols *s = parse("ffffffff81002000 T second\n"
							    "ffffffff81001000 T first\n"
							    "ffffffff81003000 t third\n");
	bool entry;

	(void)state;
	assert_int_equal(symbols_functions(s), 3);
	assert_string_equal(at(s, 0xffffffff81001000, &entry), "first");
	assert_true(entry);
	assert_string_equal(at(s, 0xffffffff81001001, &entry), "first");
	assert_false(entry);
	assert_string_equal(at(s, 0xffffffff81001fff, &entry), "first");
	assert_string_equal(at(s, 0xffffffff81002000, &entry), "second");
	assert_true(entry);
	assert_int_equal(symbols_address(s, "third"), 0xffffffff81003000);
	assert_int_equal(symbols_address(s, "fourth"), 0);
}

static void outside_the_text_there_is_nothing(void **state)
{
	_cleanup_(symbols_free_p) struct symbols *s = parse("ffffffff81001000 T first\n"
							    "ffffffff81003000 T last\n"
							    "ffffffff81003000 t last_alias\n");
	bool entry = true;

	(void)state;
	assert_int_equal(symbols_find(s, 0xffffffff81000fff, &entry), -1);
	assert_false(entry);
	assert_int_equal(symbols_find(s, 0, &entry), -1);
	assert_string_equal(at(s, 0xffffffff81003000 + 4095, &entry), "last");
	assert_int_equal(symbols_find(s, 0xffffffff81003000 + 4096, &entry), -1);
	assert_int_equal(symbols_find(s, UINT64_MAX, &entry), -1);
}

static void what_the_compiler_split_off_is_folded(void **state)
{
	_cleanup_(symbols_free_p) struct symbols *s =
		parse("ffffffff81001000 t plain\n"
		      "ffffffff81001100 t special.constprop.0\n"
		      "ffffffff81001200 t scalar.isra.0\n"
		      "ffffffff81001300 t half.part.0\n"
		      "ffffffff81001400 t plain.cold\n"
		      "ffffffff81001500 t both.constprop.0.isra.0\n"
		      "ffffffff81001600 t both.constprop.1.cold\n"
		      "ffffffff81001700 t half\n"
		      "ffffffff81001800 t dotted.llvm.123\n"
		      "ffffffff81001900 t .cold\n");
	static const struct {
		uint64_t vaddr;
		const char *name;
		bool entry;
	} rows[] = {
		{ 0xffffffff81001000, "plain", true },
		{ 0xffffffff81001100, "special", true },
		{ 0xffffffff81001200, "scalar", true },
		{ 0xffffffff81001300, "half", false },
		{ 0xffffffff81001400, "plain", false },
		{ 0xffffffff81001500, "both", true },
		{ 0xffffffff81001600, "both", false },
		{ 0xffffffff81001700, "half", true },
		{ 0xffffffff81001800, "dotted.llvm.123", true },
	};
	bool entry;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(at(s, rows[i].vaddr, &entry), rows[i].name);
		assert_int_equal(entry, rows[i].entry);
	}
	assert_string_equal(at(s, 0xffffffff81001900, &entry), ".cold");
	assert_int_equal(symbols_functions(s), 7);
	/* One function, wherever its parts lie. */
	assert_int_equal(symbols_find(s, 0xffffffff81001000, &entry),
			 symbols_find(s, 0xffffffff81001450, &entry));
}

/* The name that people know: global before local, helpers last, then the alphabet. */
static void one_name_of_several_is_taken(void **state)
{
	static const char *const orders[] = {
		"ffffffff81001000 T b\nffffffff81001000 t a\nffffffff81001000 T __pfx_b\n"
		"ffffffff81001000 T c\nffffffff81002000 t z\n",
		"ffffffff81002000 t z\nffffffff81001000 T c\nffffffff81001000 T __pfx_b\n"
		"ffffffff81001000 t a\nffffffff81001000 T b\n",
		"ffffffff81001000 t a\nffffffff81001000 T c\nffffffff81002000 t z\n"
		"ffffffff81001000 T b\nffffffff81001000 T __pfx_b\n",
	};
	bool entry;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		_cleanup_(symbols_free_p) struct symbols *s = parse(orders[i]);

		assert_string_equal(at(s, 0xffffffff81001000, &entry), "b");
		assert_true(entry);
		assert_string_equal(at(s, 0xffffffff81001fff, &entry), "b");
	}
}

static void padding_before_a_function_is_its_own(void **state)
{
	_cleanup_(symbols_free_p) struct symbols *s = parse("ffffffff81001000 t __pfx_f\n"
							    "ffffffff81001010 t f\n");
	bool entry;

	(void)state;
	assert_string_equal(at(s, 0xffffffff8100100f, &entry), "__pfx_f");
	assert_string_equal(at(s, 0xffffffff81001010, &entry), "f");
	assert_true(entry);
}

/* A text that symbols_parse() refuses, with the line number that it names. */
static void malformed_lines_are_named(void **state)
{
	static const struct {
		const char *text;
		const char *line;
	} rows[] = {
		{ "x", "line 1:" },
		{ "\n", "line 1:" },
		{ "ffffffff81001000 T a\n\n", "line 2:" },
		{ "ffffffff81001000 T a\nffffffff81002000\n", "line 2:" },
		{ "ffffffff81001000 T a\nffffffff81002000 T\n", "line 2:" },
		{ "ffffffff81001000 T a\nffffffff81002000 T \n", "line 2:" },
		{ "ffffffff81001000 T a\nffffffff8100200 T b\n", "line 2:" },
		{ "ffffffff81001000 T a\nffffffff810020000 T b\n", "line 2:" },
		{ "ffffffff81001000 T a\nffffffff81002000\tT b\n", "line 2:" },
		{ "ffffffff81001000 T a\nffffffff81002000 TT b\n", "line 2:" },
		{ "ffffffff81001000 T a\nfffffffg81002000 T b\n", "line 2:" },
		{ "ffffffff81001000 T a\n-fffffff81002000 T b\n", "line 2:" },
		{ "ffffffff81001000 T a\n+fffffff81002000 T b\n", "line 2:" },
		{ "ffffffff81001000 T a\n 0xfffff81002000 T b\n", "line 2:" },
		{ "ffffffff81001000 T a\n0xffffff81002000 T b\n", "line 2:" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct symbols *s = NULL;
		struct err e = { 0 };

		if (symbols_parse(rows[i].text, strlen(rows[i].text), &s, &e) != -EINVAL ||
		    !strstr(e.text, rows[i].line) || s)
			fail_msg("'%s': '%s'", rows[i].text, e.text);
		assert_int_equal(e.status, ERR_UNMEASURED);
	}
}

static void nul_bytes_are_malformed(void **state)
{
	static const char text[] = "ffffffff81001000 T a\nffffffff81002000 T b\0c\n";
	struct symbols *s = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(symbols_parse(text, sizeof(text) - 1, &s, &e), -EINVAL);
	assert_non_null(strstr(e.text, "line 2:"));
}

static void the_last_line_needs_no_end(void **state)
{
	_cleanup_(symbols_free_p) struct symbols *s =
		parse("ffffffff81001000 T a\nffffffff81002000 T b");

	(void)state;
	assert_int_equal(symbols_functions(s), 2);
}

static void hidden_addresses_are_told(void **state)
{
	static const char text[] = "0000000000000000 T a\n0000000000000000 t b\n";
	struct symbols *s = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(symbols_parse(text, strlen(text), &s, &e), -EACCES);
	assert_non_null(strstr(e.text, "kptr_restrict"));
	assert_int_equal(e.status, ERR_UNMEASURED);
	assert_int_equal(symbols_parse("", 0, &s, &e), -ENOENT);
	assert_non_null(strstr(e.text, "CONFIG_KALLSYMS"));
}

/* More than the array starts with. */
static void many_symbols_are_sorted(void **state)
{
	_cleanup_(symbols_free_p) struct symbols *s = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	const unsigned n = 70000;
	struct err e = { 0 };
	bool entry;

	(void)state;
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(buf_printf(&text, "%016llx t f%u\n",
					    0xffffffff81000000ull + 16ull * (i * 7919ull % n), i),
				 0);
	assert_int_equal(symbols_parse(text.data, text.len, &s, &e), 0);
	assert_int_equal(symbols_functions(s), n);
	for (unsigned i = 0; i < n; i += 977) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		assert_string_equal(
			at(s, 0xffffffff81000000 + 16ull * (i * 7919ull % n) + 5, &entry), name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_find_functions),
		cmocka_unit_test(outside_the_text_there_is_nothing),
		cmocka_unit_test(what_the_compiler_split_off_is_folded),
		cmocka_unit_test(one_name_of_several_is_taken),
		cmocka_unit_test(padding_before_a_function_is_its_own),
		cmocka_unit_test(malformed_lines_are_named),
		cmocka_unit_test(nul_bytes_are_malformed),
		cmocka_unit_test(the_last_line_needs_no_end),
		cmocka_unit_test(hidden_addresses_are_told),
		cmocka_unit_test(many_symbols_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
