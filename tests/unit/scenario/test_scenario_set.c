// SPDX-License-Identifier: GPL-2.0-or-later
/* Scenarios with other sizes than their file has. */
#include "base/buf.h"
#include "scenario/read.h"
#include "scenario/set.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static void read_sized(const char *a, const char *b, struct scenario_list *l)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct err e = { 0 };

	buf_printf(&text,
		   "s:\n"
		   "  help: h\n"
		   "  source: [f, g]\n"
		   "  needs: [CONFIG_X]\n"
		   "  maps:\n"
		   "    a: {kind: anon-shared, size: %s}\n"
		   "    b: {kind: anon-private, size: %s}\n"
		   "  prepare:\n"
		   "    - touch: {map: a, access: write}\n"
		   "  segments:\n"
		   "    one:\n"
		   "      - mprotect: {map: a, to: r, offset: 4K}\n"
		   "      - touch: {map: b, access: read, size: 8K}\n"
		   "    two:\n"
		   "      - madvise: {map: b, advice: dontneed}\n"
		   "  expect: {vmas: 2, present: all, dirty: 2}\n",
		   a, b);
	if (scenario_read("g", "f", text.data, text.len, l, &e) < 0)
		fail_msg("%s", e.text);
}

static struct scenario *set(const struct scenario *s, const struct scenario_setting *settings,
			    size_t n)
{
	struct scenario *out = NULL;
	struct err e = { 0 };
	size_t bad;

	if (scenario_set(s, settings, n, &out, &bad, &e) < 0)
		fail_msg("%s", e.text);
	return out;
}

static void assert_same_plan(const struct scenario *a, const struct scenario *b)
{
	const struct plan_request q = { .online_cpus = 2, .map_offset = 4096 };
	_cleanup_free_ void *plan_a = NULL, *plan_b = NULL;
	size_t len_a, len_b;
	struct err e = { 0 };

	assert_int_equal(scenario_plan(a, &q, &plan_a, &len_a, &e), 0);
	assert_int_equal(scenario_plan(b, &q, &plan_b, &len_b, &e), 0);
	assert_int_equal(len_a, len_b);
	assert_memory_equal(plan_a, plan_b, len_a);
	assert_memory_equal(&a->expect, &b->expect, sizeof(a->expect));
	assert_int_equal(scenario_items(a), scenario_items(b));
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->source[1], b->source[1]);
	assert_string_equal(a->needs[0], b->needs[0]);
}

/* The same plan as that of a file with the other sizes in it. */
static void a_size_is_as_if_the_file_had_it(void **state)
{
	static const struct {
		struct scenario_setting settings[2];
		size_t n;
		const char *a, *b;
	} rows[] = {
		{ { { "size", "64K" } }, 1, "64K", "64K" },
		{ { { "a", "128M" } }, 1, "128M", "16K" },
		{ { { "b", "8K" } }, 1, "16K", "8K" },
		{ { { "size", "64K" }, { "b", "8K" } }, 2, "64K", "8K" },
		{ { { "b", "8K" }, { "size", "64K" } }, 2, "64K", "8K" },
		/* Together they fit; size alone would not. */
		{ { { "size", "200M" }, { "b", "8K" } }, 2, "200M", "8K" },
		{ { { "a", "8192" }, { "b", "16384" } }, 2, "8K", "16K" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_scenario_list_ struct scenario_list from = { 0 }, to = { 0 };
		_cleanup_(scenario_free_p) struct scenario *s = NULL;

		read_sized("16K", "16K", &from);
		read_sized(rows[i].a, rows[i].b, &to);
		s = set(from.items[0], rows[i].settings, rows[i].n);
		assert_same_plan(s, to.items[0]);
		assert_int_equal(from.items[0]->maps[0].bytes, 16384);
	}
}

static void what_is_not_possible_is_told(void **state)
{
	static const struct {
		struct scenario_setting settings[2];
		size_t n, bad;
		const char *what;
	} rows[] = {
		{ { { "sizes", "64K" } }, 1, 0, "'sizes': size, or the name of a map (a, b)" },
		{ { { "size", "64K" }, { "c", "8K" } },
		  2,
		  1,
		  "'c': size, or the name of a map (a, b)" },
		{ { { "size", "lots" } }, 1, 0, "'lots' is not a size" },
		{ { { "size", "" } }, 1, 0, "'' is not a size" },
		{ { { "b", "0" } }, 1, 0, "a multiple of 4K up to 256M" },
		{ { { "b", "6K" } }, 1, 0, "a multiple of 4K up to 256M" },
		{ { { "b", "257M" } }, 1, 0, "a multiple of 4K up to 256M" },
		{ { { "size", "8K" }, { "b", "256M" } }, 2, 1, "together exceed 256M" },
		{ { { "size", "129M" } }, 1, 0, "together exceed 256M" },
		/* The mprotect starts at 4K, the touch goes to 8K. */
		{ { { "a", "4K" } }, 1, 0, "outside map 'a'" },
		{ { { "b", "4K" } }, 1, 0, "outside map 'b'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_scenario_list_ struct scenario_list l = { 0 };
		struct scenario *s = NULL;
		struct err e = { 0 };
		size_t bad = 9;

		read_sized("16K", "16K", &l);
		assert_int_equal(
			scenario_set(l.items[0], rows[i].settings, rows[i].n, &s, &bad, &e),
			strstr(rows[i].what, "name of a map") ? -ENOENT : -EINVAL);
		assert_null(s);
		assert_int_equal(bad, rows[i].bad);
		if (!strstr(e.text, rows[i].what))
			fail_msg("'%s' instead of '%s'", e.text, rows[i].what);
	}
}

static const char *digest_with(const struct scenario *s, const struct scenario_setting *settings,
			       size_t n)
{
	static struct hash_hex hashes[4];
	static unsigned next;
	_cleanup_(scenario_free_p) struct scenario *c = set(s, settings, n);

	next = (next + 1) % 4;
	hashes[next] = c->sha256;
	return hashes[next].text;
}

#define DIGEST(s, ...)                                                         \
	digest_with(s, (const struct scenario_setting[]){ __VA_ARGS__ },       \
		    sizeof((const struct scenario_setting[]){ __VA_ARGS__ }) / \
			    sizeof(struct scenario_setting))

static void the_digest_names_the_sizes(void **state)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	const struct scenario *s;

	(void)state;
	read_sized("16K", "16K", &l);
	s = l.items[0];
	assert_string_equal(digest_with(s, NULL, 0), s->sha256.text);
	assert_string_equal(DIGEST(s, { "size", "16K" }), s->sha256.text);
	assert_string_not_equal(DIGEST(s, { "size", "32K" }), s->sha256.text);
	assert_string_equal(DIGEST(s, { "size", "32K" }),
			    DIGEST(s, { "b", "32768" }, { "a", "32K" }));
	assert_string_not_equal(DIGEST(s, { "a", "32K" }), DIGEST(s, { "b", "32K" }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_size_is_as_if_the_file_had_it),
		cmocka_unit_test(what_is_not_possible_is_told),
		cmocka_unit_test(the_digest_names_the_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
