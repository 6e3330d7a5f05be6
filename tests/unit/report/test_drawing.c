// SPDX-License-Identifier: GPL-2.0-or-later
/* Axes from 0 with round ticks, and labels that fit their room. */
#include "report/drawing/axis.h"
#include "report/drawing/label.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

/* Labels of all ticks, with blanks between. */
static const char *ticks(double low, double high, char text[512])
{
	const struct axis a = axis_make(low, high, 6);

	text[0] = '\0';
	for (size_t i = 0; i < axis_ticks(&a); i++) {
		strcat(text, i ? " " : "");
		strcat(text, axis_label(&a, i).text);
	}
	return text;
}

static void round_ticks(void **state)
{
	char text[512];

	(void)state;
	assert_string_equal(ticks(281, 669.417, text), "0 200 400 600 800");
	assert_string_equal(ticks(-270.1, 328, text), "-300 -200 -100 0 100 200 300 400");
	assert_string_equal(ticks(0, 1.33, text), "0.0 0.5 1.0 1.5");
	assert_string_equal(ticks(-0.003, 0, text),
			    "-0.0030 -0.0025 -0.0020 -0.0015 -0.0010 -0.0005 0.0000");
	assert_string_equal(ticks(0, 0, text), "0.0 0.2 0.4 0.6 0.8 1.0");
	assert_string_equal(ticks(NAN, INFINITY, text), "0.0 0.2 0.4 0.6 0.8 1.0");
	assert_string_equal(ticks(0, 6, text), "0 1 2 3 4 5 6");
}

/* Whatever comes, 0 is a tick, all values lie inside, and there are few ticks. */
static void zero_is_a_tick(void **state)
{
	static const double values[] = { 1e-300, 1e-12,	 3e-5, 0.7,  1,
					 19.99,	 301.34, 1e7,  1e15, 1e300 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
			const struct axis a = axis_make(-values[i], values[k], 6);
			bool zero = false;

			assert_true(axis_ticks(&a) <= 9);
			for (size_t n = 0; n < axis_ticks(&a); n++)
				zero = zero || axis_tick(&a, n) == 0;
			assert_true(zero);
			assert_true(axis_place(&a, -values[i], 0, 1) >= -1e-6);
			assert_true(axis_place(&a, values[k], 0, 1) <= 1 + 1e-6);
		}
	}
}

static void labels_lose_their_middle(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	double letter = label_width("m", 12);

	(void)state;
	label_fit("6.12.118+deb13-cloud-amd64", 12, 26 * letter, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), "6.12.118+deb13-cloud-amd64");
	buf_free(&out);
	label_fit("6.12.118+deb13-cloud-amd64", 12, 16 * letter, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), "6.12.11\xe2\x80\xa6"
					   "d-amd64");
	assert_true(label_width(buf_str(&out), 12) <= 16 * letter);
	buf_free(&out);
	/* Whole characters, and wide ones count twice. */
	label_fit("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 12, 8 * letter, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), "\xc3\xa4\xe2\x80\xa6\xc3\xa4");
	buf_free(&out);
	label_fit("no room", 12, letter, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), "");
}

static void what_was_cut_is_in_a_title(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	const struct label l = { .x = 1, .y = 2, .room = label_width("12345678", 12) };

	(void)state;
	label_put(&l, "a<b&c", &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(buf_str(&out), "<text x=\"1.0\" y=\"2.0\">a&lt;b&amp;c</text>\n");
	buf_free(&out);
	label_put(&l, "<<<<<<<<<<<<", &out);
	assert_int_equal(buf_error(&out), 0);
	assert_non_null(strstr(buf_str(&out), "<title>&lt;&lt;&lt;&lt;&lt;&lt;"));
	assert_non_null(strstr(buf_str(&out), "&lt;&lt;&lt;\xe2\x80\xa6&lt;&lt;&lt;</text>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_ticks),
		cmocka_unit_test(zero_is_a_tick),
		cmocka_unit_test(labels_lose_their_middle),
		cmocka_unit_test(what_was_cut_is_in_a_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
