// SPDX-License-Identifier: GPL-2.0-or-later
/* Scenarios as C statements: every operation of the language, against what it has to be. */
#include "base/file.h"
#include "report/reproducer/steps.h"
#include "report/words/wrap.h"
#include "scenario/read.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define LANGUAGE "tests/cli/scenarios/language.yaml"
#define GOLDEN "tests/cli/scenarios/steps.golden"

static void read_all(struct scenario_list *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct err e = { 0 };

	if (file_read(LANGUAGE, 1 << 20, &text, &e) < 0 ||
	    scenario_read("language", LANGUAGE, buf_str(&text), text.len, out, &e) < 0)
		fail_msg("%s", e.text);
}

/* To write GOLDEN anew: SLOWPATH_GOLDEN=PATH takes what there is. */
static void every_operation_is_c(void **state)
{
	_cleanup_buf_ struct buf golden = { 0 }, got = { 0 };
	const char *path = getenv("SLOWPATH_GOLDEN");
	struct scenario_list list = { 0 };
	struct err e = { 0 };

	(void)state;
	read_all(&list);
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(buf_printf(&got, "%s:\n", list.items[i]->name), 0);
		steps_text(list.items[i], "  ", &got);
		assert_int_equal(buf_error(&got), 0);
	}
	if (path)
		assert_int_equal(file_write(path, buf_str(&got), got.len, &e), 0);
	assert_int_equal(file_read(GOLDEN, 1 << 20, &golden, &e), 0);
	assert_string_equal(buf_str(&got), buf_str(&golden));
	scenario_list_free(&list);
}

/* What has no statement of its own yet is said in the scenario's words, and a file is one. */
static void files_are_told(void **state)
{
	static const char text[] =
		"s:\n"
		"  help: h\n"
		"  needs: [disk: {fs: ext4, size: 32M}]\n"
		"  maps:\n"
		"    a: {kind: file-private, size: 64K, sparse: yes, mapped: no}\n"
		"    b: {kind: file-shared, size: 64K}\n"
		"  segments:\n"
		"    one:\n"
		"      - pread: {map: a, each: 8K, stride: 16K}\n"
		"      - drop-caches: {what: all}\n";
	_cleanup_buf_ struct buf got = { 0 };
	struct scenario_list list = { 0 };
	struct err e = { 0 };

	(void)state;
	if (scenario_read("g", "f.yaml", text, strlen(text), &list, &e) < 0)
		fail_msg("%s", e.text);
	steps_text(list.items[0], "", &got);
	assert_string_equal(
		buf_str(&got),
		"(maps)         a_fd = open(a file of the disk, O_RDWR); /* of 64 KiB, a hole */\n"
		"               b_fd = open(a file of the disk, O_RDWR); b = mmap(NULL, 64 KiB, "
		"PROT_READ | PROT_WRITE, MAP_SHARED, b_fd, 0);\n"
		"one            /* pread a, 8K at a time, every 16K */\n"
		"               /* drop-caches: all */\n");
	scenario_list_free(&list);
}

/* Of a range that the stride does not divide, no piece goes beyond the end. */
static void pieces_lie_within_their_range(void **state)
{
	static const char text[] =
		"s:\n"
		"  help: h\n"
		"  maps:\n"
		"    a: {kind: anon-private, size: 64K}\n"
		"  segments:\n"
		"    one:\n"
		"      - madvise: {map: a, advice: cold, each: 8K, stride: 24K}\n";
	_cleanup_buf_ struct buf got = { 0 };
	struct scenario_list list = { 0 };
	struct err e = { 0 };

	(void)state;
	if (scenario_read("g", "f", text, strlen(text), &list, &e) < 0)
		fail_msg("%s", e.text);
	steps_text(list.items[0], "", &got);
	assert_int_equal(buf_error(&got), 0);
	assert_non_null(strstr(buf_str(&got), "for (at = 0; at + 8 KiB <= 64 KiB; at += 24 KiB) "
					      "madvise(a + at, 8 KiB, MADV_COLD);\n"));
	scenario_list_free(&list);
}

static void lines_of_a_mail_are_short(void **state)
{
	struct scenario_list list = { 0 };

	(void)state;
	read_all(&list);
	for (size_t i = 0; i < list.count; i++) {
		_cleanup_buf_ struct buf out = { 0 };

		steps_wrapped(list.items[i], &out);
		assert_int_equal(buf_error(&out), 0);
		for (const char *line = buf_str(&out); *line; line += strcspn(line, "\n") + 1)
			assert_in_range(strcspn(line, "\n"), 1, WRAP_COLUMNS);
	}
	scenario_list_free(&list);
}

static int stop(void *arg, const char *title, unsigned depth, const char *statement)
{
	(void)title;
	(void)depth;
	(void)statement;
	return --*(int *)arg ? 0 : -7;
}

static void the_first_error_ends_it(void **state)
{
	struct scenario_list list = { 0 };

	(void)state;
	read_all(&list);
	for (size_t i = 0; i < list.count; i++) {
		int left = 3;

		assert_int_equal(steps_each(list.items[i], stop, &left), -7);
		assert_int_equal(left, 0);
	}
	scenario_list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_is_c),
		cmocka_unit_test(files_are_told),
		cmocka_unit_test(pieces_lie_within_their_range),
		cmocka_unit_test(lines_of_a_mail_are_short),
		cmocka_unit_test(the_first_error_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
