// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/err.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static void chain_reads_outermost_first(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_set(&e, ENOENT, "no %s in %d suites", "6.99", 3), -ENOENT);
	assert_int_equal(err_wrap(&e, "kernel '%s'", "debian:6.99"), -ENOENT);
	assert_int_equal(err_wrap(&e, "boot old"), -ENOENT);
	assert_string_equal(e.text, "boot old: kernel 'debian:6.99': no 6.99 in 3 suites");
	assert_int_equal(e.code, -ENOENT);
}

static void status_survives_wrap(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_unmeasured(&e, EIO, "panic"), -EIO);
	err_wrap(&e, "boot new");
	assert_int_equal(e.status, ERR_UNMEASURED);
	err_set(&e, EINVAL, "other");
	assert_int_equal(e.status, ERR_TOOL);
	assert_string_equal(e.text, "other");
}

static void errno_is_spelled_out(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_errno(&e, EACCES, "%s", "/x"), -EACCES);
	assert_string_equal(e.text, "/x: Permission denied");
	assert_int_equal(err_oom(&e), -ENOMEM);
	assert_string_equal(e.text, "out of memory");
}

/* A chain too long for the text must keep both who asked and what failed in the end. */
static void long_chain_keeps_both_ends(void **state)
{
	struct err e = { 0 };
	char middle[3000];

	(void)state;
	memset(middle, 'm', sizeof(middle) - 1);
	middle[sizeof(middle) - 1] = '\0';
	err_set(&e, EIO, "%.1500s: the cause", middle);
	err_wrap(&e, "%.900s", middle);
	err_wrap(&e, "boot old");
	assert_true(strlen(e.text) < sizeof(e.text));
	assert_memory_equal(e.text, "boot old: ", 10);
	assert_string_equal(e.text + strlen(e.text) - 11, ": the cause");
	assert_non_null(strstr(e.text, "..."));
}

static void long_texts_do_not_overflow(void **state)
{
	struct err e = { 0 };
	char longer[3 * sizeof(e.text)];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(err_set(&e, EIO, "%s", longer), -EIO);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_int_equal(err_wrap(&e, "%s", longer), -EIO);
	assert_true(strlen(e.text) < sizeof(e.text));
	assert_int_equal(err_errno(&e, EIO, "%s", longer), -EIO);
	assert_true(strlen(e.text) < sizeof(e.text));
}

static void null_err_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, EIO, "x"), -EIO);
	assert_int_equal(err_errno(NULL, EPERM, "x"), -EPERM);
	assert_int_equal(err_unmeasured(NULL, ENODEV, "x"), -ENODEV);
	assert_true(err_wrap(NULL, "x") < 0);
	err_clear(NULL);
}

/* Wrapping something that never failed is a slip; it must not come out as success. */
static void wrap_never_returns_success(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_true(err_wrap(&e, "where") < 0);
	assert_true(e.code < 0);
	assert_string_equal(e.text, "where");
}

static void clear_starts_anew(void **state)
{
	struct err e = { 0 };

	(void)state;
	err_unmeasured(&e, EIO, "x");
	err_clear(&e);
	assert_int_equal(e.code, 0);
	assert_int_equal(e.status, ERR_TOOL);
	assert_string_equal(e.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_reads_outermost_first),
		cmocka_unit_test(status_survives_wrap),
		cmocka_unit_test(errno_is_spelled_out),
		cmocka_unit_test(long_chain_keeps_both_ends),
		cmocka_unit_test(long_texts_do_not_overflow),
		cmocka_unit_test(null_err_is_allowed),
		cmocka_unit_test(wrap_never_returns_success),
		cmocka_unit_test(clear_starts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
