// SPDX-License-Identifier: GPL-2.0-or-later
/* What is UTF-8, and how what is none is told. */
#include "base/cleanup.h"
#include "base/utf8.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static void sequences_are_told_apart(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
		uint32_t code;
	} cases[] = {
		{ "", 1, 0 },
		{ "a", 1, 'a' },
		{ "\xc3\xa9", 2, 0xe9 },
		{ "\xe2\x82\xac", 3, 0x20ac },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
		{ "\xf4\x90\x80\x80", 0, 0 }, /* beyond */
		{ "\xc0\xaf", 0, 0 },	      /* overlong */
		{ "\xe0\x9f\xbf", 0, 0 },
		{ "\xf0\x8f\xbf\xbf", 0, 0 },
		{ "\xed\xa0\x80", 0, 0 }, /* a surrogate */
		{ "\x80", 0, 0 },
		{ "\xc3", 0, 0 }, /* cut short */
		{ "\xff", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t code = 0;

		assert_int_equal(utf8_sequence(cases[i].text, &code), cases[i].bytes);
		assert_int_equal(code, cases[i].code);
		assert_int_equal(utf8_valid(cases[i].text), cases[i].bytes > 0);
	}
}

static void what_is_none_is_told(void **state)
{
	char text[1000];
	struct err e = { 0 };

	(void)state;
	assert_int_equal(utf8_check("the path", "/v\xc3\xa9", &e), 0);
	assert_int_equal(utf8_check("the path", NULL, &e), 0);
	assert_int_equal(utf8_check("the path", "/v\xff/\xc3\xa9", &e), -EILSEQ);
	assert_non_null(strstr(e.text, "the path '/v\\xff/\xc3\xa9' is not UTF-8"));
	assert_int_equal(e.status, ERR_TOOL);
	memset(text, 0xff, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(utf8_check("the path", text, &e), -EILSEQ);
	assert_non_null(strstr(e.text, "\\xff...' is not UTF-8"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences_are_told_apart),
		cmocka_unit_test(what_is_none_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
