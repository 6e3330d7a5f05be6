// SPDX-License-Identifier: GPL-2.0-or-later
/* Code out of a vmlinux: what is traced, and where something is called. */
#include "symbols/text.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "tests/unit/unit.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#define BASE 0xffffffff81000000ull
#define FENTRY (BASE + 0x40)
#define TARGET (BASE + 0x20)

/* call FENTRY; endbr64 and the five-byte NOP; neither; then a call of TARGET and a jump to it. */
static const uint8_t code[] = {
	0xe8, 0x3b, 0x00, 0x00, 0x00,			      /* 00 */
	0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x1f, 0x44, 0x00, 0x00, /* 05 */
	0x55, 0x90, 0x90,				      /* 0e */
	0xe8, 0x0a, 0x00, 0x00, 0x00,			      /* 11: to 20 */
	0xe9, 0x05, 0x00, 0x00, 0x00,			      /* 16: to 20 */
	0xe8, 0x00, 0x00, 0x00, 0x00,			      /* 1b: to 20, what comes next */
	0xc3,						      /* 20 */
};

static char *write_elf(const char *dir, bool cut)
{
	Elf64_Ehdr h = { .e_ident = ELFMAG,
			 .e_machine = EM_X86_64,
			 .e_phoff = sizeof(h),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1 };
	Elf64_Phdr p = { .p_type = PT_LOAD,
			 .p_offset = sizeof(h) + sizeof(p),
			 .p_vaddr = BASE,
			 .p_filesz = sizeof(code) + cut };
	_cleanup_buf_ struct buf b = { 0 };
	char *path = str_printf("%s/vmlinux", dir);
	struct err e = { 0 };

	h.e_ident[EI_CLASS] = ELFCLASS64;
	buf_add(&b, &h, sizeof(h));
	buf_add(&b, &p, sizeof(p));
	buf_add(&b, code, sizeof(code));
	assert_int_equal(file_write(path, b.data, b.len, &e), 0);
	return path;
}

static int open_elf(uint64_t vaddr, bool cut, struct text *out, struct err *e)
{
	_cleanup_free_ char *dir = NULL, *path = NULL;
	int r;

	assert_int_equal(dir_temp("/tmp", "slowpath-test-", &dir, e), 0);
	path = write_elf(dir, cut);
	r = text_open(path, vaddr, out, e);
	dir_remove(dir, NULL);
	return r;
}

static void code_is_read_and_looked_through(void **state)
{
	_cleanup_text_ struct text t = { 0 };
	uint64_t sites[2] = { 0 };
	struct err e = { 0 };
	size_t len = 0;

	(void)state;
	assert_int_equal(open_elf(TARGET, false, &t, &e), 0);
	assert_int_equal(*text_at(&t, TARGET, &len), 0xc3);
	assert_int_equal(len, 1);
	assert_null(text_at(&t, BASE + sizeof(code), &len));
	assert_null(text_at(&t, BASE - 1, &len));
	assert_true(text_is_traced(&t, BASE, FENTRY));
	assert_true(text_is_traced(&t, BASE + 5, FENTRY));
	assert_false(text_is_traced(&t, BASE, FENTRY + 1));
	assert_false(text_is_traced(&t, BASE + 0x0e, FENTRY));
	assert_false(text_is_traced(&t, TARGET, FENTRY));
	assert_true(text_is_traced(&t, TARGET, 0));
	assert_int_equal(text_calls(&t, TARGET, sites, 2), 3);
	assert_int_equal(sites[0], BASE + 0x11);
	assert_int_equal(sites[1], BASE + 0x16);
	assert_int_equal(text_calls(&t, BASE, sites, 2), 0);
}

static void other_files_are_refused(void **state)
{
	struct text t;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(open_elf(BASE + 0x1000, false, &t, &e), -EPROTO);
	assert_int_equal(open_elf(BASE, true, &t, &e), -EPROTO);
	assert_null(t.bytes);
	assert_int_equal(text_open("/dev/null", BASE, &t, &e), -EPROTO);
	assert_int_equal(text_open("/nowhere", BASE, &t, &e), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_is_read_and_looked_through),
		cmocka_unit_test(other_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
