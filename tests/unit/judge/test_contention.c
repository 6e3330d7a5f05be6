// SPDX-License-Identifier: GPL-2.0-or-later
/* What CPUs share: from single touches, through the plugin's file, to numbers per item. */
#include "base/file.h"
#include "judge/why/contention.h"
#include "plugin/contention/lines.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH "contention.test"
#define LINE 0xffff888000001000ull
#define PAGE_STRUCT 0xffffea0000001000ull
#define VARIABLE 0xffffffff82000040ull
#define STACK 0xffffc90000001000ull
#define ADD 0xffffffff81000010ull  /* in add() */
#define SPIN 0xffffffff81002010ull /* in native_queued_spin_lock_slowpath() */

static const char kallsyms[] = "ffffffff81000000 T add\n"
			       "ffffffff81002000 T native_queued_spin_lock_slowpath\n"
			       "ffffffff81003000 T behind\n"
			       "ffffffff81004000 T _etext\n";

static void read_back(struct lines *l, struct contended *out)
{
	struct err e = { 0 };

	assert_int_equal(lines_write(l, PATH), 0);
	assert_int_equal(contended_read(PATH, out, &e), 0);
	unlink(PATH);
}

static uint64_t lines_in(const struct contended *c, unsigned slot)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < CONTENTION_REGIONS; i++)
		sum += c->head.lines[slot][i];
	return sum;
}

/* One CPU's own, and what many only read, are shared by nobody; the order makes no difference. */
static void shared_is_what_one_wrote_and_another_touched(void **state)
{
	struct contended c = { 0 };
	struct lines l = { 0 };

	(void)state;
	lines_touch(&l, 0, ADD, LINE, true);
	lines_touch(&l, 0, ADD, LINE + 8, false);
	lines_touch(&l, 0, ADD, LINE + 64, false);
	lines_touch(&l, 1, ADD, LINE + 64, false);
	lines_close(&l, 0);
	lines_touch(&l, 1, ADD, LINE, false); /* of another window than the write */
	lines_close(&l, 0);
	lines_touch(&l, 1, ADD, LINE, false);
	lines_touch(&l, 1, ADD, LINE, false);
	lines_touch(&l, 0, SPIN, LINE + 63, true);
	lines_close(&l, 9);
	read_back(&l, &c);
	assert_int_equal(c.head.windows[0], 2);
	assert_int_equal(lines_in(&c, 0), 0);
	assert_int_equal(lines_in(&c, 9), 1);
	assert_int_equal(c.head.n_records, 2);
	assert_int_equal(c.records[0].vaddr, ADD);
	assert_int_equal(c.records[0].loads, 2);
	assert_int_equal(c.records[0].stores, 0);
	assert_int_equal(c.records[0].slot, 9);
	assert_int_equal(c.records[1].vaddr, SPIN);
	assert_int_equal(c.records[1].stores, 1);
	contended_free(&c);
	lines_free(&l);
}

static void lines_are_told_by_what_the_memory_is(void **state)
{
	static const struct {
		uint64_t address;
		enum contention_region region;
	} of[] = { { LINE, CONTENTION_DIRECT },
		   { PAGE_STRUCT, CONTENTION_PAGES },
		   { STACK, CONTENTION_VMALLOC },
		   { VARIABLE, CONTENTION_IMAGE },
		   { 0xffd4000000000040ull, CONTENTION_PAGES },
		   { 0xffa0000000000040ull, CONTENTION_VMALLOC },
		   { 0xff11000000000040ull, CONTENTION_DIRECT } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		struct contended c = { 0 };
		struct lines l = { 0 };

		lines_touch(&l, 0, ADD, of[i].address, true);
		lines_touch(&l, 3, ADD, of[i].address, false);
		lines_close(&l, 1);
		read_back(&l, &c);
		assert_int_equal(c.head.lines[1][of[i].region], 1);
		assert_int_equal(lines_in(&c, 1), 1);
		assert_int_equal(c.records[0].region, of[i].region);
		contended_free(&c);
		lines_free(&l);
	}
}

/* More than there was room for at first, in the window and in all. */
static void tables_grow(void **state)
{
	struct contended c = { 0 };
	struct lines l = { 0 };

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		lines_touch(&l, 0, ADD + i, LINE + 64ull * i, true);
		lines_touch(&l, 1, ADD + i, LINE + 64ull * i, false);
	}
	lines_close(&l, 2);
	read_back(&l, &c);
	assert_int_equal(lines_in(&c, 2), 20000);
	assert_int_equal(c.head.n_records, 20000);
	for (unsigned i = 0; i < 20000; i++) {
		assert_int_equal(c.records[i].vaddr, ADD + i);
		assert_int_equal(c.records[i].loads, 1);
		assert_int_equal(c.records[i].stores, 1);
	}
	contended_free(&c);
	lines_free(&l);
}

static void assert_refused(const struct buf *file, int code)
{
	struct contended c = { 0 };
	struct err e = { 0 };

	assert_int_equal(file_write(PATH, file->data, file->len, NULL), 0);
	assert_int_equal(contended_read(PATH, &c, &e), code);
	assert_true(e.text[0]);
	contended_free(&c);
	unlink(PATH);
}

/* Of every byte: whatever is otherwise is noticed. */
static void damaged_files_are_refused(void **state)
{
	_cleanup_buf_ struct buf file = { 0 };
	struct lines l = { 0 };
	struct err e = { 0 };

	(void)state;
	lines_touch(&l, 0, ADD, LINE, true);
	lines_touch(&l, 1, ADD, LINE, true);
	lines_close(&l, 2);
	assert_int_equal(lines_write(&l, PATH), 0);
	assert_int_equal(file_read(PATH, 1 << 20, &file, &e), 0);
	for (size_t i = 0; i < file.len; i += i < 64 ? 1 : 37) {
		/* The flags are not summed: a full table is refused by itself. */
		if (i >= offsetof(struct contention_header, flags) &&
		    i < offsetof(struct contention_header, crc))
			continue;
		file.data[i] ^= 0x10;
		assert_refused(&file, -EPROTO);
		file.data[i] ^= 0x10;
	}
	file.len -= 1;
	assert_refused(&file, -EPROTO);
	file.len = 7;
	assert_refused(&file, -EPROTO);
	l.full = true;
	assert_int_equal(lines_write(&l, PATH), 0);
	buf_free(&file);
	assert_int_equal(file_read(PATH, 1 << 20, &file, &e), 0);
	assert_refused(&file, -EOVERFLOW);
	lines_free(&l);
}

/* Two iterations in N, four in 2N; in the last pair twice as much is touched. */
static void numbers_are_per_item_and_over_pairs(void **state)
{
	struct scenario s = { .n_segments = 1, .item = ITEM_CALL };
	struct contention_side side = { 0 };
	struct contended c = { 0 };
	struct run run = { 0 };
	struct lines l = { 0 };
	struct err e = { 0 };

	(void)state;
	snprintf(s.segments[0].name, sizeof(s.segments[0].name), "work");
	assert_int_equal(symbols_parse(kallsyms, strlen(kallsyms), &run.symbols, &e), 0);
	for (unsigned pair = 0; pair < MARKER_PAIRS; pair++) {
		for (unsigned twice = 0; twice < 2; twice++) {
			const unsigned phase = marker_phase(pair, twice);

			run.phases[phase].iterations = 2 << twice;
			run.phases[phase].windows = 2 << twice;
			for (unsigned i = 0; i < 2u << twice; i++) {
				lines_touch(&l, 0, ADD, VARIABLE, true);
				for (unsigned k = 0; k < (pair == 2 ? 3 : 1); k++)
					lines_touch(&l, 1, ADD, VARIABLE, false);
				lines_touch(&l, 1, SPIN, VARIABLE, false);
				lines_close(&l, phase * MARKER_SEGMENTS);
			}
		}
	}
	read_back(&l, &c);
	assert_int_equal(contention_conclude(&s, &run, &c, &side, &e), 0);
	assert_near(side.iteration.lines.mean, 1, 1e-9);
	assert_near(side.iteration.lines.spread, 0, 1e-9);
	assert_near(side.iteration.regions[CONTENTION_IMAGE], 1, 1e-9);
	assert_near(side.iteration.touches.mean, (2 + 2 + 4) / 3.0, 1e-9);
	assert_near(side.iteration.touches.spread, 2, 1e-9);
	assert_near(side.iteration.waiting.mean, 1, 1e-9);
	assert_near(side.segments[0].touches.mean, side.iteration.touches.mean, 1e-9);
	assert_int_equal(side.n_functions, 2);
	assert_string_equal(side.functions[0].name, "add");
	assert_false(side.functions[0].waits);
	assert_near(side.functions[0].store_mean, 1, 1e-9);
	assert_true(side.functions[1].waits);
	contention_free(&side);
	contended_free(&c);
	lines_free(&l);
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_is_what_one_wrote_and_another_touched),
		cmocka_unit_test(lines_are_told_by_what_the_memory_is),
		cmocka_unit_test(tables_grow),
		cmocka_unit_test(damaged_files_are_refused),
		cmocka_unit_test(numbers_are_per_item_and_over_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
