// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"
#include "base/cleanup.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void empty_is_a_string(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	_cleanup_free_ char *s = NULL;

	(void)state;
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_add(&b, NULL, 0), 0);
	assert_string_equal(buf_str(&b), "");
	s = buf_steal(&b);
	assert_string_equal(s, "");
	assert_null(b.data);
}

static void grows_and_terminates(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(buf_printf(&b, "%d,", i), 0);
		assert_int_equal(b.data[b.len], '\0');
		assert_true(b.len < b.cap);
	}
	assert_int_equal(b.len, strlen(b.data));
	assert_string_equal(b.data + b.len - 8, "998,999,");
}

/* The terminator needs a byte of its own when a text fills the capacity to the brim. */
static void full_to_the_brim(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	char block[256];

	(void)state;
	memset(block, 'x', sizeof(block));
	assert_int_equal(buf_add(&b, block, sizeof(block)), 0);
	assert_int_equal(b.len, 256);
	assert_true(b.cap >= 257);
	assert_int_equal(b.data[256], '\0');
}

static void holds_any_bytes(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add(&b, "a\0b", 3), 0);
	assert_int_equal(buf_puts(&b, "c"), 0);
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "a\0bc", 5);
}

static void size_overflow_leaves_it_as_it_was(void **state)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 3, SIZE_MAX / 2, SIZE_MAX / 2 - 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_buf_ struct buf b = { 0 };

		assert_int_equal(buf_puts(&b, "old"), 0);
		assert_int_equal(buf_reserve(&b, sizes[i]), -ENOMEM);
		assert_string_equal(buf_str(&b), "old");
		assert_int_equal(b.len, 3);
	}
}

/* Memory that is not there: what had been added stays, and nothing more is. */
static void keeps_its_first_error(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	buf_puts(&b, "old");
	assert_int_equal(buf_error(&b), 0);
	assert_int_equal(buf_reserve(&b, SIZE_MAX), -ENOMEM);
	assert_int_equal(buf_error(&b), -ENOMEM);
	assert_int_equal(buf_add(&b, "x", 1), -ENOMEM);
	assert_int_equal(buf_puts(&b, "x"), -ENOMEM);
	assert_int_equal(buf_printf(&b, "%d", 1), -ENOMEM);
	assert_int_equal(buf_reserve(&b, 0), -ENOMEM);
	assert_string_equal(buf_str(&b), "old");
	assert_int_equal(b.len, 3);
	assert_int_equal(buf_error(&b), -ENOMEM);
	buf_free(&b);
	assert_int_equal(buf_error(&b), 0);
	assert_int_equal(buf_puts(&b, "new"), 0);
}

static void a_part_hands_its_error_on(void **state)
{
	_cleanup_buf_ struct buf whole = { 0 }, part = { 0 };

	(void)state;
	buf_puts(&part, "part");
	buf_keep(&whole, buf_error(&part));
	assert_int_equal(buf_error(&whole), 0);
	buf_keep(&whole, 7);
	assert_int_equal(buf_error(&whole), 0);
	buf_reserve(&part, SIZE_MAX);
	buf_keep(&whole, buf_error(&part));
	assert_int_equal(buf_error(&whole), -ENOMEM);
	buf_keep(&whole, -EIO);
	assert_int_equal(buf_puts(&whole, "more"), -ENOMEM);
	assert_int_equal(whole.len, 0);
}

/* Half a text is nobody's: and the buffer can be used again. */
static void an_error_is_not_stolen(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	_cleanup_free_ char *s = NULL;

	(void)state;
	buf_puts(&b, "half");
	buf_reserve(&b, SIZE_MAX);
	assert_null(buf_steal(&b));
	assert_null(b.data);
	assert_int_equal(buf_puts(&b, "again"), 0);
	s = buf_steal(&b);
	assert_string_equal(s, "again");
}

static void steal_leaves_it_empty(void **state)
{
	struct buf b = { 0 };
	char *s;

	(void)state;
	buf_puts(&b, "text");
	s = buf_steal(&b);
	assert_string_equal(s, "text");
	assert_int_equal(b.len + b.cap, 0);
	buf_puts(&b, "again");
	assert_string_equal(buf_str(&b), "again");
	assert_string_equal(s, "text");
	free(s);
	buf_free(&b);
	buf_free(&b);
}

static void str_printf_allocates(void **state)
{
	_cleanup_free_ char *s = str_printf("%0*d", 5000, 7);

	(void)state;
	assert_int_equal(strlen(s), 5000);
	assert_int_equal(s[4999], '7');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_a_string),
		cmocka_unit_test(grows_and_terminates),
		cmocka_unit_test(full_to_the_brim),
		cmocka_unit_test(holds_any_bytes),
		cmocka_unit_test(size_overflow_leaves_it_as_it_was),
		cmocka_unit_test(keeps_its_first_error),
		cmocka_unit_test(a_part_hands_its_error_on),
		cmocka_unit_test(an_error_is_not_stolen),
		cmocka_unit_test(steal_leaves_it_empty),
		cmocka_unit_test(str_printf_allocates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
