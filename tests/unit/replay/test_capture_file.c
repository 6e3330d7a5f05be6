// SPDX-License-Identifier: GPL-2.0-or-later
/* The file that the capturing plugin leaves, as it is read. */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "proto/crc32.h"
#include "replay/call/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct capture_function function = { .va = 0x1000, .calls = 1, .insns = 5 };
static const struct executed executed[] = {
	{ .va = 0x1000, .times = 4, .n_bytes = 1, .bytes = { 0x90 } },
	{ .va = 0x1001, .times = 1, .n_bytes = 1, .bytes = { 0xc3 } },
};
static const struct access touched[] = { { .va = 0x8000, .n_loads = 1 },
					 { .va = 0x8008, .n_stores = 2 } };

static struct capture_header header(void)
{
	return (struct capture_header){ .magic = CAPTURE_MAGIC,
					.version = CAPTURE_VERSION,
					.function_va = 0x1000,
					.return_va = 0x2000,
					.before = { .rip = 0x1000 },
					.after = { .rip = 0x2000 },
					.ram_bytes = 8192,
					.insns = 5,
					.n_functions = 1,
					.n_executed = 2,
					.n_accesses = 2 };
}

static void make(struct capture_header h, struct buf *out)
{
	const size_t summed = offsetof(struct capture_header, flags);

	buf_add(out, &h, sizeof(h));
	buf_add(out, &function, sizeof(function));
	buf_add(out, executed, sizeof(executed));
	buf_add(out, touched, sizeof(touched));
	h.crc = crc32_update(0, out->data + summed, out->len - summed);
	memcpy(out->data, &h, sizeof(h));
}

static void refused(const struct buf *file, const char *why)
{
	_cleanup_capture_ struct capture c = { 0 };
	struct err e = { 0 };

	assert_int_equal(capture_parse(file->data, file->len, &c, &e), -EBADMSG);
	if (!strstr(e.text, why))
		fail_msg("'%s' is not in '%s'", why, e.text);
}

static void test_whole(void **state)
{
	_cleanup_capture_ struct capture c = { 0 };
	_cleanup_buf_ struct buf file = { 0 };
	struct err e = { 0 };

	(void)state;
	make(header(), &file);
	assert_int_equal(capture_parse(file.data, file.len, &c, &e), 0);
	assert_int_equal(c.n_functions, 1);
	assert_int_equal(c.functions[0].insns, 5);
	assert_int_equal(c.n_executed, 2);
	assert_int_equal(c.executed[1].va, 0x1001);
	assert_int_equal(c.n_accesses, 2);
	assert_int_equal(c.accesses[1].n_stores, 2);
	assert_int_equal(c.return_va, 0x2000);
	assert_false(c.disturbed);
}

static void test_damaged(void **state)
{
	_cleanup_buf_ struct buf file = { 0 };

	(void)state;
	make(header(), &file);
	for (size_t at = offsetof(struct capture_header, flags) + 4; at < file.len; at += 7) {
		struct capture c = { 0 };
		struct err e = { 0 };

		file.data[at] ^= 1;
		assert_int_equal(capture_parse(file.data, file.len, &c, &e), -EBADMSG);
		capture_close(&c);
		file.data[at] ^= 1;
	}
	file.len--;
	refused(&file, "checksum");
	file.len = 10;
	refused(&file, "10 bytes");
}

static void test_impossible(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *why;
	} cases[] = {
		{ offsetof(struct capture_header, magic), 1, "no capture" },
		{ offsetof(struct capture_header, version), 9, "format 9" },
		{ offsetof(struct capture_header, n_executed), ~0u, "more than any" },
		{ offsetof(struct capture_header, n_executed), 0, "contradicts" },
		{ offsetof(struct capture_header, n_executed), 9, "ends early" },
		{ offsetof(struct capture_header, n_accesses), 1, "follows" },
		{ offsetof(struct capture_header, segment), 8, "more than any" },
		{ offsetof(struct capture_header, ram_bytes), 100, "100 bytes" },
		{ offsetof(struct capture_header, return_va), 0x3000, "contradicts" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_buf_ struct buf file = { 0 };
		struct capture_header h = header();

		memcpy((uint8_t *)&h + cases[i].at, &cases[i].value, sizeof(cases[i].value));
		make(h, &file);
		refused(&file, cases[i].why);
	}
}

/* Lists that are read in order have to be in order. */
static void test_disorder(void **state)
{
	_cleanup_buf_ struct buf file = { 0 };
	const size_t summed = offsetof(struct capture_header, flags);
	const size_t list = sizeof(struct capture_header) + sizeof(function);
	uint32_t crc;

	(void)state;
	make(header(), &file);
	memcpy(file.data + list, &executed[1], sizeof(executed[1]));
	memcpy(file.data + list + sizeof(executed[0]), &executed[0], sizeof(executed[0]));
	crc = crc32_update(0, file.data + summed, file.len - summed);
	memcpy(file.data + offsetof(struct capture_header, crc), &crc, sizeof(crc));
	refused(&file, "instruction 1 is impossible");
}

static void test_disturbed(void **state)
{
	_cleanup_capture_ struct capture c = { 0 };
	_cleanup_buf_ struct buf file = { 0 };
	struct capture_header h = header();
	struct err e = { 0 };

	(void)state;
	h.flags = CAPTURE_FAULT | CAPTURE_INTERRUPT;
	h.ram_bytes = 0;
	make(h, &file);
	assert_int_equal(capture_parse(file.data, file.len, &c, &e), 0);
	assert_true(c.disturbed);
	assert_non_null(strstr(capture_why(h.flags), "page fault"));
	assert_non_null(strstr(capture_why(CAPTURE_NEVER), "no later window"));
}

/* A folder: memory of another size than the call says, and one without a call. */
static void test_folder(void **state)
{
	static const char symbols[] = "ffffffff81000000 T _text\n";
	_cleanup_free_ char *dir = NULL, *path = NULL;
	_cleanup_buf_ struct buf file = { 0 };
	static const uint8_t ram[8192] = { 1 };
	struct capture c = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(dir_temp("/tmp", "capture-", &dir, &e), 0);
	assert_int_equal(capture_open(dir, &c, &e), -ENOENT);
	make(header(), &file);
	path = str_printf("%s/" CAPTURE_CALL, dir);
	assert_int_equal(file_write(path, file.data, file.len, &e), 0);
	free(path);
	path = str_printf("%s/symbols", dir);
	assert_int_equal(file_write(path, symbols, strlen(symbols), &e), 0);
	free(path);
	path = str_printf("%s/" CAPTURE_RAM_BEFORE, dir);
	assert_int_equal(file_write(path, ram, sizeof(ram), &e), 0);
	free(path);
	path = str_printf("%s/" CAPTURE_RAM_AFTER, dir);
	assert_int_equal(file_write(path, ram, 4096, &e), 0);
	assert_int_equal(capture_open(dir, &c, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "4096 bytes, not 8192"));
	assert_int_equal(file_write(path, ram, sizeof(ram), &e), 0);
	assert_int_equal(capture_open(dir, &c, &e), 0);
	assert_int_equal(c.ram_after[0], 1);
	capture_close(&c);
	assert_int_equal(dir_remove(dir, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	   cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_impossible), cmocka_unit_test(test_disorder),
		cmocka_unit_test(test_disturbed),  cmocka_unit_test(test_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
