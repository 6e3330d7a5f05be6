// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles that are wrong: where, and what was expected there. */
#include "base/buf.h"
#include "tests/unit/profiles.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *text;
	const char *where; /* the message begins with "p.yaml:" and this */
	const char *what;  /* and has this in it */
};

static void check_text(const char *text, const char *where, const char *what)
{
	const char *error = profiles_error(text);

	if (strncmp(error, "p.yaml:", 7) != 0 || strncmp(error + 7, where, strlen(where)) != 0 ||
	    !strstr(error, what))
		fail_msg("'%s' instead of '%s ... %s' for\n%s", error, where, what, text);
}

/* @head comes before each row's text. */
static void check(const char *head, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *text = str_printf("%s%s", head, rows[i].text);

		assert_non_null(text);
		check_text(text, rows[i].where, rows[i].what);
	}
}

static void documents(void **state)
{
	static const struct row rows[] = {
		{ "", " ", "empty" },
		{ "just text\n", "1:1: ", "a profile must be a mapping" },
		{ "[a]\n", "1:1: ", "a profile must be a mapping" },
		{ "name: *nobody\n", "1:7: ", "undefined alias" },
		{ "name: {\n", "2:1: ", "flow" },
		{ "name: n\n\tlabel: l\n", "2:1: ", "tab" },
		{ "name: \xff\n", "", "UTF-8" },
		{ P_LEAST "---\nname: m\n", "5:1: ", "one document" },
		{ "[a]: b\n", "1:1: ", "word or a number" },
		{ "reps: 9\n", "1:1: ", "unknown key 'reps'; name, label, mode" },
		{ P_LEAST "name: m\n", "5:1: ", "'name' is given twice" },
	};

	(void)state;
	check("", rows, ARRAY_SIZE(rows));
}

static void required_keys(void **state)
{
	static const struct row rows[] = {
		{ P_KERNELS "\n" P_BASELINE "\n" P_SCENARIOS "\n", "1:1: ", "'name' is missing" },
		{ P_NAME "\n" P_BASELINE "\n" P_SCENARIOS "\n", "1:1: ", "'kernels' is missing" },
		{ P_NAME "\n" P_KERNELS "\n" P_SCENARIOS "\n", "1:1: ", "'baseline' is missing" },
		{ P_NAME "\n" P_KERNELS "\n" P_BASELINE "\n", "1:1: ", "'scenarios' is missing" },
		{ "{}\n", "1:1: ", "a profile needs name, kernels, baseline and scenarios" },
	};

	(void)state;
	check("", rows, ARRAY_SIZE(rows));
}

/* All on line 5, behind what is required. */
static void plain_values(void **state)
{
	static const struct row rows[] = {
		{ "label: [a]\n", "5:8: ", "word or a number" },
		{ "label: \"a\\eb\"\n", "5:8: ", "control character" },
		{ "label: \"a\\nb\"\n", "5:8: ", "control character" },
		{ "label: \"a\\u0085b\"\n", "5:8: ", "control character" },
		{ "label: \"a\\u2028b\"\n", "5:8: ", "control character" },
		{ "label: \"a\\0b\"\n", "5:8: ", "NUL" },
		{ "mode: fast\n", "5:7: ", "'fast': exact, timed or native is expected" },
		{ "mode:\n", "5:6: ", "'': exact, timed or native is expected" },
		{ "mode: {a: b}\n", "5:7: ", "word or a number" },
		{ "aa: yes\n", "5:5: ", "'yes': false or true is expected" },
		{ "order: sorted\n", "5:8: ", "balanced, random or round-robin is expected" },
		{ "purpose: fun\n", "5:10: ", "performance, coverage, attribution or state" },
		{ "cpuset: all\n", "5:9: ", "\"0-1,4\" are expected" },
		{ "cpuset: \"3-1\"\n", "5:9: ", "\"0-1,4\" are expected" },
		{ "cpuset: \"1024\"\n", "5:9: ", "each below 1024" },
		{ "cpuset: [0, 1]\n", "5:9: ", "word or a number" },
		{ "config: [a]\n", "5:9: ", "word or a number" },
		{ "compiler: \"a\\nb\"\n", "5:11: ", "control character" },
		{ "memory: 64M\n", "5:9: ", "a multiple of 1M from 128M to 16G" },
		{ "memory: 17G\n", "5:9: ", "a multiple of 1M from 128M to 16G" },
		{ "memory: 512\n", "5:9: ", "a multiple of 1M from 128M to 16G" },
		{ "memory: 200001K\n", "5:9: ", "a multiple of 1M from 128M to 16G" },
		{ "memory: much\n", "5:9: ", "'much' is not a size" },
		{ "memory: -1M\n", "5:9: ", "'-1M' is not a size" },
	};

	(void)state;
	check(P_LEAST, rows, ARRAY_SIZE(rows));
}

static void numbers(void **state)
{
	static const struct row rows[] = {
		{ "repetitions: 0\n", "5:14: ", "0 is outside 1 to 1000" },
		{ "repetitions: 10000\n", "5:14: ", "10000 is outside 1 to 1000" },
		{ "repetitions: nine\n", "5:14: ", "'nine' is not a whole number" },
		{ "repetitions: 9.5\n", "5:14: ", "'9.5' is not a whole number" },
		{ "repetitions: [9]\n", "5:14: ", "word or a number" },
		{ "repetitions:\n", "5:13: ", "'' is not a whole number" },
		{ "repetitions: 9\nlooks: [10]\n", "6:8: ", "repetitions or looks" },
		{ "looks: [10]\nrepetitions: 9\n", "5:8: ", "repetitions or looks" },
		{ "looks: 10\n", "5:8: ", "looks must be a list" },
		{ "looks: []\n", "5:8: ", "looks: 1 to 6 numbers" },
		{ "looks: [1, 2, 3, 4, 5, 6, 7]\n", "5:8: ", "looks: 1 to 6 numbers" },
		{ "looks: [10, 5]\n", "5:13: ", "looks must ascend" },
		{ "looks: [10, 10]\n", "5:13: ", "10 is given twice" },
		{ "looks: [10, 1001]\n", "5:13: ", "1001 is outside 1 to 1000" },
		{ "looks: [0]\n", "5:9: ", "0 is outside 1 to 1000" },
		{ "looks: [[1]]\n", "5:9: ", "word or a number" },
		{ "cpus: 2\n", "5:7: ", "cpus must be a list" },
		{ "cpus: []\n", "5:7: ", "cpus: 1 to 64 numbers" },
		{ "cpus: [0]\n", "5:8: ", "0 is outside 1 to 64" },
		{ "cpus: [1, 65]\n", "5:11: ", "65 is outside 1 to 64" },
		{ "cpus: [2, 1, 2]\n", "5:14: ", "2 is given twice" },
		{ "seed: -1\n", "5:7: ", "'-1' is not a whole number" },
		{ "seed: 9223372036854775808\n", "5:7: ", "outside 0 to 9223372036854775807" },
		{ "seed: 99999999999999999999\n", "5:7: ", "is not a whole number" },
		{ "retries: 6\n", "5:10: ", "6 is outside 0 to 5" },
		{ "tolerance: -0.1\n", "5:12: ", "'-0.1' is not a number" },
		{ "tolerance: nan\n", "5:12: ", "'nan' is not a number" },
		{ "tolerance: inf\n", "5:12: ", "'inf' is not a number" },
		{ "tolerance: 0x1\n", "5:12: ", "'0x1' is not a number" },
		{ "tolerance: 5%\n", "5:12: ", "'5%' is not a number" },
		{ "tolerance: \" 1\"\n", "5:12: ", "' 1' is not a number" },
		{ "tolerance:\n", "5:11: ", "'' is not a number" },
		{ "tolerance: 1e999\n", "5:12: ", "1e999 is outside 0 to 10" },
		{ "max_cv: 10.1\n", "5:9: ", "10.1 is outside 0 to 10" },
		{ "max_cv: [1]\n", "5:9: ", "word or a number" },
	};

	(void)state;
	check(P_LEAST, rows, ARRAY_SIZE(rows));
}

#define K_HEAD P_NAME "\n" P_BASELINE "\n" P_SCENARIOS "\n"

/* Line 4. */
static void kernels(void **state)
{
	static const struct row rows[] = {
		{ "kernels: old\n", "4:10: ", "kernels must be a list" },
		{ "kernels: []\n", "4:10: ", "two kernels or more" },
		{ "kernels: [{name: old, spec: a}]\n", "4:10: ", "or one with aa: true" },
		{ "kernels: []\naa: true\n", "4:10: ", "or one with aa: true" },
		{ "kernels: [a, b]\n", "4:11: ", "a kernel must be a mapping" },
		{ "kernels: [{name: old}, {}]\n", "4:11: ", "a kernel needs name and spec" },
		{ "kernels: [{spec: a}, {}]\n", "4:11: ", "a kernel needs name and spec" },
		{ "kernels:\n- name: old\n  spec: a\n- name: old\n  spec: b\n",
		  "7:3: ", "there is a kernel 'old' already" },
		{ "kernels: [{nam: old}, {}]\n", "4:12: ", "'nam': name, spec or cmdline" },
		{ "kernels: [{name: old, name: new}, {}]\n", "4:23: ", "'name' is given twice" },
		{ "kernels: [{name: \"o l\"}, {}]\n", "4:18: ", "letters, digits, '.'" },
		{ "kernels: [{name: \"old#aa\"}, {}]\n", "4:18: ", "letters, digits, '.'" },
		{ "kernels: [{name: \"\"}, {}]\n", "4:18: ", "name '': 1 to 64 letters" },
		{ "kernels: [{spec: \"\"}, {}]\n", "4:18: ", "not nothing" },
		{ "kernels: [{spec: \"debian:\"}, {}]\n", "4:18: ", "debian:" },
		{ "kernels: [{spec: \"debian:six\"}, {}]\n", "4:18: ", "six" },
		{ "kernels: [{spec: [a]}, {}]\n", "4:18: ", "word or a number" },
		{ "kernels: [{cmdline: \"a\\nb\"}, {}]\n", "4:21: ", "control character" },
		{ "kernels: [{name: a, spec: a}, {name: b, spec: b}]\n",
		  "2:11: ", "'old': a or b is expected" },
	};

	(void)state;
	check(K_HEAD, rows, ARRAY_SIZE(rows));
}

#define S_HEAD P_NAME "\n" P_KERNELS "\n" P_BASELINE "\n"

/* Line 4. */
static void scenarios(void **state)
{
	static const struct row rows[] = {
		{ "scenarios: mm/one\n", "4:12: ", "scenarios must be a list" },
		{ "scenarios: []\n", "4:12: ", "1 to 64 scenarios" },
		{ "scenarios: [mm/one]\n", "4:13: ", "a scenario must be a mapping" },
		{ "scenarios: [{}]\n", "4:13: ", "a scenario needs a name" },
		{ "scenarios: [{name: mm/none}]\n", "4:20: ", "no scenario 'mm/none'" },
		{ "scenarios: [{name: \"mm/*\"}]\n", "4:20: ", "no scenario 'mm/*'" },
		{ "scenarios: [{name: [mm/one]}]\n", "4:20: ", "word or a number" },
		{ "scenarios: [{name: mm/one, size: 8K}]\n", "4:28: ", "'size': name, primary" },
		{ "scenarios:\n- name: mm/one\n- name: mm/one\n  set: {size: 8K}\n",
		  "6:9: ", "'mm/one' is there already" },
		{ "scenarios: [{name: mm/one, primary: restore}]\n", "4:37: ",
		  "'restore' is no metric here: there are iteration, protect, touch, kernel" },
		{ "scenarios: [{name: mm/one, set: 8K}]\n", "4:33: ", "set must be a mapping" },
		{ "scenarios: [{name: mm/one, set: {b: 8K}}]\n",
		  "4:34: ", "'b': size, or the name of a map (a) is expected" },
		{ "scenarios: [{name: mm/one, set: {size: 5K}}]\n",
		  "4:40: ", "a multiple of 4K up to 256M" },
		{ "scenarios: [{name: mm/one, set: {size: big}}]\n",
		  "4:40: ", "'big' is not a size" },
		{ "scenarios: [{name: mm/one, set: {size: [8K]}}]\n",
		  "4:40: ", "word or a number" },
		{ "scenarios: [{name: mm/one, set: {size: 8K, size: 4K}}]\n",
		  "4:44: ", "'size' is given twice" },
		{ "scenarios: [{name: mm/two, set: {a: 200M, b: 57M}}]\n",
		  "4:46: ", "together exceed 256M" },
		{ "scenarios: [{name: mm/one, set: {size: 128M}}]\nmemory: 128M\n",
		  "4:20: ", "more than half of the memory of 128M" },
	};

	(void)state;
	check(S_HEAD, rows, ARRAY_SIZE(rows));
}

/* A node that holds itself is of a wrong type somewhere, and reading ends there. */
static void cycles_of_aliases_end(void **state)
{
	static const struct row rows[] = {
		{ "&r {name: *r}\n", "1:1: ", "'kernels' is missing" },
		{ P_LEAST "label: &l [*l]\n", "5:8: ", "word or a number" },
		{ P_LEAST "cpus: &c [*c]\n", "5:7: ", "word or a number" },
		{ P_LEAST "looks: &c [1, *c]\n", "5:8: ", "word or a number" },
		{ K_HEAD "kernels: &k [*k, *k]\n", "4:10: ", "a kernel must be a mapping" },
		{ K_HEAD "kernels: [&k {name: *k}, *k]\n", "4:11: ", "word or a number" },
		{ S_HEAD "scenarios: &s [*s]\n", "4:12: ", "a scenario must be a mapping" },
		{ S_HEAD "scenarios: [&s {name: mm/one, set: *s}]\n",
		  "4:13: ", "word or a number" },
		{ "&r {? *r : a}\n", "1:1: ", "word or a number" },
		{ "&r {name: n, kernels: *r, baseline: a, scenarios: *r}\n",
		  "1:1: ", "kernels must be a list" },
	};

	(void)state;
	check("", rows, ARRAY_SIZE(rows));
}

/* "item, item, ..." between @head and @tail. */
static char *many(const char *head, const char *item, unsigned n, const char *tail)
{
	struct buf b = { 0 };

	buf_puts(&b, head);
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", item);
	buf_puts(&b, tail);
	return buf_steal(&b);
}

static void there_can_be_too_much(void **state)
{
	_cleanup_free_ char *kernels_17 = many(K_HEAD "kernels: [", "{}", 17, "]\n");
	_cleanup_free_ char *scenarios_65 = many(S_HEAD "scenarios: [", "{}", 65, "]\n");
	_cleanup_free_ char *cpus_65 = many(P_LEAST "cpus: [", "1", 65, "]\n");
	_cleanup_free_ char *label_129 = many(P_LEAST "label: \"", "a", 43, "\"\n");
	_cleanup_free_ char *name_65 = many(K_HEAD "kernels: [{name: ", "", 0, "");
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	check_text(kernels_17, "4:10: ", "more than 16 kernels");
	check_text(scenarios_65, "4:12: ", "1 to 64 scenarios");
	check_text(cpus_65, "5:7: ", "1 to 64 numbers");
	experiment_free(profiles_read(label_129)); /* 43 letters, 42 times ", ": 127 */
	check_text(P_NAME "\n" P_KERNELS "\n" P_BASELINE "\n"
			  "scenarios: [{name: mm/one}, {name: mm/two}]\n"
			  "repetitions: 1000\n"
			  "cpus: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,\n"
			  "       19, 20, 21, 22, 23, 24, 25, 26]\n",
		   "1:1: ", "104000 boots, more than 100000");
	/* 65 letters; then far deeper than any stack. */
	buf_puts(&b, name_65);
	for (unsigned i = 0; i < 65; i++)
		buf_puts(&b, "k");
	buf_puts(&b, "}, {}]\n");
	check_text(b.data, "4:18: ", "1 to 64 letters");
	b.len = 0;
	buf_puts(&b, P_LEAST "label: ");
	for (unsigned i = 0; i < 400000; i++)
		buf_puts(&b, "[");
	check_text(b.data, "5:108: ", "more than 100 brackets deep");
	b.len = 0;
	for (unsigned i = 0; i < 400000; i++)
		buf_puts(&b, "- ");
	check_text(b.data, "1:1: ", "a profile must be a mapping");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents),
		cmocka_unit_test(required_keys),
		cmocka_unit_test(plain_values),
		cmocka_unit_test(numbers),
		cmocka_unit_test(kernels),
		cmocka_unit_test(scenarios),
		cmocka_unit_test(cycles_of_aliases_end),
		cmocka_unit_test(there_can_be_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
