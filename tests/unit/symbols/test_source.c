// SPDX-License-Identifier: GPL-2.0-or-later
/* What ctags prints of a source file. */
#include "symbols/source.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static void functions_are_listed_once(void **state)
{
	static const char text[] = "walk\t20\tstatic int walk(struct x *x)\n"
				   "alpha\t3\tlong alpha(void)\n"
				   "walk\t12\tstatic inline int walk(struct x *x) { return 0; }\n";
	_cleanup_source_ struct source s = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(source_parse(text, strlen(text), &s, &e), 0);
	assert_int_equal(s.count, 2);
	assert_string_equal(s.functions[0].name, "alpha");
	assert_string_equal(s.functions[1].name, "walk");
	assert_int_equal(s.functions[1].line, 12);
}

static void system_calls_have_their_names(void **state)
{
	static const char text[] =
		"SYSCALL_DEFINE3\t856\tSYSCALL_DEFINE3(mprotect, unsigned long, start,\n"
		"SYSCALL_DEFINE2\t9\tSYSCALL_DEFINE2( pkey_alloc , int, a)\n"
		"COMPAT_SYSCALL_DEFINE6\t7\tCOMPAT_SYSCALL_DEFINE6(mbind, x)\n";
	_cleanup_source_ struct source s = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(source_parse(text, strlen(text), &s, &e), 0);
	assert_int_equal(s.count, 3);
	assert_string_equal(s.functions[0].name, "__do_compat_sys_mbind");
	assert_string_equal(s.functions[1].name, "__do_sys_mprotect");
	assert_string_equal(s.functions[2].name, "__do_sys_pkey_alloc");
}

static void other_lines_are_errors(void **state)
{
	static const char *const texts[] = { "alpha\n", "alpha\t3\n", "\t3\tx\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct source s;
		struct err e = { 0 };

		assert_int_equal(source_parse(texts[i], strlen(texts[i]), &s, &e), -EPROTO);
		assert_null(s.functions);
	}
}

static void a_file_is_read(void **state)
{
	static const char code[] = "#define F(x) x\n"
				   "static int one(int a)\n{\n\treturn a;\n}\n"
				   "#ifdef NEVER\nlong two(void)\n{\n\treturn 2;\n}\n#endif\n"
				   "int declared(void);\n"
				   "SYSCALL_DEFINE1(three, int, x)\n{\n\treturn x;\n}\n";
	_cleanup_source_ struct source s = { 0 }, none = { 0 };
	_cleanup_free_ char *dir = NULL, *path = NULL;
	struct err e = { 0 };
	int r;

	(void)state;
	assert_int_equal(dir_temp("/tmp", "slowpath-test-", &dir, &e), 0);
	path = str_printf("%s/-odd name.c", dir);
	assert_int_equal(file_write(path, code, strlen(code), &e), 0);
	r = source_read(path, &s, &e);
	dir_remove(dir, NULL);
	if (r == -ENOENT && strstr(e.text, "universal-ctags"))
		skip();
	assert_int_equal(r, 0);
	assert_int_equal(s.count, 3);
	assert_string_equal(s.functions[0].name, "__do_sys_three");
	assert_string_equal(s.functions[1].name, "one");
	assert_string_equal(s.functions[2].name, "two");
	assert_int_equal(source_read(path, &none, &e), -ENOENT);
	assert_non_null(strstr(e.text, "odd name.c"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_listed_once),
		cmocka_unit_test(system_calls_have_their_names),
		cmocka_unit_test(other_lines_are_errors),
		cmocka_unit_test(a_file_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
