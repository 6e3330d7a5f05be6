// SPDX-License-Identifier: GPL-2.0-or-later
/* What ELF files need to run, and what is none. */
#include "base/cleanup.h"
#include "parcel/elf_needs.h"
#include "parcel/ld_cache.h"
#include "tests/unit/fake_elf.h"
#include "tests/unit/unit.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

static const struct fake_elf usual = { .interpreter = "/lib64/ld.so",
				       .soname = "libme.so.1",
				       .runpath = "$ORIGIN/../lib",
				       .needed = { "libc.so.6", "libz.so.1" } };

static void a_dynamic_program(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct elf_needs needs;
	struct err e = { 0 };

	(void)state;
	fake_elf(&usual, &b);
	assert_int_equal(elf_needs_read(b.data, b.len, &needs, &e), 0);
	assert_string_equal(needs.interpreter, "/lib64/ld.so");
	assert_int_equal(needs.n_libraries, 2);
	assert_string_equal(needs.libraries[0], "libc.so.6");
	assert_string_equal(needs.libraries[1], "libz.so.1");
	assert_string_equal(needs.runpath, "$ORIGIN/../lib");
	assert_string_equal(needs.soname, "libme.so.1");
	assert_null(needs.rpath);
}

static void a_static_program_needs_nothing(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct elf_needs needs;
	struct err e = { 0 };

	(void)state;
	fake_elf(&(struct fake_elf){ .type = ET_EXEC }, &b);
	assert_int_equal(elf_needs_read(b.data, b.len, &needs, &e), 0);
	assert_null(needs.interpreter);
	assert_int_equal(needs.n_libraries, 0);
}

static void what_cannot_be_executed(void **state)
{
	static const struct {
		struct fake_elf what;
		const char *text;
	} cases[] = {
		{ { .machine = EM_AARCH64 }, "is not for x86-64" },
		{ { .type = ET_REL }, "is no program (an object file?)" },
	};
	struct elf_needs needs;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf b = { 0 };
		struct err e = { 0 };

		fake_elf(&cases[i].what, &b);
		assert_int_equal(elf_needs_read(b.data, b.len, &needs, &e), -EINVAL);
		assert_string_equal(e.text, cases[i].text);
	}
	assert_int_equal(elf_needs_read("#!/bin/sh\n", 10, &needs, NULL), -EINVAL);
	assert_int_equal(elf_needs_read("", 0, &needs, NULL), -EINVAL);
}

/* Cut anywhere: damaged, whatever is missing; only the padding of its end may go. */
static void a_damaged_file_is_none(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct elf_needs needs;

	(void)state;
	fake_elf(&usual, &b);
	for (size_t len = 0; len < b.len; len++) {
		_cleanup_free_ char *cut = malloc(len + 1);

		assert_non_null(cut);
		memcpy(cut, b.data, len);
		assert_int_equal(elf_needs_read(cut, len, &needs, NULL), -EINVAL);
	}
}

static void put_entry(struct buf *b, int32_t flags, uint32_t name, uint32_t path, uint64_t hwcap)
{
	const uint32_t rest = 0;

	assert_int_equal(buf_add(b, &flags, 4) | buf_add(b, &name, 4) | buf_add(b, &path, 4) |
				 buf_add(b, &rest, 4) | buf_add(b, &hwcap, 8),
			 0);
}

/* As glibc lays it out, behind an older part. */
static void libraries_by_the_cache(void **state)
{
	static const char strings[] = "liba.so\0/opt/liba.so\0/v3/liba.so\0/usr/lib/liba.so";
	const uint32_t head[7] = { 4, sizeof(strings) };
	const uint32_t at = 20 + sizeof(head) + 4 * 24;
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add(&b, "ld.so-1.7.0\0\0\0\0\0", 16), 0);
	assert_int_equal(buf_puts(&b, "glibc-ld.so.cache1.1"), 0);
	assert_int_equal(buf_add(&b, head, sizeof(head)), 0);
	put_entry(&b, 0x0303, at, at + 21, 1ull << 62); /* for other processors */
	put_entry(&b, 0x0003, at, at + 21, 0);		/* of 32 bits */
	put_entry(&b, 0x0303, at, at + 8, 0);
	put_entry(&b, 0x0303, at, at + 33, 0);
	assert_int_equal(buf_add(&b, strings, sizeof(strings)), 0);
	assert_string_equal(ld_cache_find(b.data, b.len, "liba.so", 0), "/opt/liba.so");
	assert_string_equal(ld_cache_find(b.data, b.len, "liba.so", 1), "/usr/lib/liba.so");
	assert_null(ld_cache_find(b.data, b.len, "liba.so", 2));
	assert_null(ld_cache_find(b.data, b.len, "libb.so", 0));
	assert_null(ld_cache_find(NULL, 0, "liba.so", 0));
	/* Its last path is not whole any more. */
	assert_null(ld_cache_find(b.data, b.len - 1, "liba.so", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dynamic_program),
		cmocka_unit_test(a_static_program_needs_nothing),
		cmocka_unit_test(what_cannot_be_executed),
		cmocka_unit_test(a_damaged_file_is_none),
		cmocka_unit_test(libraries_by_the_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
