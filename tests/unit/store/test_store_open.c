// SPDX-License-Identifier: GPL-2.0-or-later
/* Databases that cannot be opened, and those that several processes open at once. */
#include "base/file.h"
#include "store/database.h"
#include "store/store.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char *dir;

static int enter(void **state)
{
	struct err e = { 0 };

	(void)state;
	return dir_temp("/tmp", "slowpath-test-", &dir, &e);
}

static int leave(void **state)
{
	int r = dir_remove(dir, NULL);

	(void)state;
	free(dir);
	return r;
}

static void assert_refused(const char *data_dir, const char *part, const char *other)
{
	struct store *s = NULL;
	struct err e = { 0 };

	assert_true(store_open(data_dir, &s, &e) < 0);
	assert_null(s);
	assert_int_equal(e.status, ERR_TOOL);
	if (!strstr(e.text, part) || !strstr(e.text, other))
		fail_msg("'%s' does not say '%s' and '%s'", e.text, part, other);
}

static void execute(const char *statement)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", dir);
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, statement, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void newer_schemas_are_refused(void **state)
{
	(void)state;
	execute("PRAGMA user_version = 1000");
	assert_refused(dir, "schema 1000", "newer slowpath");
	execute("PRAGMA user_version = 2147483647");
	assert_refused(dir, "schema 2147483647", "newer slowpath");
	execute("PRAGMA user_version = 1");
	assert_refused(dir, "schema 1", "never released");
}

static void other_files_are_refused(void **state)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", dir);
	char junk[4096];
	struct err e = { 0 };

	(void)state;
	memset(junk, 'x', sizeof(junk));
	assert_int_equal(file_write(path, junk, sizeof(junk), &e), 0);
	assert_refused(dir, "not a database", "move the file away");
	assert_int_equal(file_size(path), sizeof(junk));
}

static void damage_is_told(void **state)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", dir);
	_cleanup_buf_ struct buf b = { 0 };
	struct store *s = NULL;
	struct err e = { 0 };
	json_t *command = json_array();
	struct store_experiment x = { "x", "n", command, "exact", "performance", "0" };

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	store_close(s);
	assert_int_equal(file_read(path, 1 << 20, &b, &e), 0);
	memset(b.data + 100, 0xff, b.len - 100);
	assert_int_equal(file_write(path, b.data, b.len, &e), 0);
	s = NULL;
	if (store_open(dir, &s, &e) == 0)
		assert_true(store_add_experiment(s, &x, &e) < 0);
	if (!strstr(e.text, "move the file away"))
		fail_msg("%s", e.text);
	store_close(s);
	json_decref(command);
}

static void folders_are_made(void **state)
{
	_cleanup_free_ char *below = str_printf("%s/a/b", dir);
	struct store *s = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(store_open(below, &s, &e), 0);
	store_close(s);
}

static void a_file_is_no_folder(void **state)
{
	_cleanup_free_ char *file = str_printf("%s/file", dir), *below = NULL;
	struct err e = { 0 };

	(void)state;
	below = str_printf("%s/data", file);
	assert_int_equal(file_write(file, "", 0, &e), 0);
	assert_refused(below, file, "");
	/* And a folder where the database should be is no file. */
	free(below);
	below = str_printf("%s/slowpath.db", dir);
	assert_int_equal(mkdir(below, 0755), 0);
	assert_refused(dir, "slowpath.db", "--home DIR");
}

/* Runs @body in a child, as a user without rights if @nobody. */
static pid_t start(void (*body)(void), bool nobody)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (nobody && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(77);
		body();
		_exit(0);
	}
	return pid;
}

static int finish(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void open_unwritable(void)
{
	struct store *s = NULL;
	struct err e = { 0 };

	/* Exit statuses, as nothing may be asserted in a child. */
	if (store_open(dir, &s, &e) == 0)
		_exit(1);
	_exit(strstr(e.text, "--home DIR") ? 42 : 2);
}

static void unwritable_folders_are_told(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(chmod(dir, 0555), 0);
	assert_int_equal(finish(start(open_unwritable, true)), 42);
}

static void add_to_unwritable(void)
{
	json_t *command = json_array();
	struct store_experiment x = { "x", "n", command, "exact", "performance", "0" };
	struct store *s = NULL;
	struct err e = { 0 };

	if (store_open(dir, &s, &e) == 0 && store_add_experiment(s, &x, &e) == 0)
		_exit(1);
	_exit(strstr(e.text, "--home DIR") ? 42 : 2);
}

static void unwritable_databases_are_told(void **state)
{
	struct store *s = NULL;
	struct err e = { 0 };

	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(store_open(dir, &s, &e), 0);
	store_close(s);
	assert_int_equal(chmod(dir, 0555), 0);
	assert_int_equal(finish(start(add_to_unwritable, true)), 42);
}

static void an_experiment_has_one_process(void **state)
{
	json_t *command = json_array();
	struct store_experiment x = { "x", "n", command, "exact", "performance", "0" };
	struct store *maker = NULL, *other = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(store_open(dir, &maker, &e), 0);
	assert_int_equal(store_open(dir, &other, &e), 0);
	assert_int_equal(store_add_experiment(maker, &x, &e), 0);
	x.id = "y";
	assert_int_equal(store_add_experiment(maker, &x, &e), 0);
	/* Both are its own, as often as it asks. */
	assert_int_equal(store_claim(maker, "x", &e), 0);
	assert_int_equal(store_claim(other, "x", &e), -EBUSY);
	assert_non_null(strstr(e.text, "another slowpath is at experiment 'x'"));
	e = (struct err){ 0 };
	assert_int_equal(store_claim(other, "z", &e), -ENOENT);
	e = (struct err){ 0 };
	store_close(maker);
	assert_int_equal(store_claim(other, "x", &e), 0);
	assert_int_equal(store_claim(other, "y", &e), 0);
	store_close(other);
	json_decref(command);
}

/* On a file system of several machines, or without the memory for it, there is no log. */
static void a_log_is_where_it_can_be(void **state)
{
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL), *other = sqlite3_vfs_find("unix-dotfile");
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", dir);
	_cleanup_free_ char *log = str_printf("%s-wal", path);
	_cleanup_buf_ struct buf b = { 0 };
	json_t *command = json_array();
	struct store_experiment x = { "x", "n", command, "exact", "performance", "0" };
	struct store *s = NULL;
	struct err e = { 0 };

	(void)state;
	assert_non_null(other);
	assert_true(database_shared_by_machines(0x6969));
	assert_false(database_shared_by_machines(0xef53));
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_add_experiment(s, &x, &e), 0);
	assert_true(file_exists(log));
	store_close(s);
	assert_false(file_exists(log));
	/* It has one in its header now; with locks that have no memory it is taken back. */
	sqlite3_vfs_register(other, 1);
	if (store_open(dir, &s, &e) < 0)
		fail_msg("%s", e.text);
	x.id = "y";
	assert_int_equal(store_add_experiment(s, &x, &e), 0);
	assert_false(file_exists(log));
	store_close(s);
	sqlite3_vfs_register(usual, 1);
	assert_int_equal(file_read(path, 1 << 20, &b, &e), 0);
	assert_int_equal(b.data[18], 1);
	json_decref(command);
}

/* A file that cannot be written and has no log is read without locks. */
static void a_frozen_file_is_believed_if_it_stays(void **state)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", dir);
	struct database d = { 0 };
	struct store *s = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	store_close(s);
	assert_int_equal(database_find(path, &d, &e), 0);
	d.access = DATABASE_FROZEN;
	assert_int_equal(database_settled(&d, 0, &e), 0);
	assert_int_equal(database_settled(&d, -EIO, &e), -EIO);
	execute("CREATE TABLE other (a)");
	assert_int_equal(database_settled(&d, 0, &e), -EBUSY);
	assert_non_null(strstr(e.text, path));
	/* What looked like damage may be that. */
	assert_int_equal(database_settled(&d, -EIO, &e), -EBUSY);
	assert_int_equal(database_writable(&d, &e), -EROFS);
	database_close(&d);
}

#define WRITERS 4
#define EACH 10

static void write_experiments(void)
{
	json_t *command = json_array();
	struct store *s = NULL;
	struct err e = { 0 };
	char id[64];
	struct store_experiment x = { id, "n", command, "exact", "performance", "0" };

	if (store_open(dir, &s, &e) < 0)
		_exit(1);
	for (unsigned i = 0; i < EACH; i++) {
		snprintf(id, sizeof(id), "%d-%u", (int)getpid(), i);
		if (store_add_experiment(s, &x, &e) < 0)
			_exit(2);
	}
	store_close(s);
}

/* All find no database, one makes it, none is lost. */
static void several_processes_share_it(void **state)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", dir);
	sqlite3_stmt *q;
	pid_t pids[WRITERS];
	sqlite3 *db;

	(void)state;
	for (unsigned i = 0; i < WRITERS; i++)
		pids[i] = start(write_experiments, false);
	for (unsigned i = 0; i < WRITERS; i++)
		assert_int_equal(finish(pids[i]), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM experiment", -1, &q, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(q, 0), WRITERS * EACH);
	sqlite3_finalize(q);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(newer_schemas_are_refused, enter, leave),
		cmocka_unit_test_setup_teardown(other_files_are_refused, enter, leave),
		cmocka_unit_test_setup_teardown(damage_is_told, enter, leave),
		cmocka_unit_test_setup_teardown(folders_are_made, enter, leave),
		cmocka_unit_test_setup_teardown(a_file_is_no_folder, enter, leave),
		cmocka_unit_test_setup_teardown(unwritable_folders_are_told, enter, leave),
		cmocka_unit_test_setup_teardown(unwritable_databases_are_told, enter, leave),
		cmocka_unit_test_setup_teardown(an_experiment_has_one_process, enter, leave),
		cmocka_unit_test_setup_teardown(a_log_is_where_it_can_be, enter, leave),
		cmocka_unit_test_setup_teardown(a_frozen_file_is_believed_if_it_stays, enter,
						leave),
		cmocka_unit_test_setup_teardown(several_processes_share_it, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
