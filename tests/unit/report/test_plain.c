// SPDX-License-Identifier: GPL-2.0-or-later
/* Text of any origin in terminals, mails, Markdown and HTML; lines of a mail; releases. */
#include "base/cleanup.h"
#include "report/words/plain.h"
#include "report/words/release.h"
#include "report/words/wrap.h"
#include "tests/unit/unit.h"

#include <string.h>

static void lines_hold_what_is_printable(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "plain", "plain" },
		{ "a\nb\tc\rd", "a b c?d" },
		{ "\x1b[2J", "?[2J" },
		{ "Jos\xc3\xa9", "Jos\xc3\xa9" },
		{ "\xc3", "?" },
		{ "\xc0\xaf", "??" },	   /* overlong */
		{ "\xed\xa0\x80", "???" }, /* a surrogate */
		{ "\xe2\x80\xae", "???" }, /* turns the text around */
		{ "\xc2\x85", "??" },	   /* C1 */
		{ "\xf5\x80\x80\x80", "????" },
		{ "\xe2\x82", "??" }, /* cut short */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf b = { 0 };

		plain_line(&b, cases[i].text, 100);
		assert_int_equal(buf_error(&b), 0);
		assert_string_equal(buf_str(&b), cases[i].want);
	}
}

static void what_is_too_long_is_marked(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	plain_line(&b, "abcdef\xc3\xa9", 7);
	assert_int_equal(buf_error(&b), 0);
	assert_string_equal(buf_str(&b), "abcdef...");
}

static void markup_is_none(void **state)
{
	_cleanup_buf_ struct buf html = { 0 }, markdown = { 0 };

	(void)state;
	plain_html(&html, "<a href=\"x\" b='y'>&");
	assert_int_equal(buf_error(&html), 0);
	assert_string_equal(buf_str(&html), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
	plain_markdown(&markdown, "a|b\n# [x](y) *z* `c` <i> _d_");
	assert_int_equal(buf_error(&markdown), 0);
	assert_string_equal(buf_str(&markdown),
			    "a\\|b \\# \\[x\\](y) \\*z\\* \\`c\\` &lt;i&gt; \\_d\\_");
}

static void json_takes_any_bytes(void **state)
{
	json_t *odd = plain_json("a\xff"), *nothing = plain_json(NULL);

	(void)state;
	assert_string_equal(json_string_value(odd), "a?");
	assert_true(json_is_null(nothing));
	json_decref(odd);
	json_decref(nothing);
}

static void paragraphs_are_wrapped(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	const char *line, *next;

	(void)state;
	for (int i = 0; i < 40; i++)
		assert_int_equal(buf_puts(&b, "word w\xc3\xb6rd "), 0);
	{
		_cleanup_buf_ struct buf out = { 0 };

		wrap_text(&out, "- ", buf_str(&b));
		assert_int_equal(buf_error(&out), 0);
		assert_memory_equal(out.data, "- word", 6);
		for (line = out.data; *line; line = next + 1) {
			size_t columns = 0;

			next = strchr(line, '\n');
			assert_non_null(next);
			for (const char *p = line; p < next; p++)
				columns += ((unsigned char)*p & 0xc0) != 0x80;
			assert_true(columns <= WRAP_COLUMNS && columns > 60 - 60 * !next[1]);
		}
	}
}

static void a_name_gives_no_orders_to_a_bot(void **state)
{
	_cleanup_buf_ struct buf b = { 0 }, long_one = { 0 }, out = { 0 };

	(void)state;
	wrap_text(&b, "", "#regzbot fix: x");
	assert_int_equal(buf_error(&b), 0);
	assert_string_equal(buf_str(&b), " #regzbot fix: x\n");
	for (int i = 0; i < 60; i++)
		assert_int_equal(buf_puts(&long_one, "#regzbot From a "), 0);
	wrap_text(&out, "", buf_str(&long_one));
	assert_int_equal(buf_error(&out), 0);
	assert_null(strstr(buf_str(&out), "\n#"));
	assert_null(strstr(buf_str(&out), "\nFrom "));
}

static bool is_range(const char *a, const char *b)
{
	struct release x, y;

	assert_true(release_parse(a, &x));
	assert_true(release_parse(b, &y));
	return release_is_range(&x, &y);
}

/* -1: not known. */
static int between(const char *a, const char *b)
{
	struct release x, y;
	unsigned n;

	assert_true(release_parse(a, &x));
	assert_true(release_parse(b, &y));
	return releases_between(&x, &y, &n) ? (int)n : -1;
}

static void releases_between_are_counted(void **state)
{
	(void)state;
	/* 6.13 to 6.19, 7.0 to 7.2. */
	assert_int_equal(between("6.12.117+deb13-cloud-amd64", "7.3.4+deb13-cloud-amd64"), 10);
	assert_int_equal(between("7.3.4", "6.12.117"), 10);
	assert_int_equal(between("6.16.12", "6.17.13"), 0);
	assert_int_equal(between("6.16.12", "6.16.13"), 0);
	assert_int_equal(between("6.16", "6.18"), 1);
	assert_int_equal(between("6.19", "7.0"), 0);
	assert_int_equal(between("5.19", "6.0"), 0);
	assert_int_equal(between("4.20", "5.1"), 1);
	assert_int_equal(between("3.19", "4.0.1"), 0);
	/* A -rc is before its release, which so lies between. */
	assert_int_equal(between("6.17-rc3", "6.18"), 1);
	assert_int_equal(between("6.17-rc3", "6.17-rc4"), 0);
	assert_int_equal(between("6.16", "6.17-rc3"), 0);
	assert_int_equal(between("6.19", "7.0-rc1"), 0);
	/* Nobody knows how many 7.x there will be, nor was there a 6.20. */
	assert_int_equal(between("7.0", "8.0"), -1);
	assert_int_equal(between("6.20", "7.0"), -1);
	assert_int_equal(between("2.6.32", "3.1"), -1);
}

static void ranges_follow_history(void **state)
{
	struct release r;

	(void)state;
	assert_true(is_range("6.16-amd64", "v6.17"));
	assert_true(is_range("6.17-rc1", "6.17-rc2+deb14-amd64"));
	assert_true(is_range("6.12.94+deb13-cloud-amd64", "6.12.95"));
	assert_true(is_range("6.12", "6.12.95"));
	assert_false(is_range("6.16.12", "6.17.13"));
	assert_false(is_range("6.16", "6.17.13"));
	assert_false(is_range("6.16.12", "6.17"));
	assert_false(is_range("6.17", "6.17.0"));
	assert_false(release_parse("", &r));
	assert_false(release_parse("next-20260513", &r));
	assert_false(release_parse("6", &r));
	assert_false(release_parse("6.17x", &r));
	assert_true(release_parse("6.18~rc3-1", &r));
	assert_string_equal(release_name(&r).text, "6.18-rc3");
	assert_true(release_is_mainline(&r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_hold_what_is_printable),
		cmocka_unit_test(what_is_too_long_is_marked),
		cmocka_unit_test(markup_is_none),
		cmocka_unit_test(json_takes_any_bytes),
		cmocka_unit_test(paragraphs_are_wrapped),
		cmocka_unit_test(a_name_gives_no_orders_to_a_bot),
		cmocka_unit_test(releases_between_are_counted),
		cmocka_unit_test(ranges_follow_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
