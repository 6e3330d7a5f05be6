// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of a text: what the experiment is called, and commands that a shell takes as they are. */
#include "report/views/next.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

static void assert_ends(const struct ending *x, const struct text_style *style,
			const char *expected)
{
	_cleanup_buf_ struct buf out = { 0 };

	ending_text(x, style, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), expected);
}

static void all_of_it(void **state)
{
	const char *const why[] = { "attribute", "debian:6.16.12", "git:/home/o'neill/linux@HEAD~1",
				    "-s",	 "mprotect/*",	   NULL };
	const struct ending x = { .id = "20260131-123456-60430d1a00000000",
				  .qemu_version = "7.2",
				  .cpu = "max",
				  .seconds = 5.26,
				  .caveat = "It rains.",
				  .second = why };
	const struct text_style style = { .columns = 80, .id = "60430d1a" };

	(void)state;
	assert_ends(&x, &style,
		    "\n  60430d1a  5.3 s, QEMU 7.2, -cpu max\n"
		    "  It rains.\n"
		    "  next: slowpath report 60430d1a --format html > page.html\n"
		    "        slowpath attribute debian:6.16.12 "
		    "'git:/home/o'\\''neill/linux@HEAD~1' \\\n"
		    "            -s 'mprotect/*'\n");
}

static void another_architecture(void **state)
{
	struct ending x = { .id = "i", .seconds = 1, .qemu_version = "7.2", .arch = "arm64" };

	(void)state;
	assert_ends(&x, &text_style_plain,
		    "\n  i  1.0 s, arm64, QEMU 7.2\n"
		    "  next: slowpath report i --format html > page.html\n"
		    "        slowpath bundle i -o evidence\n");
	/* What nearly all are of is not told. */
	x.arch = "amd64";
	assert_ends(&x, &text_style_plain,
		    "\n  i  1.0 s, QEMU 7.2\n"
		    "  next: slowpath report i --format html > page.html\n"
		    "        slowpath bundle i -o evidence\n");
}

static void the_least(void **state)
{
	const struct ending x = { .id = "20260131-123456-1a2b3c", .seconds = NAN };

	(void)state;
	assert_ends(&x, &text_style_plain,
		    "\n  20260131-123456-1a2b3c\n"
		    "  next: slowpath report 20260131-123456-1a2b3c --format html > page.html\n"
		    "        slowpath bundle 20260131-123456-1a2b3c -o evidence\n");
}

static void an_empty_word(void **state)
{
	const char *const words[] = { "compare", "", "a b", "$(x)", NULL };
	const struct ending x = { .id = "i", .seconds = 1, .second = words };

	(void)state;
	assert_ends(&x, &text_style_plain,
		    "\n  i  1.0 s\n"
		    "  next: slowpath report i --format html > page.html\n"
		    "        slowpath compare '' 'a b' '$(x)'\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it),
		cmocka_unit_test(another_architecture),
		cmocka_unit_test(the_least),
		cmocka_unit_test(an_empty_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
