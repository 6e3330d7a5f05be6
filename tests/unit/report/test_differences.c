// SPDX-License-Identifier: GPL-2.0-or-later
/* What differs between two kernels, in few words, and code that was asked for before all else. */
#include "report/views/differences.h"

#include "report/views/mechanism/audit.h"
#include "tests/unit/fake_run.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct scenario_list library;

static void assert_says(const char *name, const char *old_value, const char *new_value,
			const char *expected)
{
	const struct audit_entry x = { (char *)name, (char *)old_value, (char *)new_value, false };
	_cleanup_buf_ struct buf out = { 0 };

	difference_text(&x, -1, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), expected);
}

static void command_lines(void **state)
{
	(void)state;
	assert_says("cmdline", "console=ttyS0 quiet thp=never panic=-1",
		    "console=ttyS0 quiet thp=always panic=-1",
		    "cmdline: thp=never / thp=always (3 more words on both sides)");
	assert_says("cmdline", "quiet", "quiet nosmp",
		    "cmdline: (nothing) / nosmp (1 more word on both sides)");
	assert_says("cmdline", "a b a", "a b",
		    "cmdline: a / (nothing) (2 more words on both sides)");
	assert_says("cmdline", "  a   b  ", "c b", "cmdline: a / c (1 more word on both sides)");
	/* Nothing would be left to be said: then all is. */
	assert_says("cmdline", "a b", "b a", "cmdline: a b / b a");
	assert_says("cmdline", "a", "b", "cmdline: a / b");
	assert_says("cmdline", "", "b", "cmdline:  / b");
	/* Of other things each word is part of one. */
	assert_says("clocksource", "tsc hpet", "tsc", "clocksource: tsc hpet / tsc");
	assert_says("config", "abc", "def", "config: abc / def");
}

static void lines(void **state)
{
	struct audit_entry entries[] = {
		{ (char *)"compiler", (char *)"gcc", (char *)"gcc", true },
		{ (char *)"config", (char *)"a", (char *)"b", false },
		{ (char *)"thing", (char *)"unknown", (char *)"unknown", false },
		{ (char *)"clocksource", (char *)"tsc", (char *)"hpet", false },
	};
	const struct audit a = { entries, 4, 51 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	differences_text(&a, &text_style_plain, 2, "differs", &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), "  differs: config, in 51 options\n"
					   "  differs: clocksource: tsc / hpet\n");
	assert_true(audit_is_same(&a, "compiler"));
	assert_false(audit_is_same(&a, "config"));
	assert_false(audit_is_same(&a, "nothing of that name"));
}

static void code_comes_first(void **state)
{
	struct disasm_insn insns[] = {
		{ .text = (char *)"mov 0x8(%rdi),%rax" },
		{ .text = (char *)"call vm_normal_page_of_a_very_long_name" },
		{ .text = (char *)"ret" }
	};
	struct listing_row rows[] = { { &insns[0], &insns[0], 1, 1 },
				      { NULL, &insns[1], 0, 2 },
				      { &insns[2], &insns[2], 1, 1 } };
	struct config_change changes[] = { { (char *)"CONFIG_X", (char *)"y", (char *)"not set",
					     true } };
	struct audit_entry entries[] = { { (char *)"compiler", (char *)"gcc", (char *)"cc",
					   false } };
	const struct audit a = { entries, 1, 1 };
	const struct config_diff configs = { true, changes, 1 };
	const struct listing listing = { LISTING_CODE, rows, 3, 0, 0 };
	const struct disasm code = { insns, 3, 0x100, 0x10b, 0 };
	const struct kernel k = { .spec = (char *)"debian:6", .release = (char *)"6.1" };
	struct audit_view v = { .scenario = library.items[0],
				.kernels = { &k, &k },
				.audit = &a,
				.configs = &configs,
				.function = "change",
				.code = { &code, &code },
				.listing = &listing };
	_cleanup_buf_ struct buf out = { 0 };
	struct err e = { 0 };
	const char *at;

	(void)state;
	assert_int_equal(audit_text(&v, &text_style_plain, &out, &e), 0);
	at = strstr(buf_str(&out), "change, executed per page: other instructions");
	assert_non_null(at);
	assert_true(at < strstr(buf_str(&out), "0 of 1 things are the same; not: compiler, the "
					       "config, in 1 option\n"));
	assert_true(strstr(at, " + ") < strstr(at, "CONFIG_X"));
	for (const char *p = buf_str(&out); *p; p += strcspn(p, "\n") + 1)
		assert_true(strcspn(p, "\n") <= 82); /* "…" has three bytes */
	v.function = NULL;
	out.len = 0;
	assert_int_equal(audit_text(&v, &text_style_plain, &out, &e), 0);
	assert_non_null(strstr(buf_str(&out), "  compiler:\n    OLD  gcc\n    NEW  cc\n"));
	assert_null(strstr(buf_str(&out), "executed"));
}

static int read_library(void **state)
{
	(void)state;
	fake_scenario(&library);
	return 0;
}

static int free_library(void **state)
{
	(void)state;
	scenario_list_free(&library);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(lines),
		cmocka_unit_test(code_comes_first),
	};

	return cmocka_run_group_tests(tests, read_library, free_library);
}
