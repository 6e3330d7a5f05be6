// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions of a source file against what ran. */
#include "judge/why/coverage.h"
#include "report/views/mechanism/cover.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static const char kallsyms[] = "ffffffff81001000 T alpha\n"
			       "ffffffff81002000 t beta.constprop.0\n"
			       "ffffffff81003000 t twin\n"
			       "ffffffff81004000 t twin\n"
			       "ffffffff81005000 T __x64_sys_call\n"
			       "ffffffff81006000 T idle\n";

static const char ctags[] = "alpha\t1\tx\nbeta\t2\tx\ntwin\t3\tx\ninlined\t4\tx\nidle\t5\tx\n"
			    "SYSCALL_DEFINE1\t6\tSYSCALL_DEFINE1(call, int, x)\n";

static struct profile_function ran[] = {
	{ .name = (char *)"__x64_sys_call", .insns = { 4 }, .calls = { 1 } },
	{ .name = (char *)"alpha", .insns = { 5, 6 }, .calls = { 1, 2 } },
	{ .name = (char *)"beta", .insns = { 7 } },
	{ .name = (char *)"twin", .insns = { 8 } },
};

struct fixture {
	struct symbols *symbols;
	struct source source;
	struct coverage coverage;
};

static void set_up(struct fixture *f)
{
	struct err e = { 0 };

	assert_int_equal(symbols_parse(kallsyms, strlen(kallsyms), &f->symbols, &e), 0);
	assert_int_equal(source_parse(ctags, strlen(ctags), &f->source, &e), 0);
	assert_int_equal(coverage_start(&f->source, f->symbols, &f->coverage, &e), 0);
}

static void tear_down(struct fixture *f)
{
	coverage_free(&f->coverage);
	source_free(&f->source);
	symbols_free(f->symbols);
}

static const struct coverage_function *function(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->coverage.count; i++) {
		if (!strcmp(f->coverage.functions[i].name, name))
			return &f->coverage.functions[i];
	}
	fail_msg("no %s", name);
	return NULL;
}

static void what_ran_is_covered(void **state)
{
	const struct profile first = { .functions = ran, .count = 4 };
	const struct profile second = { .functions = ran, .count = 2 };
	struct fixture f = { 0 };

	(void)state;
	set_up(&f);
	coverage_add(&f.coverage, &first);
	coverage_add(&f.coverage, &second);
	assert_int_equal(f.coverage.count, 6);
	assert_int_equal(f.coverage.with_symbol, 5);
	assert_int_equal(f.coverage.covered_any, 3);
	assert_int_equal(f.coverage.covered_all, 2);
	assert_int_equal(f.coverage.ambiguous, 1);
	assert_int_equal(function(&f, "alpha")->insns, 11);
	assert_int_equal(function(&f, "alpha")->calls, 3);
	assert_int_equal(function(&f, "beta")->runs, 1);
	assert_string_equal(function(&f, "__do_sys_call")->symbol, "__x64_sys_call");
	assert_true(function(&f, "twin")->ambiguous);
	assert_false(coverage_is_covered(function(&f, "twin")));
	assert_null(function(&f, "inlined")->symbol);
	assert_false(coverage_is_covered(function(&f, "idle")));
	tear_down(&f);
}

static void a_run_of_nothing_covers_nothing(void **state)
{
	const struct profile none = { 0 };
	struct fixture f = { 0 };

	(void)state;
	set_up(&f);
	coverage_add(&f.coverage, &none);
	assert_int_equal(f.coverage.covered_any, 0);
	tear_down(&f);
}

static void another_kernels_file_is_refused(void **state)
{
	static const char other[] = "gamma\t1\tx\ndelta\t2\tx\n";
	struct symbols *symbols = NULL;
	struct source source = { 0 };
	struct coverage c;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(symbols_parse(kallsyms, strlen(kallsyms), &symbols, &e), 0);
	assert_int_equal(source_parse(other, strlen(other), &source, &e), 0);
	assert_int_equal(coverage_start(&source, symbols, &c, &e), -ENOENT);
	assert_non_null(strstr(e.text, "none of the 2 functions"));
	coverage_free(&c);
	source_free(&source);
	symbols_free(symbols);
}

static void the_text_has_all_names(void **state)
{
	const struct profile first = { .functions = ran, .count = 4 };
	_cleanup_buf_ struct buf text = { 0 };
	struct fixture f = { 0 };
	struct cover_view v = { .scenario = "a/b",
				.title = "6.17.13+deb13",
				.release = "6.17.13+deb13",
				.source = "mm/x.c",
				.source_path = "/x.c",
				.tree_version = "6.1.9",
				.coverage = &f.coverage };
	struct err e = { 0 };

	(void)state;
	set_up(&f);
	coverage_add(&f.coverage, &first);
	assert_int_equal(cover_text(&v, &text_style_plain, &text, &e), 0);
	for (size_t i = 0; i < f.coverage.count; i++)
		assert_non_null(strstr(buf_str(&text), f.coverage.functions[i].name));
	assert_non_null(strstr(buf_str(&text), "(60.0"));
	assert_non_null(strstr(buf_str(&text), "NOT of this kernel's version"));
	text.len = 0;
	v.tree_version = "6.17.2";
	assert_int_equal(cover_text(&v, &text_style_plain, &text, &e), 0);
	assert_null(strstr(buf_str(&text), "NOT of"));
	tear_down(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ran_is_covered),
		cmocka_unit_test(a_run_of_nothing_covers_nothing),
		cmocka_unit_test(another_kernels_file_is_refused),
		cmocka_unit_test(the_text_has_all_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
