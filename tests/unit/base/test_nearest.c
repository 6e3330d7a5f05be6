// SPDX-License-Identifier: GPL-2.0-or-later
/* Distances of words, and what is near enough to be offered. */
#include "base/cleanup.h"
#include "base/nearest.h"
#include "tests/unit/unit.h"

#include <limits.h>
#include <string.h>

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "abc", "abc", 0 },
		{ "comapre", "compare", 1 },
		{ "comprae", "compare", 1 },
		{ "cmpare", "compare", 1 },
		{ "comparee", "compare", 1 },
		{ "conpare", "compare", 1 },
		{ "CoMpArE", "compare", 0 },
		{ "ca", "abc", 3 }, /* no place twice */
		{ "kitten", "sitting", 3 },
	};
	char many[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(nearest_distance(cases[i].a, cases[i].b), cases[i].distance);
		assert_int_equal(nearest_distance(cases[i].b, cases[i].a), cases[i].distance);
	}
	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_int_equal(nearest_distance(many, "x"), UINT_MAX);
	many[128] = '\0';
	assert_int_equal(nearest_distance(many, many), 0);
}

/* What is offered for @word out of some names. */
static void offered(const char *word, const char *text)
{
	static const char *const names[] = { "compare",		"cover",	  "merge",
					     "mprotect/toggle", "mprotect/dirty", "mremap/dirty",
					     "munmap/dirty",	"compare" };
	_cleanup_buf_ struct buf out = { 0 };
	struct nearest n = { .word = word };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		nearest_try(&n, names[i]);
	nearest_text(&n, "", &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), text);
}

static void names_are_offered(void **state)
{
	(void)state;
	offered("comapre", "; did you mean 'compare'?");
	offered("mregee", "; did you mean 'merge'?");
	offered("toggle", "; did you mean 'mprotect/toggle'?");
	offered("mprotect", "; did you mean 'mprotect/toggle' or 'mprotect/dirty'?");
	offered("dirty", "; did you mean 'mprotect/dirty', 'mremap/dirty' or 'munmap/dirty'?");
	offered("mprotect/dirti", "; did you mean 'mprotect/dirty'?");
	offered("nothing", "");
	offered("x", "");
	offered("", "");
	offered("ob", "");
}

static void more_are_near_than_are_kept(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct nearest n = { .word = "abcdef" };

	(void)state;
	nearest_try(&n, "abcdxy");
	nearest_try(&n, "abcdxz");
	nearest_try(&n, "abcdxw");
	nearest_try(&n, "abcdxv");
	assert_int_equal(n.count, NEAREST_MAX);
	nearest_try(&n, "abcdeg");
	nearest_try(&n, "abcdeh");
	nearest_text(&n, "--", &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), "; did you mean '--abcdeg' or '--abcdeh'?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(names_are_offered),
		cmocka_unit_test(more_are_near_than_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
