// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles of perf's, and how much of one is in what changed. */
#include "judge/why/weight.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static double of(const struct weight *w, const char *name)
{
	uint32_t n = intern_find(&w->names, name);

	return n == INTERN_NONE ? -1 : w->of[n];
}

static void parse(const char *text, struct weight *out)
{
	struct err e = { 0 };

	if (weight_parse(text, strlen(text), out, &e) < 0)
		fail_msg("%s", e.text);
}

static void scripts_are_read(void **state)
{
	_cleanup_weight_ struct weight w;

	(void)state;
	/* With frames below, with a frame beside, of user code, without a period. */
	parse("swapper     0 [000]  100.000001:     300 cycles:P: \n"
	      "\tffffffff812e8b40 folio_add_lru+0x0 ([kernel.kallsyms])\n"
	      "\tffffffff812e9b40 do_anonymous_page+0x10 ([kernel.kallsyms])\n"
	      "\n"
	      "  my: prog  12 [001]  100.5:  500 cycles:P:  ffffffff81000000 "
	      "clear_page_erms.part.0+0x7 ([kernel.kallsyms])\n"
	      "     a.out    12 [001]  100.6:  250 cycles:P:      55d0aa main+0x1 (/bin/a.out)\n"
	      "a.out 12 100.7: cpu-clock: ffffffff812e8b40 folio_add_lru+0x9 ([kernel])\n",
	      &w);
	assert_near(of(&w, "folio_add_lru"), 301, 0);
	assert_near(of(&w, "clear_page_erms"), 500, 0);
	assert_near(of(&w, "do_anonymous_page"), -1, 0);
	assert_near(w.total, 801, 0);
}

static void reports_are_read(void **state)
{
	_cleanup_weight_ struct weight w;

	(void)state;
	parse("# Overhead  Command  Symbol\n"
	      "    40.00%    25.00%  a.out  [kernel.kallsyms]  [k] do_anonymous_page\n"
	      "            |\n"
	      "             --12.00%--handle_mm_fault\n"
	      "    50.00%  a.out  [kernel.kallsyms]  [k] clear_page_erms\n"
	      "    25.00%  a.out  a.out  [.] main\n",
	      &w);
	assert_near(of(&w, "do_anonymous_page"), 25, 0);
	assert_near(of(&w, "clear_page_erms"), 50, 0);
	assert_near(w.total, 75, 0);
}

static void refuse(const char *text, size_t len, int code, const char *with)
{
	struct weight w;
	struct err e = { 0 };

	assert_int_equal(weight_parse(text, len, &w, &e), code);
	if (!strstr(e.text, with))
		fail_msg("no '%s' in '%s'", with, e.text);
}

static void what_is_no_profile_is_refused(void **state)
{
	(void)state;
	refuse("# nothing\n\n", 11, -ENODATA, "perf script");
	refuse("a 1 1.0: 1 cycles: ffffffff81000000 f+0x1 (k)\nPERFILE2\n", 56, -EINVAL,
	       "line 2: neither a sample");
	refuse("PERF\0\0", 6, -EINVAL, "line 1: a NUL byte");
	refuse("a 1 1.0: 1e99 cycles: ffffffff81000000 f+0x1 (k)\n", 49, -EINVAL,
	       "line 1: a sample's period");
	refuse("  101.00%  a  k  [k] f\n", 23, -EINVAL, "line 1: a share");
	refuse("  10.00%  a  a  [.] main\n", 25, -ENODATA, "no sample of the kernel's");
}

static void changed_functions_have_a_share(void **state)
{
	struct function_delta rows[] = { { .name = "new_name",
					   .renamed_from = "old_name",
					   .old_insns = 10,
					   .new_insns = 20 },
					 { .name = "grew", .old_insns = 1, .new_insns = 9 },
					 { .name = "gone", .old_insns = 5 },
					 { .name = "same", .old_insns = 50, .new_insns = 50 },
					 { .name = "[user]", .new_insns = 50 } };
	struct comparison c = { .functions = rows, .n_functions = 5, .n_metrics = 1 };
	_cleanup_weight_ struct weight w;
	struct weight_share share;

	(void)state;
	c.metrics[0].old_one.value = 66;
	parse(" 10.00%  a  k  [k] old_name\n 5.00%  a  k  [k] grew\n"
	      " 35.00%  a  k  [k] same\n 50.00%  a  a  [.] [user]\n",
	      &w);
	share = weight_of(&w, &c);
	assert_near(share.share, 0.3, 1e-12);
	assert_int_equal(share.changed, 3);
	assert_int_equal(share.found, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_are_read),
		cmocka_unit_test(reports_are_read),
		cmocka_unit_test(what_is_no_profile_is_refused),
		cmocka_unit_test(changed_functions_have_a_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
