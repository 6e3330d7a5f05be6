// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "base/file.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each test starts in an empty folder of its own and names files relative to it. */
static int enter(void **state)
{
	char path[] = "/tmp/slowpath-test-XXXXXX";

	*state = mkdtemp(path) ? strdup(path) : NULL;
	return *state && chdir(*state) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	int r = chdir("/") < 0 ? -1 : dir_remove(*state, NULL);

	free(*state);
	return r;
}

static int entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void assert_content(const char *path, const char *want)
{
	_cleanup_buf_ struct buf b = { 0 };

	assert_int_equal(file_read(path, 1 << 20, &b, NULL), 0);
	assert_string_equal(buf_str(&b), want);
}

static void reads_whole_and_appends(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(file_write("f", "12345", 5, &e), 0);
	buf_puts(&b, "0");
	assert_int_equal(file_read("f", 5, &b, &e), 0);
	assert_string_equal(buf_str(&b), "012345");
	assert_int_equal(file_size("f"), 5);
	assert_int_equal(file_read("/proc/self/stat", 1 << 20, &b, &e), 0);
	assert_true(b.len > 20);
}

static void read_has_a_limit(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	file_write("f", "12345", 5, &e);
	assert_int_equal(file_read("f", 4, &b, &e), -EFBIG);
	assert_non_null(strstr(e.text, "f: larger than 4 bytes"));
	assert_int_equal(file_read("/dev/zero", 1 << 20, &b, &e), -EFBIG);
	assert_int_equal(file_read("none", 4, &b, &e), -ENOENT);
	assert_non_null(strstr(e.text, "none"));
	assert_int_equal(file_read(".", 4, &b, &e), -EISDIR);
	assert_int_equal(file_size("none"), -ENOENT);
}

static void atomic_write_replaces(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(file_write_atomic("f", "old", 3, &e), 0);
	assert_int_equal(file_write_atomic("f", "newer", 5, &e), 0);
	assert_content("f", "newer");
	assert_int_equal(entries("."), 1);
}

/* A full disk, played by a limit on the size of files. */
static void atomic_write_leaves_old_on_failure(void **state)
{
	struct rlimit was, none = { 0 };
	struct err e = { 0 };
	int r;

	(void)state;
	file_write("f", "old", 3, &e);
	getrlimit(RLIMIT_FSIZE, &was);
	none = (struct rlimit){ .rlim_cur = 2, .rlim_max = was.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	r = file_write_atomic("f", "newer", 5, &e);
	setrlimit(RLIMIT_FSIZE, &was);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(r, -EFBIG);
	assert_content("f", "old");
	assert_int_equal(entries("."), 1);
}

static void atomic_write_leaves_no_litter(void **state)
{
	struct err e = { 0 };

	(void)state;
	mkdir("d", 0777);
	assert_int_equal(file_write_atomic("d", "x", 1, &e), -EISDIR);
	assert_int_equal(entries("."), 1);
	assert_int_equal(file_write_atomic("none/f", "x", 1, &e), -ENOENT);
	assert_int_equal(entries("."), 1);
}

static void copies(void **state)
{
	struct err e = { 0 };

	(void)state;
	file_write("a", "12345", 5, &e);
	file_write("b", "longer than a", 13, &e);
	assert_int_equal(file_copy("a", "b", &e), 0);
	assert_content("b", "12345");
	assert_int_equal(file_copy("none", "b", &e), -ENOENT);
	assert_content("b", "12345");
}

static void makes_folders(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(dir_make("a/b//c/", &e), 0);
	assert_true(file_exists("a/b/c"));
	assert_int_equal(dir_make("a/b", &e), 0);
	assert_int_equal(dir_make("/", &e), 0);
	assert_int_equal(dir_make("", &e), -ENOENT);
	file_write("f", "", 0, &e);
	assert_int_equal(dir_make("f", &e), -ENOTDIR);
	assert_int_equal(dir_make("f/g", &e), -ENOTDIR);
}

static void remove_does_not_follow_links_out(void **state)
{
	struct err e = { 0 };

	(void)state;
	dir_make("outside/deep", &e);
	file_write("outside/precious", "x", 1, &e);
	dir_make("doomed/sub", &e);
	file_write("doomed/sub/f", "x", 1, &e);
	assert_int_equal(symlink("../outside", "doomed/link"), 0);
	assert_int_equal(symlink("/nonexistent", "doomed/dangling"), 0);
	assert_int_equal(symlink("outside", "link"), 0);
	assert_int_equal(dir_remove("doomed", &e), 0);
	assert_false(file_exists("doomed"));
	assert_int_equal(dir_remove("link", &e), 0);
	assert_content("outside/precious", "x");
	assert_true(file_exists("outside/deep"));
	assert_int_equal(dir_remove("doomed", &e), 0);
}

static void counts_bytes(void **state)
{
	static char block[8192];
	struct err e = { 0 };

	(void)state;
	dir_make("d/sub", &e);
	memset(block, 'x', sizeof(block));
	file_write("big", block, sizeof(block), &e);
	file_write("d/sub/f", block, sizeof(block), &e);
	assert_int_equal(symlink("../big", "d/link"), 0);
	sync();
	assert_in_range(dir_bytes("d"), 8192, 16384);
	assert_int_equal(dir_bytes("none"), 0);
}

static void temp_folders_differ(void **state)
{
	_cleanup_free_ char *a = NULL, *b = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(dir_temp("new/parent", "run-", &a, &e), 0);
	assert_int_equal(dir_temp("new/parent", "run-", &b, &e), 0);
	assert_string_not_equal(a, b);
	assert_memory_equal(a, "new/parent/run-", 15);
	assert_int_equal(entries("new/parent"), 2);
}

static void publishes_once(void **state)
{
	struct err e = { 0 };

	(void)state;
	dir_make("one", &e);
	file_write("one/f", "one", 3, &e);
	dir_make("two", &e);
	file_write("two/f", "two", 3, &e);
	assert_int_equal(dir_publish("one", "final", &e), 0);
	assert_int_equal(dir_publish("two", "final", &e), -EEXIST);
	assert_content("final/f", "one");
	assert_content("two/f", "two");
	assert_int_equal(dir_publish("none", "final", &e), -ENOENT);
}

static void lock_is_exclusive(void **state)
{
	struct err e = { 0 };
	int fd, again;

	(void)state;
	fd = file_lock("lock", true, &e);
	assert_true(fd >= 0);
	assert_int_equal(file_lock("lock", false, &e), -EWOULDBLOCK);
	assert_non_null(strstr(e.text, "lock lock"));
	close(fd);
	again = file_lock("lock", false, &e);
	assert_true(again >= 0);
	assert_true(fcntl(again, F_GETFD) & FD_CLOEXEC);
	close(again);
	assert_int_equal(file_lock("none/lock", true, &e), -ENOENT);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_folder(reads_whole_and_appends),
		in_folder(read_has_a_limit),
		in_folder(atomic_write_replaces),
		in_folder(atomic_write_leaves_old_on_failure),
		in_folder(atomic_write_leaves_no_litter),
		in_folder(copies),
		in_folder(makes_folders),
		in_folder(remove_does_not_follow_links_out),
		in_folder(counts_bytes),
		in_folder(temp_folders_differ),
		in_folder(publishes_once),
		in_folder(lock_is_exclusive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
