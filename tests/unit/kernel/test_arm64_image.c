// SPDX-License-Identifier: GPL-2.0-or-later
/* arm64 Images: what is one, and what is wrong with one. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "kernel/image/arm64_image.h"
#include "kernel/image/vmlinux.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define BYTES 4096
#define PE 0x40
#define SECTIONS (PE + 24)

static void put(uint8_t *image, size_t at, uint64_t value, size_t bytes)
{
	memcpy(image + at, &value, bytes);
}

/* An Image with one section, which ends with the file, and a banner in it. */
static void make(uint8_t image[BYTES])
{
	static const char banner[] =
		"Linux version 6.17.13-arm64 (me@here) (aarch64-linux-gnu-gcc-14 "
		"(Debian 14.2.0-19) 14.2.0, GNU ld) #1 SMP Debian 6.17.13-1\n";

	memset(image, 0, BYTES);
	memcpy(image, "MZ", 2);
	put(image, 0x10, 2 * BYTES, 8);
	put(image, 0x18, 0xa, 8);
	memcpy(image + 0x38, "ARM\x64", 4);
	put(image, 0x3c, PE, 4);
	memcpy(image + PE, "PE\0\0", 4);
	put(image, PE + 6, 1, 2);
	put(image, SECTIONS + 16, BYTES - 512, 4);
	put(image, SECTIONS + 20, 512, 4);
	memcpy(image + 1024, banner, sizeof(banner));
}

static void what_it_says_of_itself(void **state)
{
	_cleanup_vmlinux_ struct vmlinux v = { 0 };
	uint8_t image[BYTES];
	struct err e = { 0 };

	(void)state;
	make(image);
	assert_int_equal(vmlinux_read(image, BYTES, &v, &e), 0);
	assert_string_equal(v.arch->name, "arm64");
	assert_string_equal(v.release, "6.17.13-arm64");
	assert_string_equal(v.compiler, "gcc-14 (Debian 14.2.0-19) 14.2.0");
	assert_false(v.pvh);
	put(image, 0x18, 0x8, 8); /* as kernels before 4.6: it says no size of pages */
	assert_int_equal(arm64_image_check(image, BYTES, &e), 0);
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		size_t at, bytes;
		uint64_t value;
		const char *says;
	} changes[] = {
		{ 0x18, 8, 0xb, "big-endian" },
		{ 0x18, 8, 0xc, "pages have 16 KiB" },
		{ 0x18, 8, 0xe, "pages have 64 KiB" },
		{ 0x10, 8, BYTES - 1, "says that it takes 4095 bytes of memory, and has 4096" },
		{ 0x10, 8, 1ull << 40, "more than any" },
		{ 0x3c, 4, BYTES - 4, "without the PE header" },
		{ PE, 4, 0, "without the PE header" },
		{ PE + 6, 2, 2000, "ends within its PE header" },
		{ SECTIONS + 16, 4, BYTES, "cut short" },
		{ SECTIONS + 20, 4, 0xffffffff, "cut short" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		uint8_t image[BYTES];
		struct err e = { 0 };

		make(image);
		put(image, changes[i].at, changes[i].value, changes[i].bytes);
		assert_int_equal(arm64_image_check(image, BYTES, &e), -EBADMSG);
		if (!strstr(e.text, changes[i].says))
			fail_msg("%s", e.text);
	}
}

/* However much of the file there is, it is never taken for the whole. */
static void cut_short(void **state)
{
	uint8_t image[BYTES];

	(void)state;
	make(image);
	for (size_t len = 0; len < BYTES; len++) {
		struct err e = { 0 };

		assert_int_equal(arm64_image_check(image, len, &e), -EBADMSG);
	}
}

static void others_are_told_apart(void **state)
{
	uint8_t image[BYTES];

	(void)state;
	make(image);
	assert_true(arm64_image_is(image, BYTES));
	assert_null(arm64_image_foreign(image, BYTES));
	memcpy(image + 0x38, "RSC\x05", 4);
	assert_false(arm64_image_is(image, BYTES));
	assert_string_equal(arm64_image_foreign(image, BYTES), "riscv");
	assert_false(arm64_zboot_is(image, BYTES));
	memcpy(image + 4, "zimg", 4);
	assert_true(arm64_zboot_is(image, BYTES));
}

static void a_payload_lies_in_the_file(void **state)
{
	uint8_t image[BYTES];
	struct err e = { 0 };

	(void)state;
	make(image);
	memcpy(image + 4, "zimg", 4);
	put(image, 8, 4000, 4);
	put(image, 12, 97, 4);
	assert_int_equal(arm64_image_unpack(image, BYTES, -1, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "cut short"));
	put(image, 12, 0, 4);
	assert_int_equal(arm64_image_unpack(image, BYTES, -1, &e), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says_of_itself),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(others_are_told_apart),
		cmocka_unit_test(a_payload_lies_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
