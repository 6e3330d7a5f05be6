// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "kernel/store/configure.h"
#include "kernel/store/minimal.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static void lines_are_settings_or_not(void **state)
{
	static const struct {
		const char *line, *name, *value;
	} cases[] = {
		{ "CONFIG_A=y\n", "CONFIG_A", "y" },
		{ "CONFIG_HZ=250", "CONFIG_HZ", "250" },
		{ "CONFIG_S=\"a b # c\"\nCONFIG_T=y", "CONFIG_S", "\"a b # c\"" },
		{ "CONFIG_E=\n", "CONFIG_E", "" },
		{ "# CONFIG_B_2 is not set\n", "CONFIG_B_2", "n" },
		{ "# CONFIG_B\n", NULL, NULL },
		{ "# CONFIG_B is set\n", NULL, NULL },
		{ "CONFIG_A\n", NULL, NULL },
		{ "# Memory\n", NULL, NULL },
		{ " CONFIG_A=y\n", NULL, NULL },
		{ "XCONFIG_A=y\n", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct setting s;

		assert_int_equal(setting_parse(cases[i].line, &s), cases[i].name != NULL);
		if (!cases[i].name)
			continue;
		assert_int_equal(s.name_len, strlen(cases[i].name));
		assert_memory_equal(s.name, cases[i].name, s.name_len);
		assert_int_equal(s.value_len, strlen(cases[i].value));
		assert_memory_equal(s.value, cases[i].value, s.value_len);
	}
}

static void assert_differs(const char *wished, const char *got, const char *told)
{
	_cleanup_buf_ struct buf out = { 0 };
	int count = 0;

	for (const char *p = told; (p = strchr(p, '\n')); p++)
		count++;
	assert_int_equal(settings_differ(wished, got, &out), count);
	assert_string_equal(buf_str(&out), told);
}

static void what_became_otherwise_is_told(void **state)
{
	(void)state;
	assert_differs("CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=y\n# CONFIG_E is "
		       "not set\n",
		       "# CONFIG_D is not set\nCONFIG_A=y\nCONFIG_C=y\nCONFIG_B=y\nCONFIG_F=y\n",
		       "CONFIG_B: m became y\nCONFIG_C: n became y\nCONFIG_D: y became n\n");
	/* A name that another begins with. */
	assert_differs("CONFIG_AB=y\nCONFIG_A=y\n", "CONFIG_A=y\n", "CONFIG_AB: y became n\n");
	assert_differs("CONFIG_A=y\n", "CONFIG_AB=y\n", "CONFIG_A: y became n\n");
	assert_differs("CONFIG_HZ=250\n", "CONFIG_HZ=1000\n", "CONFIG_HZ: 250 became 1000\n");
	assert_differs("", "CONFIG_A=y\n", "");
	assert_differs("CONFIG_A=y\n", "", "CONFIG_A: y became n\n");
	assert_differs("", "", "");
}

/* Whoever puts it behind another config has each option said once. */
static void the_minimal_config_is_sound(void **state)
{
	_cleanup_build_config_ struct build_config c = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	assert_int_equal(build_config_read(NULL, &c, NULL), 0);
	assert_false(c.given);
	assert_string_equal(c.text.data, kernel_minimal_config());
	assert_int_equal(settings_differ(c.text.data, c.text.data, &out), 0);
	assert_non_null(strstr(c.text.data, "\nCONFIG_PVH=y\n"));
	for (const char *l = c.text.data; *l; l = strchr(l, '\n') + 1) {
		struct setting s, again;

		if (!setting_parse(l, &s))
			continue;
		for (const char *m = strchr(l, '\n') + 1; *m; m = strchr(m, '\n') + 1)
			assert_false(setting_parse(m, &again) && s.name_len == again.name_len &&
				     !strncmp(s.name, again.name, s.name_len));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_settings_or_not),
		cmocka_unit_test(what_became_otherwise_is_told),
		cmocka_unit_test(the_minimal_config_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
