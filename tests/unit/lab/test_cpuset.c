// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets of CPUs: text to set, set to text, and what is asked of a set. */
#include "base/cleanup.h"
#include "base/cpuset.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static cpu_set_t set_of(const char *text)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (text[0] && cpuset_parse(text, &set) < 0)
		fail_msg("'%s' is no set", text);
	return set;
}

static void sets_are_parsed(void **state)
{
	static const char *const bad[] = { "",
					   "-",
					   "a",
					   "1-",
					   "-1",
					   "1,",
					   ",1",
					   "1,,2",
					   "2-1",
					   "1024",
					   "0-1024",
					   " 1",
					   "1 ",
					   "0x1",
					   "1;2",
					   ",",
					   "1--2",
					   "0 1",
					   "99999999999999999999" };
	cpu_set_t set = set_of("0-1,4");

	(void)state;
	assert_int_equal(CPU_COUNT(&set), 3);
	assert_true(CPU_ISSET(0, &set) && CPU_ISSET(1, &set) && CPU_ISSET(4, &set));
	set = set_of("3");
	assert_true(CPU_COUNT(&set) == 1 && CPU_ISSET(3, &set));
	set = set_of("0-1023");
	assert_int_equal(CPU_COUNT(&set), 1024);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (cpuset_parse(bad[i], &set) != -EINVAL)
			fail_msg("'%s' is taken for a set", bad[i]);
	}
}

static void sets_are_written(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "0", "0" },
		{ "0,1", "0-1" },
		{ "4,0-1", "0-1,4" },
		{ "1,3,5", "1,3,5" },
		{ "7-9,8-12", "7-12" },
		{ "1023", "1023" },
		{ "1022-1023", "1022-1023" },
		{ "0-1023", "0-1023" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cpu_set_t set = set_of(rows[i][0]);

		assert_string_equal(cpuset_format(&set).text, rows[i][1]);
	}
}

/* Every stride, the one with the longest text among them, is read back as it was. */
static void what_is_written_is_read_back(void **state)
{
	(void)state;
	for (unsigned stride = 2; stride < 12; stride++) {
		for (unsigned width = 1; width < stride; width++) {
			struct cpuset_text text;
			cpu_set_t set, again;

			CPU_ZERO(&set);
			for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
				if (cpu % stride < width)
					CPU_SET(cpu, &set);
			}
			text = cpuset_format(&set);
			assert_true(strlen(text.text) + 1 < sizeof(text.text));
			again = set_of(text.text);
			assert_true(CPU_EQUAL(&set, &again));
		}
	}
}

static void cpus_are_counted_and_found(void **state)
{
	cpu_set_t none = set_of(""), set = set_of("2-3,7,1023");

	(void)state;
	assert_int_equal(cpuset_count(&none), 0);
	assert_int_equal(cpuset_count(&set), 4);
	assert_int_equal(cpuset_nth(&set, 0), 2);
	assert_int_equal(cpuset_nth(&set, 1), 3);
	assert_int_equal(cpuset_nth(&set, 2), 7);
	assert_int_equal(cpuset_nth(&set, 3), 1023);
	assert_int_equal(cpuset_nth(&set, 4), -ENOENT);
	assert_int_equal(cpuset_nth(&none, 0), -ENOENT);
}

static void sets_are_compared(void **state)
{
	static const struct {
		const char *inner, *outer, *rest;
	} rows[] = {
		{ "", "", "" },	       { "", "3", "" },
		{ "3", "", "3" },      { "3", "0-3", "" },
		{ "0-3", "3", "0-2" }, { "0-3", "0-3", "" },
		{ "0,5", "0-3", "5" }, { "0-1023", "1-1022", "0,1023" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cpu_set_t inner = set_of(rows[i].inner), outer = set_of(rows[i].outer);
		cpu_set_t rest = cpuset_without(&inner, &outer);

		assert_string_equal(cpuset_format(&rest).text, rows[i].rest);
		assert_int_equal(cpuset_subset(&inner, &outer), !rows[i].rest[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_parsed),
		cmocka_unit_test(sets_are_written),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(cpus_are_counted_and_found),
		cmocka_unit_test(sets_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
