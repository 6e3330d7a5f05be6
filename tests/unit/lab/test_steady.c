// SPDX-License-Identifier: GPL-2.0-or-later
/* What of a program's output tells of its work. */
#include "lab/output/steady.h"
#include "tests/unit/unit.h"

#include <string.h>

struct result {
	char *steady, *unsteady;
};

static struct result of(const char *const *texts, size_t n, const char *pattern)
{
	_cleanup_(program_free_p) struct program *p = NULL;
	_cleanup_steady_ struct steady s = { 0 };
	struct result out = { NULL, NULL };
	struct err e = { 0 };

	assert_int_equal(program_new("/bin/true", &p, &e), 0);
	if (pattern)
		assert_int_equal(program_add_metric(p, "m", pattern, &e), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(steady_add(&s, texts[i], p, &e), 0);
	assert_int_equal(steady_conclude(&s, &out.steady, &out.unsteady, &e), 0);
	return out;
}

static void free_result(struct result *r)
{
	free(r->steady);
	free(r->unsteady);
}

static void expect(const char *text, const char *pattern, const char *want)
{
	struct result r = of(&text, 1, pattern);

	assert_string_equal(r.steady, want);
	assert_string_equal(r.unsteady, "");
	free_result(&r);
}

static void what_nobody_expects_to_be_the_same(void **state)
{
	(void)state;
	expect("pages 512 of 2000 rows\n", NULL, "1\tpages 512 of 2000 rows\n");
	expect("took 1.25 s, 30 us, 17ms or 4 s.\n", NULL, "1\ttook # s, # us, #ms or # s.\n");
	expect("12 MB/s at 0x7fff12ab, free 4096 kB 12%\n", NULL, "1\t# MB/s at #, free # kB #%\n");
	expect("Linux 6.17.13+deb13-cloud-amd64 x86_64\n", NULL, "1\tLinux # x86_64\n");
	expect("2026-11-29 12:30:59 up\n", NULL, "1\t# # up\n");
	expect("pages=512 name=x, ops=1e3, (a=4)\n", NULL, "1\tpages=# name=x, ops=#, (a=4)\n");
	expect("score 99 points 99\n", "score ([0-9]+)", "1\tscore # points 99\n");
	expect("/proc/1/status 3/4 9 ops/sec\n", NULL, "1\t/proc/1/status 3/4 # ops/sec\n");
	expect("no end", NULL, "1\tno end\n");
	expect("", NULL, "");
}

static void lines_have_no_order_but_a_number(void **state)
{
	static const char *const texts[] = { "b\na\nb\n", "b\nb\na\n" };
	struct result r = of(texts, 2, NULL);

	(void)state;
	assert_string_equal(r.steady, "1\ta\n2\tb\n");
	assert_string_equal(r.unsteady, "");
	free_result(&r);
}

static void what_differs_between_executions_is_unsteady(void **state)
{
	static const char *const texts[] = { "pid 100\nsame\ntwice\ntwice\n",
					     "pid 101\nsame\ntwice\n", "late\nsame\n" };
	char want[4][STEADY_HASH_BYTES];
	struct result r = of(texts, 3, NULL);

	(void)state;
	assert_string_equal(r.steady, "1\tsame\n");
	steady_hash("pid 100", 7, want[0]);
	steady_hash("pid 101", 7, want[1]);
	steady_hash("twice", 5, want[2]);
	steady_hash("late", 4, want[3]);
	for (unsigned i = 0; i < 4; i++)
		assert_non_null(strstr(r.unsteady, want[i]));
	assert_int_equal(strlen(r.unsteady), 4 * STEADY_HASH_BYTES);
	free_result(&r);
}

static void too_much_says_nothing(void **state)
{
	_cleanup_buf_ struct buf a = { 0 }, b = { 0 };
	const char *texts[2];
	struct result r;

	(void)state;
	for (unsigned i = 0; i < STEADY_UNSTEADY_MAX; i++)
		assert_int_equal(buf_printf(&a, "pid %u\n", i) | buf_printf(&b, "task %u\n", i), 0);
	texts[0] = buf_str(&a);
	texts[1] = buf_str(&b);
	r = of(texts, 2, NULL);
	assert_string_equal(r.steady, "");
	assert_string_equal(r.unsteady, STEADY_TOO_MANY);
	free_result(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_expects_to_be_the_same),
		cmocka_unit_test(lines_have_no_order_but_a_number),
		cmocka_unit_test(what_differs_between_executions_is_unsteady),
		cmocka_unit_test(too_much_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
