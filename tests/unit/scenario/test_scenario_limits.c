// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers and counts in scenario files: what is taken, and what is too much. */
#include "base/buf.h"
#include "scenario/read.h"
#include "scenario/yaml_doc.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static void sizes_are_parsed(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} rows[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "4096", 4096 },
		{ "4K", 4096 },
		{ "4k", 4096 },
		{ "64M", 64u << 20 },
		{ "64m", 64u << 20 },
		{ "2G", 2ull << 30 },
		{ "17179869183G", 17179869183ull << 30 },
		{ "18446744073709551615", UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t bytes = 7;

		if (parse_size(rows[i].text, &bytes) != 0 || bytes != rows[i].bytes)
			fail_msg("%s is %llu", rows[i].text, (unsigned long long)bytes);
	}
}

static void other_texts_are_no_sizes(void **state)
{
	static const char *const rows[] = {
		"",
		"K",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1T",
		"1KB",
		"1Ki",
		"0x10",
		"1.5M",
		"4K4K",
		"M4",
		"１",
		"1e3",
		"99999999999G",
		"17179869184G",
		"18446744073709551616",
		"99999999999999999999999999K",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t bytes;

		if (parse_size(rows[i], &bytes) != -EINVAL)
			fail_msg("'%s' is not a size", rows[i]);
	}
}

/* Reads a scenario with these values; the message, or "" if it is good. */
static const char *try(const char *map, const char *op, const char *rest)
{
	static struct err e;
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	_cleanup_buf_ struct buf b = { 0 };

	assert_int_equal(buf_printf(&b,
				    "s:\n  help: h\n  maps: {m: {kind: anon-private, %s}}\n"
				    "  segments: {a: [touch: {map: m, access: read%s}]}\n%s",
				    map, op, rest),
			 0);
	err_clear(&e);
	if (scenario_read("g", "f", b.data, b.len, &l, &e) == 0)
		return "";
	assert_int_equal(e.code, -EINVAL);
	return e.text;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part) || (!*part && *text))
		fail_msg("'%s' does not say '%s'", text, part);
}

static void map_sizes_have_limits(void **state)
{
	(void)state;
	assert_has(try("size: 4K", "", ""), "");
	assert_has(try("size: 256M", "", ""), "");
	assert_has(try("size: 0", "", ""), "f:3:40: a multiple of 4K up to 256M");
	assert_has(try("size: 6K", "", ""), "f:3:40: a multiple of 4K up to 256M");
	assert_has(try("size: 257M", "", ""), "f:3:40: a multiple of 4K up to 256M");
	assert_has(try("size: 99999999999G", "", ""), "f:3:40: '99999999999G' is not a size");
	assert_has(try("size: -4K", "", ""), "f:3:40: '-4K' is not a size");
	assert_has(try("size: 4K, align: 4K", "", ""), "");
	assert_has(try("size: 4K, align: 1G", "", ""), "");
	assert_has(try("size: 4K, align: 2G", "", ""), "power of two from 4K to 1G");
	assert_has(try("size: 4K, align: 2K", "", ""), "power of two from 4K to 1G");
	assert_has(try("size: 4K, align: 12K", "", ""), "power of two from 4K to 1G");
	assert_has(try("size: 4K, align: 0", "", ""), "power of two from 4K to 1G");
	assert_has(try("size: 4K}, n: {kind: anon-private, size: 256M", "", ""),
		   "f:3:9: the maps together exceed 256M");
}

static void ranges_lie_inside_their_map(void **state)
{
	(void)state;
	assert_has(try("size: 8K", ", offset: 4K, size: 4K", ""), "");
	assert_has(try("size: 8K", ", offset: 4K", ""), "");
	assert_has(try("size: 8K", ", size: 8K", ""), "");
	assert_has(try("size: 8K", ", offset: 8K", ""), "outside map 'm'");
	assert_has(try("size: 8K", ", size: 12K", ""), "outside map 'm'");
	assert_has(try("size: 8K", ", offset: 4K, size: 8K", ""), "outside map 'm'");
	assert_has(try("size: 8K", ", offset: 18446744073709551615, size: 2", ""),
		   "outside map 'm'");
	assert_has(try("size: 8K", ", offset: 4K, size: 18446744073709551615", ""),
		   "outside map 'm'");
	assert_has(try("size: 8K", ", size: 0", ""), "size");
	assert_has(try("size: 8K", ", stride: 0", ""), "stride");
	assert_has(try("size: 8K", ", stride: 8K", ""), "");
	assert_has(try("size: 8K", ", stride: 8193", ""), "the stride exceeds the range");
	assert_has(try("size: 8K", ", stride: 8K, offset: 4K", ""), "the stride exceeds the range");
}

/* The kernel would refuse these, after a boot. */
static void calls_need_whole_pages(void **state)
{
	(void)state;
	assert_has(try("size: 8K", "}, mprotect: {map: m, to: r, offset: 4K", ""), "");
	assert_has(try("size: 8K", "}, mprotect: {map: m, to: r, offset: 100", ""),
		   "multiples of 4K");
	assert_has(try("size: 8K", "}, madvise: {map: m, advice: cold, offset: 1", ""),
		   "multiples of 4K");
	assert_has(try("size: 8K", ", offset: 100", ""), "");
}

static void counts_have_limits(void **state)
{
	(void)state;
	assert_has(try("size: 4K", "", "  iterations: 1\n  warmup: 0\n"), "");
	assert_has(try("size: 4K", "", "  iterations: 1000\n  warmup: 1000\n"), "");
	assert_has(try("size: 4K", "", "  iterations: 0\n"), "f:5:15: 0 is outside 1 to 1000");
	assert_has(try("size: 4K", "", "  rounds: 65536\n  min_time_ms: 60000\n"), "");
	assert_has(try("size: 4K", "", "  rounds: 0\n"), "f:5:11: 0 is outside 1 to 65536");
	assert_has(try("size: 4K", "", "  min_time_ms: 60001\n"),
		   "f:5:16: 60001 is outside 1 to 60000");
	assert_has(try("size: 4K", "", "  iterations: 1001\n"),
		   "f:5:15: 1001 is outside 1 to 1000");
	assert_has(try("size: 4K", "", "  warmup: -1\n"), "'-1' is not a whole number");
	assert_has(try("size: 4K", "", "  warmup: 1.5\n"), "'1.5' is not a whole number");
	assert_has(try("size: 4K", "", "  warmup: 0x1\n"), "'0x1' is not a whole number");
	assert_has(try("size: 4K", "", "  warmup: 99999999999999999999\n"), "not a whole number");
	assert_has(try("size: 4K", "", "  expect: {vmas: 4294967295}\n"), "");
	assert_has(try("size: 4K", "", "  expect: {vmas: 4294967296}\n"),
		   "outside 0 to 4294967295");
	assert_has(try("size: 4K", "", "  expect: {vmas: }\n"), "'' is not a whole number");
}

static void names_fit_their_plan(void **state)
{
	(void)state;
	/* 23 characters and 24. */
	assert_has(
		try("size: 4K", "}], abcdefghijklmnopqrstuvw: [touch: {map: m, access: read", ""),
		"");
	assert_has(
		try("size: 4K", "}], abcdefghijklmnopqrstuvwx: [touch: {map: m, access: read", ""),
		"empty, too long or reserved");
	assert_has(try("size: 4K", "}], iteration: [touch: {map: m, access: read", ""),
		   "empty, too long or reserved");
	assert_has(try("size: 4K", "}], '': [touch: {map: m, access: read", ""), "segment name");
}

/* @n things called f0, f1... each followed by @text. */
static void many(struct buf *b, const char *before, unsigned n, const char *text, const char *after)
{
	b->len = 0;
	buf_puts(b, before);
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "%sf%u%s", i ? ", " : "", i, text);
	buf_puts(b, after);
}

static void there_can_be_too_many(void **state)
{
	static const char map[] = ": {kind: anon-private, size: 4K}";
	static const char op[] = ": [touch: {map: m, access: read}]";
	static const char touch[] = "{touch: {map: m, access: read}}";
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	many(&b, "size: 4K}, ", 15, map, ", z: {kind: anon-private, size: 4K");
	assert_has(try(b.data, "", ""), "more than 16 maps");
	many(&b, "size: 4K}, ", 14, map, ", z: {kind: anon-private, size: 4K");
	assert_has(try(b.data, "", ""), "");
	many(&b, "}], ", 7, op, ", z: [touch: {map: m, access: read");
	assert_has(try("size: 4K", b.data, ""), "1 to 8 segments");
	many(&b, "}], ", 6, op, ", z: [touch: {map: m, access: read");
	assert_has(try("size: 4K", b.data, ""), "");
	many(&b, "  source: [", 16, "", "]\n");
	assert_has(try("size: 4K", "", b.data), "");
	many(&b, "  source: [", 17, "", "]\n");
	assert_has(try("size: 4K", "", b.data), "more than 16 entries");
	for (unsigned n = 255; n < 257; n++) {
		b.len = 0;
		buf_puts(&b, "  prepare: [");
		for (unsigned i = 0; i < n; i++)
			buf_printf(&b, "%s%s", i ? ", " : "", touch);
		buf_puts(&b, "]\n");
		assert_has(try("size: 4K", "", b.data), n == 255 ? "" : "more than 256 operations");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_parsed),
		cmocka_unit_test(other_texts_are_no_sizes),
		cmocka_unit_test(map_sizes_have_limits),
		cmocka_unit_test(ranges_lie_inside_their_map),
		cmocka_unit_test(calls_need_whole_pages),
		cmocka_unit_test(counts_have_limits),
		cmocka_unit_test(names_fit_their_plan),
		cmocka_unit_test(there_can_be_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
