// SPDX-License-Identifier: GPL-2.0-or-later
/* The file system that the guest makes: e2fsck finds nothing to say of it, unless it is damaged. */
#include "guest/memory/ext4.h"

#include "base/cleanup.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FSCK "/sbin/e2fsck"

static int make(char path[32], uint64_t mib)
{
	int fd;

	strcpy(path, "/tmp/ext4-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)(mib << 20)), 0);
	assert_int_equal(ext4_make(fd, mib << 20), 0);
	return fd;
}

/* Its exit status, 0 only if all is well. */
static int check(const char *path)
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(nowhere, 1);
		dup2(nowhere, 2);
		execl(FSCK, FSCK, "-fn", path, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 127);
	return WEXITSTATUS(status);
}

static void it_is_whole_in_every_size(void **state)
{
	/* One group, two of which the last is small, several with backups and without. */
	static const unsigned sizes[] = { 32, 64, 127, 128, 129, 300, 512, 1300, 4096 };

	(void)state;
	if (access(FSCK, X_OK) < 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char path[32];
		_cleanup_close_ int fd = make(path, sizes[i]);
		int found = check(path);

		assert_true(fd >= 0);
		unlink(path);
		if (found)
			fail_msg("%u MiB: e2fsck ends with %d", sizes[i], found);
	}
}

static void a_bit_of_it_is_missed(void **state)
{
	/* The super block, descriptors, bitmaps, the root's inode and folder. */
	static const unsigned places[] = {
		1024 + 16, 4096, 8192, 12288, 16384 + 256 + 4, 4 * 4096 + 128 * 4096 + 4
	};

	(void)state;
	if (access(FSCK, X_OK) < 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char path[32];
		uint8_t byte;
		_cleanup_close_ int fd = make(path, 32);
		int found;

		assert_int_equal(pread(fd, &byte, 1, places[i]), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, places[i]), 1);
		found = check(path);
		unlink(path);
		if (!found)
			fail_msg("byte %u may be anything", places[i]);
	}
}

static void what_is_no_size_is_refused(void **state)
{
	(void)state;
	assert_int_equal(ext4_make(-1, 0), -EINVAL);
	assert_int_equal(ext4_make(-1, (32 << 20) + 4096), -EINVAL);
	assert_int_equal(ext4_make(-1, 4ull << 40), -EINVAL);
	/* No room for its own blocks. */
	assert_int_equal(ext4_make(-1, 2 << 20), -ENOSPC);
	assert_int_equal(ext4_make(-1, 32 << 20), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_whole_in_every_size),
		cmocka_unit_test(a_bit_of_it_is_missed),
		cmocka_unit_test(what_is_no_size_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
