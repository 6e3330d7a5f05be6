// SPDX-License-Identifier: GPL-2.0-or-later
/* The guest's file system: an archive that is the same every time. */
#include "base/cleanup.h"
#include "base/file.h"
#include "tests/unit/unit.h"
#include "vm/initrd.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static char *dir, *guest;
static const char content[] = "\x7f"
			      "ELF\0\1not really";

static int enter(void **state)
{
	struct err e = { 0 };

	(void)state;
	if (dir_temp("/tmp", "slowpath-test-", &dir, &e) < 0)
		return -1;
	guest = str_printf("%s/guest", dir);
	return file_write(guest, content, sizeof(content), &e);
}

static int leave(void **state)
{
	int r = dir_remove(dir, NULL);

	(void)state;
	free(dir);
	free(guest);
	return r;
}

static void build(size_t pad, struct buf *out)
{
	struct err e = { 0 };

	if (initrd_build(guest, NULL, pad, out, &e) < 0)
		fail_msg("%s", e.text);
}

static void the_bytes_are_the_same(void **state)
{
	_cleanup_buf_ struct buf a = { 0 }, b = { 0 };
	struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 2 } };
	struct err e = { 0 };

	(void)state;
	build(0, &a);
	/* Another time, inode and mode of the guest's file. */
	assert_int_equal(unlink(guest), 0);
	assert_int_equal(file_write(guest, content, sizeof(content), &e), 0);
	assert_int_equal(utimensat(AT_FDCWD, guest, times, 0), 0);
	assert_int_equal(chmod(guest, 0600), 0);
	build(0, &b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	b.len = 0;
	assert_int_equal(file_write(guest, "other", 5, &e), 0);
	build(0, &b);
	assert_true(a.len != b.len || memcmp(a.data, b.data, a.len) != 0);
}

/* One entry after the other, as the kernel unpacks them: folders before what is in them. */
static void next(struct archive *a, const char *name, mode_t mode, size_t size,
		 struct archive_entry **entry)
{
	if (archive_read_next_header(a, entry) != ARCHIVE_OK)
		fail_msg("%s: %s", name, archive_error_string(a));
	assert_string_equal(archive_entry_pathname(*entry), name);
	assert_int_equal(archive_entry_mode(*entry), mode);
	assert_int_equal(archive_entry_size(*entry), size);
	assert_int_equal(archive_entry_mtime(*entry), 0);
	assert_int_equal(archive_entry_uid(*entry), 0);
}

static void the_archive_reads(void **state)
{
	const size_t pad = 5000;
	_cleanup_buf_ struct buf b = { 0 };
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	char bytes[8192];

	(void)state;
	build(pad, &b);
	archive_read_support_format_cpio(a);
	assert_int_equal(archive_read_open_memory(a, b.data, b.len), ARCHIVE_OK);
	next(a, "dev", S_IFDIR | 0755, 0, &entry);
	assert_int_equal(archive_format(a), ARCHIVE_FORMAT_CPIO_SVR4_NOCRC);
	next(a, "dev/console", S_IFCHR | 0600, 0, &entry);
	assert_int_equal(archive_entry_rdev(entry), makedev(5, 1));
	next(a, "proc", S_IFDIR | 0755, 0, &entry);
	next(a, "sys", S_IFDIR | 0755, 0, &entry);
	next(a, "init", S_IFREG | 0755, sizeof(content), &entry);
	assert_int_equal(archive_read_data(a, bytes, sizeof(bytes)), sizeof(content));
	assert_memory_equal(bytes, content, sizeof(content));
	next(a, "pad", S_IFREG | 0644, pad, &entry);
	assert_int_equal(archive_read_data(a, bytes, sizeof(bytes)), pad);
	for (size_t i = 0; i < pad; i++)
		assert_int_equal(bytes[i], 0);
	assert_int_equal(archive_read_next_header(a, &entry), ARCHIVE_EOF);
	archive_read_free(a);
}

static void padding_makes_it_longer(void **state)
{
	_cleanup_buf_ struct buf none = { 0 }, some = { 0 }, more = { 0 };

	(void)state;
	build(0, &none);
	build(4096, &some);
	build(3 << 20, &more);
	assert_null(memmem(none.data, none.len, "pad", 3));
	assert_true(some.len >= none.len + 4096 && some.len < none.len + 8192);
	assert_int_equal(more.len, some.len + (3 << 20) - 4096);
}

static void a_missing_guest_is_an_error(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(unlink(guest), 0);
	assert_int_equal(initrd_build(guest, NULL, 0, &b, &e), -ENOENT);
	assert_non_null(strstr(e.text, guest));
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_bytes_are_the_same, enter, leave),
		cmocka_unit_test_setup_teardown(the_archive_reads, enter, leave),
		cmocka_unit_test_setup_teardown(padding_makes_it_longer, enter, leave),
		cmocka_unit_test_setup_teardown(a_missing_guest_is_an_error, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
