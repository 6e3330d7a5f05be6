// SPDX-License-Identifier: GPL-2.0-or-later
/* When the plugin refuses to be loaded. */
#include "tests/unit/fake_qemu.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

#define PLACES "/tmp/slowpath-test-places"

static char *places;

static int make_places(void **state)
{
	static const char text[] = "interrupt ffffffff82000000 ffffffff82000080\n";

	(void)state;
	places = str_printf("%s-%d", PLACES, (int)getpid());
	return places ? file_write(places, text, strlen(text), NULL) : -1;
}

static int remove_places(void **state)
{
	(void)state;
	unlink(places);
	free(places);
	return 0;
}

/* With the arguments of a real start, and @info. */
static int install(const struct qemu_plugin_info *info)
{
	_cleanup_free_ char *argument = str_printf("places=%s", places);
	const char *argv[] = { "out=/dev/null", argument };

	return fake_install(info, 2, argv);
}

static void a_fitting_qemu_is_taken(void **state)
{
	struct qemu_plugin_info info = fake_info(1);

	(void)state;
	assert_int_equal(install(&info), 0);
	info = fake_info(64);
	assert_int_equal(install(&info), 0);
}

static void other_apis_are_refused(void **state)
{
	struct qemu_plugin_info info = fake_info(1);

	(void)state;
	for (int api = 0; api < 9; api++) {
		bool fits = PLUGIN_API == 1   ? api <= 1
			    : PLUGIN_API == 2 ? api == 2
			    : PLUGIN_API == 3 ? api >= 3 && api <= 6
					      : api == 7;

		info.version.cur = api;
		if (install(&info) != (fits ? 0 : -1))
			fail_msg("API %d", api);
	}
}

static void other_machines_are_refused(void **state)
{
	struct qemu_plugin_info info = fake_info(1);

	(void)state;
	info.target_name = "riscv64";
	assert_int_equal(install(&info), -1);
	info = fake_info(1);
	info.system_emulation = false;
	assert_int_equal(install(&info), -1);
	info = fake_info(65);
	assert_int_equal(install(&info), -1);
}

static void arguments_are_checked(void **state)
{
	_cleanup_free_ char *good = str_printf("places=%s", places);
	const char *const lists[][3] = {
		{ NULL },
		{ "out=/dev/null", NULL },
		{ good, NULL },
		{ "out=/dev/null", "places=/proc/self/there-is-no-such-file", NULL },
		{ "out=/dev/null", "places=/dev/null", NULL },
		{ "out=/dev/null", good, "verbose=on" },
	};
	struct qemu_plugin_info info = fake_info(1);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		int n = 0;

		while (n < 3 && lists[i][n])
			n++;
		if (fake_install(&info, n, lists[i]) != -1)
			fail_msg("arguments %zu were accepted", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fitting_qemu_is_taken),
		cmocka_unit_test(other_apis_are_refused),
		cmocka_unit_test(other_machines_are_refused),
		cmocka_unit_test(arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, make_places, remove_places);
}
