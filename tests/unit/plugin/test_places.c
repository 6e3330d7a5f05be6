// SPDX-License-Identifier: GPL-2.0-or-later
/* The file that tells the plugin where interrupts, entries and switches are. */
#include "base/cleanup.h"
#include "plugin/context.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static int read_text(const char *text, struct places *out)
{
	_cleanup_close_ int fd = memfd_create("places", MFD_CLOEXEC);
	char path[64];

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	*out = (struct places){ 0 };
	return places_read(path, out);
}

static void reads_in_any_order(void **state)
{
	struct places p;

	(void)state;
	assert_int_equal(read_text("task ffffffff82000100 ffffffff82000101\n"
				   "switch ffffffff82000200 ffffffff82000240\n"
				   "interrupt ffffffff82000000 ffffffff82000080\n",
				   &p),
			 0);
	assert_int_equal(p.count, 3);
	assert_int_equal(places_find(&p, 0xffffffff81ffffffull), PLACE_NONE);
	assert_int_equal(places_find(&p, 0xffffffff82000000ull), PLACE_INTERRUPT);
	assert_int_equal(places_find(&p, 0xffffffff8200007full), PLACE_INTERRUPT);
	assert_int_equal(places_find(&p, 0xffffffff82000080ull), PLACE_NONE);
	assert_int_equal(places_find(&p, 0xffffffff820000ffull), PLACE_NONE);
	assert_int_equal(places_find(&p, 0xffffffff82000100ull), PLACE_TASK);
	assert_int_equal(places_find(&p, 0xffffffff82000101ull), PLACE_NONE);
	assert_int_equal(places_find(&p, 0xffffffff8200023full), PLACE_SWITCH);
	assert_int_equal(places_find(&p, 0xffffffff82000240ull), PLACE_NONE);
	assert_int_equal(places_find(&p, 0), PLACE_NONE);
	assert_int_equal(places_find(&p, UINT64_MAX), PLACE_NONE);
	free(p.at);
}

/* One interrupt is entered once, however many blocks its stub is made of. */
static void a_stub_is_entered_once(void **state)
{
	struct places p;

	(void)state;
	assert_int_equal(read_text("interrupt ffffffff82000000 ffffffff82000040\n"
				   "interrupt ffffffff82001000 ffffffff82001760\n",
				   &p),
			 0);
	assert_true(places_enters(&p, 0xffffffff82000000ull));
	/* Behind the calls of the same stub. */
	assert_int_equal(places_find(&p, 0xffffffff82000010ull), PLACE_INTERRUPT);
	assert_false(places_enters(&p, 0xffffffff82000010ull));
	assert_false(places_enters(&p, 0xffffffff8200003full));
	assert_false(places_enters(&p, 0xffffffff82000040ull));
	/* Of a table each vector's. */
	assert_true(places_enters(&p, 0xffffffff82001000ull));
	assert_true(places_enters(&p, 0xffffffff82001010ull));
	assert_true(places_enters(&p, 0xffffffff82001750ull));
	assert_false(places_enters(&p, 0xffffffff82001760ull));
	free(p.at);
}

static void many_are_found(void **state)
{
	char text[200 * 64];
	size_t len = 0;
	struct places p;

	(void)state;
	for (unsigned i = 200; i--;)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %x %x\n",
					i % 2 ? "task" : "interrupt", 0x1000 * i, 0x1000 * i + 16);
	assert_int_equal(read_text(text, &p), 0);
	for (unsigned i = 0; i < 200; i++) {
		assert_int_equal(places_find(&p, 0x1000 * i), i % 2 ? PLACE_TASK : PLACE_INTERRUPT);
		assert_int_equal(places_find(&p, 0x1000 * i + 16), PLACE_NONE);
	}
	free(p.at);
}

static void refuses_what_is_malformed(void **state)
{
	static const char *const bad[] = {
		"",
		"\n\n",
		"task\n",
		"task 100\n",
		"task 200 100\n",
		"task 100 100\n",
		"elsewhere 100 200\n",
		"task 100 200\nelsewhere 300 400\n",
		"task 100 200\ninterrupt 300\n",
		"task 100 200\ninterrupt xyz 400\n",
		"task 100 200\ninterruptinterruptinterrupt 300 400\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct places p;

		if (read_text(bad[i], &p) != -1)
			fail_msg("'%s' was accepted", bad[i]);
		free(p.at);
	}
}

static void a_missing_file_is_an_error(void **state)
{
	struct places p = { 0 };

	(void)state;
	assert_int_equal(places_read("/proc/self/there-is-no-such-file", &p), -1);
	assert_int_equal(p.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_any_order),
		cmocka_unit_test(a_stub_is_entered_once),
		cmocka_unit_test(many_are_found),
		cmocka_unit_test(refuses_what_is_malformed),
		cmocka_unit_test(a_missing_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
