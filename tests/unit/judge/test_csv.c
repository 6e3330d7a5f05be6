// SPDX-License-Identifier: GPL-2.0-or-later
/* Records that lie across the reader's window, which small files never reach the end of. */
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "judge/table/csv.h"
#include "judge/table/rows.h"
#include "tests/unit/fake_rows.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static int file_of(const struct buf *text)
{
	int fd = memfd_create("csv", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text->data, text->len), text->len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void add_field(struct buf *text, char letter, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(buf_add(text, &letter, 1), 0);
}

/* Records of all lengths, some with quoted newlines, until the window was refilled many times. */
static void records_across_the_window(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_csv_ struct csv c = { 0 };
	_cleanup_close_ int fd = -1;
	struct err e = { 0 };
	size_t line = 1;

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		assert_int_equal(buf_printf(&text, "%zu,\"", i), 0);
		add_field(&text, 'x', i);
		assert_int_equal(buf_puts(&text, "\"\"\n\",y\r\n"), 0);
	}
	fd = file_of(&text);
	assert_int_equal(csv_open(&c, "test", fd, &e), 0);
	for (size_t i = 0; i < 3000; i++) {
		assert_int_equal(csv_next(&c, &e), 1);
		assert_int_equal(c.n_fields, 3);
		assert_int_equal(strtoul(c.fields[0], NULL, 10), i);
		assert_int_equal(strlen(c.fields[1]), i + 2);
		assert_string_equal(c.fields[1] + i, "\"\n");
		assert_string_equal(c.fields[2], "y");
		assert_int_equal(c.line, line);
		assert_false(c.ended_without_newline);
		line += 2;
	}
	assert_int_equal(csv_next(&c, &e), 0);
	assert_int_equal(csv_next(&c, &e), 0);
}

static void the_last_line_may_lack_its_newline(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_csv_ struct csv c = { 0 };
	_cleanup_close_ int fd = -1;
	struct err e = { 0 };

	(void)state;
	/* To the byte what is read at once. */
	add_field(&text, 'a', (1u << 16) - 5);
	assert_int_equal(buf_puts(&text, "\nb,c,"), 0);
	fd = file_of(&text);
	assert_int_equal(csv_open(&c, "test", fd, &e), 0);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.n_fields, 3);
	assert_string_equal(c.fields[1], "c");
	assert_string_equal(c.fields[2], "");
	assert_true(c.ended_without_newline);
	assert_int_equal(csv_next(&c, &e), 0);
}

static void odd_quotes(void **state)
{
	static const char text[] = "a\"\"b,\"c\"d\"e,\"\"\"\",\"\"\n\"\n\",x\n\n\r\nlast\n";
	_cleanup_buf_ struct buf b = { 0 };
	_cleanup_csv_ struct csv c = { 0 };
	_cleanup_close_ int fd = -1;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(buf_puts(&b, text), 0);
	fd = file_of(&b);
	assert_int_equal(csv_open(&c, "test", fd, &e), 0);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.n_fields, 4);
	assert_string_equal(c.fields[0], "a\"\"b");
	assert_string_equal(c.fields[1], "cd\"e");
	assert_string_equal(c.fields[2], "\"");
	assert_string_equal(c.fields[3], "");
	assert_int_equal(csv_next(&c, &e), 1);
	assert_string_equal(c.fields[0], "\n");
	assert_string_equal(c.fields[1], "x");
	assert_int_equal(c.line, 2);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_string_equal(c.fields[0], "last");
	assert_int_equal(c.line, 6);
}

static void too_long_a_record_is_refused(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_csv_ struct csv c = { 0 };
	_cleanup_close_ int fd = -1;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(buf_puts(&text, "h\n\""), 0);
	add_field(&text, 'a', CSV_RECORD_BYTES_MAX + 10);
	fd = file_of(&text);
	assert_int_equal(csv_open(&c, "test", fd, &e), 0);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(csv_next(&c, &e), -EINVAL);
	assert_non_null(strstr(e.text, "test:2: a record of more than 1 MiB"));
}

static void what_is_put_is_read_again(void **state)
{
	static const char *const fields[] = {
		"", "plain", "a,b", "say \"x\"", "two\nlines", "cr\r"
	};
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_csv_ struct csv c = { 0 };
	_cleanup_close_ int fd = -1;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		csv_put(&text, fields[i]);
		assert_int_equal(buf_error(&text), 0);
		assert_int_equal(buf_puts(&text, i + 1 < ARRAY_SIZE(fields) ? "," : "\n"), 0);
	}
	fd = file_of(&text);
	assert_int_equal(csv_open(&c, "test", fd, &e), 0);
	assert_int_equal(csv_next(&c, &e), 1);
	assert_int_equal(c.n_fields, ARRAY_SIZE(fields));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		assert_string_equal(c.fields[i], fields[i]);
}

/* One row each, blocks counting up; the values as they came out. */
static void read_values(const struct buf *rows, size_t n, double *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	_cleanup_close_ int fd = -1;
	struct err e = { 0 };

	assert_int_equal(buf_puts(&text, "experiment,block,position,kernel,release,scenario,cpus,"
					 "metric,unit,value,status,run_id,failure_reason\n"),
			 0);
	assert_int_equal(buf_add(&text, rows->data, rows->len), 0);
	fd = file_of(&text);
	if (rows_read("test", fd, &t, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(t.count, n);
	for (size_t i = 0; i < n; i++)
		out[t.at[i].block] = t.at[i].value;
}

static void add_value(struct buf *rows, size_t block, const char *value)
{
	assert_int_equal(buf_printf(rows, "e,%zu,0,k,r,s,1,m_ns_per_page,ns,%s,ok,r%zu,\n", block,
				    value, block),
			 0);
}

#define VALUES 30000

/* Short numbers are read without strtod(3), and have to be what it says, to the last bit. */
static void numbers_are_what_strtod_says(void **state)
{
	/* Halfway between two doubles, and a last digit beside it. */
	static const char *const ties[] = { "4503599627370496.5",   "4503599627370497.5",
					    "4503599627370497.49",  "4503599627370497.51",
					    "2251799813685248.25",  "2251799813685248.75",
					    "1125899906842624.125", "0.0000000000000000001e9" };
	_cleanup_free_ double *values = calloc(VALUES, sizeof(*values));
	_cleanup_free_ double *expected = calloc(VALUES, sizeof(*expected));
	_cleanup_buf_ struct buf rows = { 0 };
	uint64_t seed = 5;

	(void)state;
	assert_non_null(values);
	assert_non_null(expected);
	for (size_t i = 0; i < VALUES; i++) {
		char text[64];

		if (i < ARRAY_SIZE(ties))
			snprintf(text, sizeof(text), "%s", ties[i]);
		else
			snprintf(text, sizeof(text), "%.*f", (int)(i % 19),
				 fabs(fake_normal(&seed)) * pow(10, (double)(i % 12)));
		expected[i] = strtod(text, NULL);
		add_value(&rows, i, text);
	}
	read_values(&rows, VALUES, values);
	for (size_t i = 0; i < VALUES; i++) {
		if (values[i] != expected[i])
			fail_msg("value %zu is %.20g, not %.20g", i, values[i], expected[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_across_the_window),
		cmocka_unit_test(the_last_line_may_lack_its_newline),
		cmocka_unit_test(odd_quotes),
		cmocka_unit_test(too_long_a_record_is_refused),
		cmocka_unit_test(what_is_put_is_read_again),
		cmocka_unit_test(numbers_are_what_strtod_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
