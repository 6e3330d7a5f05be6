// SPDX-License-Identifier: GPL-2.0-or-later
/* What the log of a build tells of its length, and what earlier logs tell of the next. */
#include "base/buf.h"
#include "base/file.h"
#include "kernel/build/objects.h"
#include "kernel/store/watch.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static char *dir;

static int enter(void **state)
{
	struct err e = { 0 };

	(void)state;
	return dir_temp("/tmp", "slowpath-test-", &dir, &e);
}

static int leave(void **state)
{
	int r = dir_remove(dir, NULL);

	(void)state;
	free(dir);
	return r;
}

static char *path_of(const char *name)
{
	char *path = str_printf("%s/%s", dir, name);

	assert_non_null(path);
	return path;
}

static void put(const char *name, unsigned objects)
{
	_cleanup_free_ char *path = path_of(name);
	_cleanup_buf_ struct buf text = { 0 };

	assert_return_code(buf_puts(&text, "git:/x@1 (\"CC of something\")\n  HOSTCC  a\n"), 0);
	for (unsigned i = 0; i < objects; i++)
		assert_return_code(buf_puts(&text, i % 2 ? "  CC      a.o\n" : "  AR      b.a\n"),
				   0);
	assert_return_code(file_write(path, buf_str(&text), text.len, NULL), 0);
}

static void objects_are_counted_and_nothing_else(void **state)
{
	_cleanup_free_ char *log = path_of("a-01234567.log"), *none = path_of("none");

	(void)state;
	put("a-01234567.log", 5);
	assert_int_equal(watch_done(KERNEL_WATCH_OBJECTS, log), 5);
	assert_int_equal(watch_done(KERNEL_WATCH_OBJECTS, none), 0);
	assert_int_equal(watch_done(KERNEL_WATCH_BYTES, none), 0);
	assert_true(watch_done(KERNEL_WATCH_BYTES, dir) > 50);
}

static void the_next_build_is_guessed_from_the_last(void **state)
{
	_cleanup_free_ char *log = path_of("new-01234567.log"), *obj = path_of("obj");
	_cleanup_free_ char *vmlinux = path_of("obj/vmlinux");

	(void)state;
	assert_true(objects_expected(log, obj, true) > objects_expected(log, obj, false));
	put("other-89abcdef.log", 900); /* of another config */
	put("new-01234567.log", 1);	/* the one that begins */
	assert_true(objects_expected(log, obj, false) > 1000);
	put("first-01234567.log", 70);
	put("second-01234567.log", 7);
	assert_int_equal(objects_expected(log, obj, false), 70); /* from nothing */
	assert_return_code(dir_make(obj, NULL), 0);
	assert_return_code(file_write(vmlinux, "x", 1, NULL), 0);
	assert_int_equal(objects_expected(log, obj, false), 7); /* what has changed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(objects_are_counted_and_nothing_else, enter, leave),
		cmocka_unit_test_setup_teardown(the_next_build_is_guessed_from_the_last, enter,
						leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
