// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/image/banner.h"
#include "kernel/image/bzimage.h"
#include "kernel/image/unpack.h"
#include "kernel/image/vmlinux.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static void put32(struct buf *b, size_t at, uint32_t value)
{
	memcpy(b->data + at, &value, sizeof(value));
}

static int unpack(const struct buf *image, struct buf *out, struct err *e)
{
	_cleanup_close_ int fd = memfd_create("vmlinux", 0);
	char path[64];
	int r = bzimage_unpack(image->data, image->len, fd, e);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (r == 0)
		assert_int_equal(file_read(path, 1 << 30, out, NULL), 0);
	return r;
}

static void every_compression(void **state)
{
	static const char *const filters[] = { "gzip", "xz", "lzma", "zstd", "lz4", "bzip2" };
	_cleanup_buf_ struct buf vmlinux = { 0 };

	(void)state;
	fake_vmlinux(&(struct fake){ 0 }, &vmlinux);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		_cleanup_buf_ struct buf image = { 0 }, out = { 0 };

		fake_bzimage(&vmlinux, filters[i], &image);
		assert_int_equal(unpack(&image, &out, NULL), 0);
		assert_int_equal(out.len, vmlinux.len);
		assert_memory_equal(out.data, vmlinux.data, out.len);
	}
}

/* Each damage is told by name. */
static void damaged_images(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *says;
	} damages[] = {
		{ 0x202, 0, "HdrS" },
		{ 0x206, 0x0202, "too old" },
		{ 0x248, 0xffffffff, "cut short or damaged" },
		{ 0x24c, 0xffffffff, "cut short or damaged" },
		{ 0x24c, 0, "cut short or damaged" },
		{ 1024, 0, "promised" },
		{ 1024 + 200, 0x12345678, "" },
	};
	_cleanup_buf_ struct buf vmlinux = { 0 };

	(void)state;
	fake_vmlinux(&(struct fake){ 0 }, &vmlinux);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		_cleanup_buf_ struct buf image = { 0 }, out = { 0 };
		struct err e = { 0 };

		fake_bzimage(&vmlinux, "zstd", &image);
		put32(&image, damages[i].at, damages[i].value);
		assert_int_equal(unpack(&image, &out, &e), -EBADMSG);
		assert_non_null(strstr(e.text, damages[i].says));
	}
}

static void cut_images(void **state)
{
	_cleanup_buf_ struct buf vmlinux = { 0 }, image = { 0 };

	(void)state;
	fake_vmlinux(&(struct fake){ 0 }, &vmlinux);
	fake_bzimage(&vmlinux, "xz", &image);
	for (; image.len; image.len -= image.len > 1100 ? 1 : 37) {
		_cleanup_buf_ struct buf out = { 0 };
		struct err e = { 0 };

		image.len--;
		assert_int_equal(unpack(&image, &out, &e), -EBADMSG);
		if (image.len < 37)
			break;
	}
}

static void bombs_are_capped(void **state)
{
	_cleanup_buf_ struct buf zeros = { 0 }, packed = { 0 }, out = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(buf_reserve(&zeros, 8 << 20), 0);
	memset(zeros.data, 0, 8 << 20);
	fake_compress(zeros.data, 8 << 20, "xz", &packed);
	assert_true(packed.len < 8192);
	assert_int_equal(unpack_memory(packed.data, packed.len, 1 << 20, unpack_to_buf, &out, &e),
			 -EFBIG);
	assert_true(out.len <= 1 << 20);
	assert_non_null(strstr(e.text, "1 MiB"));
}

static void reads_a_vmlinux(void **state)
{
	_cleanup_buf_ struct buf image = { 0 }, config = { 0 };
	_cleanup_vmlinux_ struct vmlinux v = { 0 };

	(void)state;
	fake_vmlinux(&(struct fake){ .config = "CONFIG_X=y\n" }, &image);
	assert_int_equal(vmlinux_read(image.data, image.len, &v, NULL), 0);
	assert_string_equal(v.release, FAKE_RELEASE);
	assert_string_equal(v.version, FAKE_VERSION);
	assert_string_equal(v.compiler, FAKE_COMPILER);
	assert_true(v.pvh);
	assert_int_equal(vmlinux_config(image.data, image.len, &config, NULL), 1);
	assert_string_equal(buf_str(&config), "CONFIG_X=y\n");
}

static void not_every_vmlinux_has_all(void **state)
{
	_cleanup_buf_ struct buf image = { 0 }, config = { 0 };
	_cleanup_vmlinux_ struct vmlinux v = { 0 };

	(void)state;
	fake_vmlinux(&(struct fake){ .no_pvh = true }, &image);
	assert_int_equal(vmlinux_read(image.data, image.len, &v, NULL), 0);
	assert_false(v.pvh);
	assert_int_equal(vmlinux_config(image.data, image.len, &config, NULL), 0);
}

static void what_is_no_kernel(void **state)
{
	static const struct {
		size_t at; /* offset in the ELF header */
		char byte;
		const char *says;
	} changes[] = {
		{ 0, 'x', "neither an ELF" },
		{ 4, 1, "ELF" },
		{ 18, (char)183, "an arm64 vmlinux" },
		{ 18, 40, "not an x86-64" },
		{ 16, 1, "not an x86-64" },
		{ 64, 0, "nothing to load" },
		{ 64 + 32 + 3, 1, "cut short" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		_cleanup_buf_ struct buf image = { 0 };
		_cleanup_vmlinux_ struct vmlinux v = { 0 };
		struct err e = { 0 };

		fake_vmlinux(&(struct fake){ 0 }, &image);
		image.data[changes[i].at] = changes[i].byte;
		assert_int_equal(vmlinux_read(image.data, image.len, &v, &e), -EBADMSG);
		assert_non_null(strstr(e.text, changes[i].says));
	}
}

static void banners(void **state)
{
	static const char clang[] =
		"xLinux version 6.1.0 (a@b) (clang version 17.0.6, LLD 17) #2 SMP\n";
	static const char none[] =
		"Linux version %s (%s)\nLinux version 6.1 (a@b) no brackets #1\n";
	struct banner b;

	(void)state;
	assert_true(banner_find(clang, sizeof(clang), &b));
	assert_int_equal(b.release_len, 5);
	assert_memory_equal(b.compiler, "clang version 17.0.6", b.compiler_len);
	assert_memory_equal(b.version, "#2 SMP", b.version_len);
	assert_false(banner_find(none, sizeof(none), &b));
	/* A banner that the file's end cuts is none. */
	assert_false(banner_find(clang, sizeof(clang) - 2, &b));
}

static void compilers(void **state)
{
	static const char *const known[][2] = {
		{ FAKE_COMPILER, "gcc-14" },
		{ "gcc-14", "gcc-14" },
		{ "gcc (GCC) 15.1.1 20250425 (Red Hat 15.1.1-1)", "gcc-15" },
		{ "gcc (Debian 12.2.0-14) 12.2.0", "gcc-12" },
		{ "clang version 17.0.6", "clang-17" },
		{ "Debian clang version 19.1.7 (3+b1)", "clang-19" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		_cleanup_free_ char *major = compiler_major(known[i][0]);

		assert_string_equal(major, known[i][1]);
	}
	assert_null(compiler_major("tcc 0.9"));
	assert_null(compiler_major(NULL));
	assert_true(compiler_same_major("gcc-14", FAKE_COMPILER));
	assert_false(compiler_same_major("gcc-12", FAKE_COMPILER));
	assert_false(compiler_same_major(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_compression), cmocka_unit_test(damaged_images),
		cmocka_unit_test(cut_images),	     cmocka_unit_test(bombs_are_capped),
		cmocka_unit_test(reads_a_vmlinux),   cmocka_unit_test(not_every_vmlinux_has_all),
		cmocka_unit_test(what_is_no_kernel), cmocka_unit_test(banners),
		cmocka_unit_test(compilers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
