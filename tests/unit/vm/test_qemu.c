// SPDX-License-Identifier: GPL-2.0-or-later
/* What a QEMU is told apart by, and what is taken from its last words. */
#include "base/cleanup.h"
#include "tests/unit/unit.h"
#include "vm/qemu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void versions_are_ordered(void **state)
{
	const struct qemu q = { .major = 8, .minor = 2 };

	(void)state;
	assert_true(qemu_at_least(&q, 7, 9));
	assert_true(qemu_at_least(&q, 8, 2));
	assert_false(qemu_at_least(&q, 8, 3));
	assert_false(qemu_at_least(&q, 9, 0));
}

static void what_was_never_tried_is_known(void **state)
{
	static const struct {
		unsigned major, minor;
		bool untried;
	} rows[] = { { 7, 2, false },
		     { 10, 0, false },
		     { 11, 1, false },
		     { 11, 2, true },
		     { 12, 0, true } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct qemu q = { .major = rows[i].major, .minor = rows[i].minor };

		assert_int_equal(qemu_untried(&q), rows[i].untried);
	}
}

static void last_words_are_no_warnings(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "\n\n", "" },
		{ "out of luck\n", "out of luck" },
		{ "first\nlast\n\n", "last" },
		{ "qemu: out of luck\nqemu: warning: '-mon' is deprecated\n", "qemu: out of luck" },
		{ "qemu: warning: only this\n", "" },
		{ "a\tb\033[1m\x80\n", "a b?[1m?" },
	};
	const struct qemu q = { .version = (char *)(uintptr_t)("7.2.0") };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *said = strdup(rows[i][0]);
		const char *why = NULL;
		struct err e = { 0 };

		assert_int_equal(qemu_last_words(&q, said, &why, &e), 0);
		assert_string_equal(why, rows[i][1]);
	}
}

/* QEMU refuses the plugin, or the plugin QEMU; more may be said after that. */
static void a_qemu_that_is_too_new_is_told_in_one_line(void **state)
{
	static const char *const rows[] = {
		"qemu: -plugin p.so: Could not load plugin p.so: plugin requires API version 7, "
		"but "
		"this QEMU supports only a minimum version of 8\n",
		"slowpath-plugin: built for plugin API 7, this QEMU speaks 7 to 8\n"
		"qemu: Could not load plugin p.so: qemu_plugin_install returned error code -1\n",
	};
	const struct qemu q = { .version = (char *)(uintptr_t)("12.0.1 (Debian)") };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *said = strdup(rows[i]);
		const char *why = NULL;
		struct err e = { 0 };

		assert_int_equal(qemu_last_words(&q, said, &why, &e), -ENOTSUP);
		assert_non_null(strstr(e.text, "QEMU 12.0.1 (Debian) takes none"));
		assert_non_null(strstr(e.text, "7.2, 10.0 and 11.1 were tried"));
		assert_null(strchr(e.text, '\n'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_ordered),
		cmocka_unit_test(what_was_never_tried_is_known),
		cmocka_unit_test(last_words_are_no_warnings),
		cmocka_unit_test(a_qemu_that_is_too_new_is_told_in_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
