// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file.h"
#include "kernel/image/module.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/unit.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#define INFO                                                      \
	"license=GPL\0depends=lz4-compress,zsmalloc\0name=zram\0" \
	"vermagic=" FAKE_RELEASE " SMP preempt mod_unload modversions \0"
#define NAMES "\0.modinfo\0.shstrtab"

/* A relocatable file of two sections, of which .modinfo holds @info. */
static void fake_module(const char *info, size_t len, unsigned machine, struct buf *out)
{
	const Elf64_Ehdr eh = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
					     EV_CURRENT },
				.e_type = ET_REL,
				.e_machine = (Elf64_Half)machine,
				.e_version = EV_CURRENT,
				.e_shoff = sizeof(Elf64_Ehdr),
				.e_ehsize = sizeof(Elf64_Ehdr),
				.e_shentsize = sizeof(Elf64_Shdr),
				.e_shnum = 3,
				.e_shstrndx = 2 };
	const size_t data = sizeof(eh) + 3 * sizeof(Elf64_Shdr);
	const Elf64_Shdr sh[3] = {
		{ 0 },
		{ .sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = data, .sh_size = len },
		{ .sh_name = 10,
		  .sh_type = SHT_STRTAB,
		  .sh_offset = data + len,
		  .sh_size = sizeof(NAMES) }
	};

	assert_int_equal(buf_add(out, &eh, sizeof(eh)), 0);
	assert_int_equal(buf_add(out, sh, sizeof(sh)), 0);
	assert_int_equal(buf_add(out, info, len), 0);
	assert_int_equal(buf_add(out, NAMES, sizeof(NAMES)), 0);
}

static int read_info(const char *info, size_t len, struct module_info *out, struct err *e)
{
	_cleanup_buf_ struct buf image = { 0 };

	fake_module(info, len, EM_X86_64, &image);
	return module_read(image.data, image.len, out, e);
}

static void a_module_says_what_it_needs(void **state)
{
	struct module_info m;

	(void)state;
	assert_int_equal(read_info(INFO, sizeof(INFO) - 1, &m, NULL), 0);
	assert_string_equal(m.name, "zram");
	assert_string_equal(m.release, FAKE_RELEASE);
	assert_int_equal(m.n_depends, 2);
	assert_string_equal(m.depends[0], "lz4-compress");
	assert_string_equal(m.depends[1], "zsmalloc");
	assert_true(module_name_equal("lz4-compress", "lz4_compress"));
	assert_false(module_name_equal("lz4", "lz4_compress"));
}

static void damaged_ones_are_refused(void **state)
{
	static const struct {
		const char *info;
		size_t len;
		const char *why;
	} bad[] = {
		{ "name=zram\0", 10, "vermagic" },
		{ "vermagic=6.17 SMP\0", 18, "no name" },
		{ "name=zram\0vermagic=6.17 SMP", 27, "does not end" },
		{ "name=../zram\0vermagic=6.17 SMP\0", 31, "no name" },
		{ "name=\0vermagic=6.17 SMP\0", 24, "empty" },
		{ "depends=a,,b\0name=a\0vermagic=6.17\0", 34, "empty" },
		{ "depends=1,2,3,4,5,6,7,8,9\0name=a\0vermagic=6.17\0", 47, "more than 8" },
	};
	_cleanup_buf_ struct buf arm = { 0 };
	struct module_info m;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(read_info(bad[i].info, bad[i].len, &m, &e), -EBADMSG);
		assert_non_null(strstr(e.text, bad[i].why));
	}
	fake_module(INFO, sizeof(INFO) - 1, EM_ARM, &arm);
	assert_int_equal(module_read(arm.data, arm.len, &m, &e), -EBADMSG);
	assert_int_equal(module_read("text", 4, &m, &e), -EBADMSG);
}

static void a_package_gives_those_that_are_wanted(void **state)
{
	static const char *const names[] = { "zram", "lz4_compress", "xfs", NULL };
	_cleanup_buf_ struct buf module = { 0 }, packed = { 0 }, deb = { 0 }, got = { 0 };
	char *dir = fake_dir();
	_cleanup_free_ char *path = NULL, *to = str_printf("%s/zram.ko", dir);
	size_t found = 0;

	(void)state;
	fake_module(INFO, sizeof(INFO) - 1, EM_X86_64, &module);
	fake_compress(module.data, module.len, "xz", &packed);
	const struct fake_member members[] = {
		{ "./usr/lib/modules/7.3/kernel/drivers/block/zram/zram.ko.xz", &packed, NULL },
		{ "./usr/lib/modules/7.3/kernel/lib/lz4/lz4-compress.ko", &module, NULL },
		{ "./usr/lib/modules/7.3/kernel/fs/xfs/xfs.kodak", &module, NULL },
		{ "./usr/share/xfs.ko", &module, NULL },
	};

	fake_deb(members, ARRAY_SIZE(members), &deb);
	path = fake_file(dir, "x.deb", &deb);
	assert_int_equal(module_extract(path, names, dir, &found, NULL), 0);
	assert_int_equal(found, 2);
	assert_int_equal(file_read(to, 10000, &got, NULL), 0);
	assert_int_equal(got.len, module.len);
	assert_memory_equal(got.data, module.data, got.len);
	fake_dir_remove(dir);
}

static void a_link_in_its_place_is_refused(void **state)
{
	static const char *const names[] = { "brd", NULL };
	static const struct fake_member member = { "lib/modules/6.12/kernel/drivers/block/brd.ko",
						   NULL, "/etc/passwd" };
	_cleanup_buf_ struct buf deb = { 0 };
	char *dir = fake_dir();
	_cleanup_free_ char *path = NULL;
	size_t found = 0;
	struct err e = { 0 };

	(void)state;
	fake_deb(&member, 1, &deb);
	path = fake_file(dir, "x.deb", &deb);
	assert_int_equal(module_extract(path, names, dir, &found, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "link"));
	fake_dir_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_says_what_it_needs),
		cmocka_unit_test(damaged_ones_are_refused),
		cmocka_unit_test(a_package_gives_those_that_are_wanted),
		cmocka_unit_test(a_link_in_its_place_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
