// SPDX-License-Identifier: GPL-2.0-or-later
/* What a user may call an experiment, and what it is called in turn. */
#include "store/resolve.h"

#include "base/buf.h"
#include "base/file.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

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

/* Experiments that were begun in this order, whatever their ids say. */
static struct store *store_of(const char *const *ids)
{
	_cleanup_free_ char *path = str_printf("%s/slowpath.db", dir);
	json_t *command = json_array();
	struct store *s = NULL;
	struct err e = { 0 };
	char statement[256];
	sqlite3 *db;

	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = 0; ids[i]; i++) {
		const struct store_experiment x = { .id = ids[i],
						    .name = "test",
						    .command = command,
						    .mode = "exact",
						    .purpose = "performance",
						    .slowpath_version = "0" };

		assert_int_equal(store_add_experiment(s, &x, &e), 0);
		snprintf(statement, sizeof(statement),
			 "UPDATE experiment SET started = '2026-01-01T00:00:%02d' WHERE id = '%s'",
			 i, ids[i]);
		assert_int_equal(sqlite3_exec(db, statement, NULL, NULL, NULL), SQLITE_OK);
	}
	sqlite3_close(db);
	json_decref(command);
	return s;
}

static void assert_means(struct store *s, const char *word, const char *id)
{
	_cleanup_free_ char *found = NULL;
	struct err e = { 0 };

	if (store_resolve(s, word, &found, &e) < 0)
		fail_msg("'%s': %s", word, e.text);
	assert_string_equal(found, id);
}

static void assert_refused(struct store *s, const char *word, int code, const char *says)
{
	struct err e = { 0 };
	char *found = NULL;

	assert_int_equal(store_resolve(s, word, &found, &e), code);
	assert_null(found);
	assert_int_equal(e.status, ERR_TOOL);
	if (!strstr(e.text, says))
		fail_msg("'%s' does not say '%s'", e.text, says);
}

#define OLDEST "20261129-201033-60430d1a00000001"
#define MIDDLE "20261129-201034-60430d1b00000002"
#define NEWEST "20261128-090000-20261129ffffffff"

static void words(void **state)
{
	static const char *const ids[] = { OLDEST, MIDDLE, NEWEST, NULL };
	struct store *s = store_of(ids);

	(void)state;
	assert_means(s, OLDEST, OLDEST);
	assert_means(s, "20261129-201033", OLDEST);
	assert_means(s, "60430d1b", MIDDLE);
	assert_means(s, "20261128", NEWEST);
	assert_means(s, "20261129f", NEWEST);
	assert_means(s, "last", NEWEST);
	assert_means(s, "last~0", NEWEST);
	assert_means(s, "last~1", MIDDLE);
	assert_means(s, "last~2", OLDEST);
	assert_refused(s, "last~3", -ENOENT, "the database holds 3");
	assert_refused(s, "last~", -ENOENT, "there is no experiment 'last~'");
	assert_refused(s, "last~-1", -ENOENT, "no experiment");
	assert_refused(s, "last~1x", -ENOENT, "no experiment");
	assert_refused(s, "last~99999999999999999999", -ENOENT, "no experiment");
	assert_refused(s, "", -ENOENT, "no experiment ''");
	assert_refused(s, "0430d", -ENOENT, "no experiment '0430d'");
	assert_refused(s, "60430d1", -EINVAL, "'60430d1' is ambiguous: " OLDEST ", " MIDDLE);
	/* One begins with it, of the other two it is the day. */
	assert_refused(s, "20261129", -EINVAL, OLDEST ", " MIDDLE ", " NEWEST);
	store_close(s);
}

static void many(void **state)
{
	static const char *const ids[] = { "a1", "a2", "a3", "a4",   "a5",
					   "a6", "a7", "a",  "last", NULL };
	struct store *s = store_of(ids);

	(void)state;
	assert_means(s, "a", "a");
	assert_means(s, "last", "last"); /* somebody has called one so */
	assert_means(s, "last~2", "a7");
	assert_refused(s, "a9", -ENOENT, "no experiment");
	store_close(s);
}

static void too_many_to_list(void **state)
{
	static const char *const ids[] = { "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", NULL };
	struct store *s = store_of(ids);

	(void)state;
	assert_refused(s, "a", -EINVAL, "a1, a2, a3, a4, a5, a6 and 2 more");
	store_close(s);
}

static void assert_short(struct store *s, const char *id, const char *expected)
{
	_cleanup_free_ char *found = NULL;
	struct err e = { 0 };

	assert_int_equal(store_short_id(s, id, &found, &e), 0);
	assert_string_equal(found, expected);
	assert_means(s, found, id);
}

static void short_ids(void **state)
{
	static const char *const ids[] = { OLDEST,
					   MIDDLE,
					   NEWEST,
					   "20261129-201035-60430d1b00000003",
					   "20261129-201036-abc",
					   "20261129-201037-same",
					   "20261129-201038-same",
					   "20261129-201039-",
					   NULL };
	struct store *s = store_of(ids);

	(void)state;
	assert_short(s, OLDEST, "60430d1a");
	assert_short(s, MIDDLE, "60430d1b00000002");
	assert_short(s, NEWEST, "20261129f"); /* without the f it is a day */
	assert_short(s, ids[4], "abc");
	assert_short(s, ids[5], ids[5]);
	assert_short(s, ids[7], ids[7]);
	store_close(s);
}

static void none(void **state)
{
	static const char *const ids[] = { NULL };
	struct store *s = store_of(ids);

	(void)state;
	assert_refused(s, "last", -ENOENT, "the database holds 0");
	assert_refused(s, "2026", -ENOENT, "there is no experiment '2026' in the database");
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(words, enter, leave),
		cmocka_unit_test_setup_teardown(many, enter, leave),
		cmocka_unit_test_setup_teardown(too_many_to_list, enter, leave),
		cmocka_unit_test_setup_teardown(short_ids, enter, leave),
		cmocka_unit_test_setup_teardown(none, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
