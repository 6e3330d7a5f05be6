// SPDX-License-Identifier: GPL-2.0-or-later
/* A table as text: it fits its columns, names give way and numbers never do. */
#include "report/words/table.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

static void assert_text(const struct table *t, const struct text_style *style, const char *expected)
{
	_cleanup_buf_ struct buf out = { 0 };

	table_text(t, style, 2, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), expected);
}

static void columns_of(struct table *t)
{
	table_column(t, "function", NULL, TABLE_NAME);
	table_column(t, "old", "insns", TABLE_NUMBER);
	table_column(t, "verdict", NULL, TABLE_WORD);
}

static void row(struct table *t, const char *name, double value, const char *verdict,
		enum tone tone)
{
	table_row(t);
	table_put(t, "%s", name);
	table_number(t, value);
	table_put(t, "%s", verdict);
	table_tone(t, tone);
}

static void aligned(void **state)
{
	_cleanup_table_ struct table t = { 0 };

	(void)state;
	columns_of(&t);
	row(&t, "f", 12.5, "regression", TONE_BAD);
	row(&t, "change_protection_range", 1234.5678, "", TONE_PLAIN);
	table_row(&t);
	table_put(&t, "nothing more");
	assert_text(&t, &text_style_plain,
		    "  function                      old  verdict\n"
		    "                              insns\n"
		    "  f                          12.500  regression\n"
		    "  change_protection_range  1234.568\n"
		    "  nothing more\n");
}

static void longest(const char *text, size_t most)
{
	for (const char *p = text; *p; p += strcspn(p, "\n") + 1)
		assert_true(text_columns(p, strcspn(p, "\n")) <= most);
}

#define LONG "a_very_long_name_of_a_function_that_somebody_wrote_one_day.constprop.0.isra.12345"

static void names_give_way(void **state)
{
	_cleanup_table_ struct table t = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct text_style style = { .columns = 40 };

	(void)state;
	columns_of(&t);
	row(&t, LONG, 123456789.123, "regression", TONE_PLAIN);
	assert_text(&t, &style,
		    "  function                old  verdict\n"
		    "                        insns\n"
		    "  a_very_l…345  123456789.123  regression\n");
	style.columns = 60;
	table_text(&t, &style, 2, &out);
	assert_int_equal(buf_error(&out), 0);
	longest(buf_str(&out), 60);
	assert_non_null(strstr(buf_str(&out), "  a_very_long_name"));
	assert_non_null(strstr(buf_str(&out), "…"));
	assert_non_null(strstr(buf_str(&out), "12345  123456789.123  regression\n"));
	style.wide = true;
	buf_free(&out);
	table_text(&t, &style, 2, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_non_null(strstr(buf_str(&out), LONG "  123456789.123  regression\n"));
}

/* A terminal of 20 columns: the numbers are there all the same. */
static void no_room(void **state)
{
	_cleanup_table_ struct table t = { 0 };
	const struct text_style style = { .columns = 20 };

	(void)state;
	columns_of(&t);
	row(&t, LONG, 123456789.123, "regression", TONE_PLAIN);
	table_note(&t, TONE_PLAIN, "a word incomprehensibilities-and-more then");
	assert_text(&t, &style,
		    "  function                old  verdict\n"
		    "                        insns\n"
		    "  a_very_l…345  123456789.123  regression\n"
		    "      a word\n"
		    "      incomprehensibilities-and-more\n"
		    "      then\n");
}

static void coloured(void **state)
{
	_cleanup_table_ struct table t = { 0 };
	const struct text_style style = { .columns = 80, .colour = true };

	(void)state;
	t.no_headings = true;
	columns_of(&t);
	row(&t, "f", 1, "regression", TONE_BAD);
	row(&t, "longer", 1, "equivalent", TONE_DIM);
	assert_text(&t, &style,
		    "  f       1.000  \033[1;31mregression\033[0m\n"
		    "  longer  1.000  \033[2mequivalent\033[0m\n");
	assert_text(&t, &text_style_plain,
		    "  f       1.000  regression\n"
		    "  longer  1.000  equivalent\n");
}

static void notes(void **state)
{
	_cleanup_table_ struct table t = { 0 };
	const struct text_style style = { .columns = 30 };

	(void)state;
	t.no_headings = true;
	columns_of(&t);
	row(&t, "f", 1, "suspect", TONE_PLAIN);
	table_note(&t, TONE_PLAIN, "only one layout of %s has it, and %d others do not", "two", 3);
	assert_text(&t, &style,
		    "  f  1.000  suspect\n"
		    "      only one layout of two\n"
		    "      has it, and 3 others do\n"
		    "      not\n");
}

/* Names of strangers: neither escapes nor newlines come through, and UTF-8 is counted by letters.
 */
static void strange(void **state)
{
	_cleanup_table_ struct table t = { 0 };

	(void)state;
	t.no_headings = true;
	columns_of(&t);
	row(&t, "a\033[31mb\nc", 1, "x", TONE_PLAIN);
	row(&t, "größer", 1, "x", TONE_PLAIN);
	assert_text(&t, &text_style_plain,
		    "  a?[31mb c  1.000  x\n"
		    "  größer     1.000  x\n");
}

static void numbers(void **state)
{
	_cleanup_table_ struct table t = { 0 };

	(void)state;
	t.no_headings = true;
	for (int i = 0; i < 4; i++)
		table_column(&t, "", NULL, TABLE_NUMBER);
	table_row(&t);
	table_number(&t, 1.5);
	table_change(&t, 2);
	table_ratio(&t, 1.25);
	table_ratio(&t, INFINITY);
	table_put(&t, "one too many is nobody's");
	assert_text(&t, &text_style_plain, "  1.500  +2.000  1.2500  -\n");
	assert_true(t.lines[0].cells[2].value == 1.25);
	assert_true(isnan(t.lines[0].cells[3].value));
}

static void empty(void **state)
{
	_cleanup_table_ struct table none = { 0 }, t = { 0 };

	(void)state;
	assert_text(&none, &text_style_plain, "");
	columns_of(&t);
	assert_text(&t, &text_style_plain,
		    "  function    old  verdict\n"
		    "            insns\n");
	t.error = -12;
	{
		_cleanup_buf_ struct buf out = { 0 };

		table_row(&t);
		table_text(&t, &text_style_plain, 2, &out);
		assert_int_equal(buf_error(&out), -12);
	}
}

static void elided(void **state)
{
	_cleanup_buf_ struct buf a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	text_elide(&a, "very_long_function_name", 13);
	assert_int_equal(buf_error(&a), 0);
	assert_string_equal(buf_str(&a), "very_lon…name");
	text_elide(&b, "short", 5);
	assert_int_equal(buf_error(&b), 0);
	assert_string_equal(buf_str(&b), "short");
	text_elide(&c, "äöüäöüäöü", 4);
	assert_int_equal(buf_error(&c), 0);
	assert_string_equal(buf_str(&c), "äö…ü");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aligned), cmocka_unit_test(names_give_way),
		cmocka_unit_test(no_room), cmocka_unit_test(coloured),
		cmocka_unit_test(notes),   cmocka_unit_test(strange),
		cmocka_unit_test(numbers), cmocka_unit_test(empty),
		cmocka_unit_test(elided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
