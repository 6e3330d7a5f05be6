// SPDX-License-Identifier: GPL-2.0-or-later
/* What tracefs prints of a histogram. */
#include "lab/counts/histogram.h"

#include "base/cleanup.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static int parse(const char *text, struct histogram *h, struct err *e)
{
	return histogram_parse(text, strlen(text), h, e);
}

static void batches_are_counted_by_class(void **state)
{
	static const char text[] =
		"# event histogram\n#\n"
		"# trigger info: hist:keys=n:vals=hitcount:sort=hitcount:size=16384 [paused]\n#\n\n"
		"{ n:          0 } hitcount:          3\n"
		"{ n:          1 } hitcount:      65536\n"
		"{ n:          2 } hitcount:          5\n"
		"{ n:         15 } hitcount:          1\n"
		"{ n:         16 } hitcount:          2\n"
		"{ n:         63 } hitcount:          1\n"
		"{ n:         64 } hitcount:          1\n"
		"{ n:        511 } hitcount:          1\n"
		"{ n:        512 } hitcount:          4\n"
		"\nTotals:\n    Hits: 65554\n    Entries: 9\n    Dropped: 7\n";
	struct histogram h;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(parse(text, &h, &e), 0);
	assert_int_equal(h.classes[HISTOGRAM_1], 65536);
	assert_int_equal(h.classes[HISTOGRAM_2_15], 6);
	assert_int_equal(h.classes[HISTOGRAM_16_63], 3);
	assert_int_equal(h.classes[HISTOGRAM_64_511], 2);
	assert_int_equal(h.classes[HISTOGRAM_512_UP], 4);
	assert_int_equal(h.calls, 65536 + 6 + 3 + 2 + 4);
	assert_int_equal(h.total, 65536 + 10 + 15 + 32 + 63 + 64 + 511 + 2048);
	assert_int_equal(h.zeros, 3);
	assert_int_equal(h.min, 1);
	assert_int_equal(h.max, 512);
	assert_int_equal(h.dropped, 7);
}

static void nothing_is_an_empty_histogram(void **state)
{
	struct histogram h;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(parse("", &h, &e), 0);
	assert_int_equal(h.calls, 0);
	assert_int_equal(h.max, 0);
}

static void other_entries_are_refused(void **state)
{
	static const char *const texts[] = {
		"{ n: x } hitcount: 1\n",
		"{ m: 1 } hitcount: 1\n",
		"{ n: 1 } hitcount:\n",
		"{ n: 1 } hitcount: -1\n",
		"{ n: 4294967296 } hitcount: 1\n",
		"{ n: 1 } hitcount: 18446744073709551615\n",
		"{ n: 4294967295 } hitcount: 4611686018427387904\n",
		"{ n: 1 } hitcount: 4611686018427387904\n{ n: 1 } hitcount: 4611686018427387904\n",
		"Dropped: many\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct histogram h;
		struct err e = { 0 };

		if (parse(texts[i], &h, &e) != -EPROTO || e.status != ERR_UNMEASURED)
			fail_msg("'%s'", texts[i]);
		assert_non_null(strstr(e.text, "line "));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(batches_are_counted_by_class),
		cmocka_unit_test(nothing_is_an_empty_histogram),
		cmocka_unit_test(other_entries_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
