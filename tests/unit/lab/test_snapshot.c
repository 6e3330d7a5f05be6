// SPDX-License-Identifier: GPL-2.0-or-later
/* Saved machines: which one is meant, and who makes it. */
#include "base/cleanup.h"
#include "base/file.h"
#include "lab/snapshot.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct snapshot_wait no_wait = { .deadline_s = 10 };
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

/* What a key is made of. */
struct inputs {
	const char *qemu, *kernel, *initrd;
	bool direct;
	struct machine_spec machine;
};

static struct hash_hex key_of(const struct inputs *in)
{
	char identity[64];
	struct qemu qemu = { .identity = identity };
	struct hash_hex key;
	struct err e = { 0 };

	snprintf(identity, sizeof(identity), "%s", in->qemu);
	assert_int_equal(snapshot_key(&qemu, in->kernel, in->direct, in->initrd, strlen(in->initrd),
				      &in->machine, &key, &e),
			 0);
	return key;
}

static void every_input_is_in_the_key(void **state)
{
	static const struct inputs base = {
		"qemu 7", "aaaa", "init", true, { .memory_mib = 512, .cpus = 1, .seed = 1 }
	};
	struct inputs rows[10];
	struct hash_hex keys[ARRAY_SIZE(rows)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		rows[i] = base;
	rows[1].qemu = "qemu 8";
	rows[2].kernel = "aaab";
	rows[3].initrd = "inix";
	rows[4].direct = false;
	rows[5].machine.memory_mib++;
	rows[6].machine.cpus++;
	rows[7].machine.seed++;
	rows[8].machine.cmdline = "quiet";
	rows[9].machine.nodes = 2;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		keys[i] = key_of(&rows[i]);
		for (size_t k = 0; k < i; k++) {
			if (!strcmp(keys[k].text, keys[i].text))
				fail_msg("inputs %zu and %zu have one key", k, i);
		}
	}
	assert_string_equal(key_of(&base).text, keys[0].text);
	rows[8].machine.cmdline = ""; /* nothing added is nothing added */
	assert_string_equal(key_of(&rows[8]).text, keys[0].text);
}

static void publish(struct snapshot *s, const char *what)
{
	_cleanup_free_ char *saved = str_printf("%s/saved", dir);
	struct err e = { 0 };

	assert_int_equal(file_write(saved, what, strlen(what), &e), 0);
	if (snapshot_publish(s, saved, "info\n", &e) < 0)
		fail_msg("%s", e.text);
	assert_false(file_exists(saved));
}

static void a_snapshot_is_made_and_found(void **state)
{
	_cleanup_snapshot_ struct snapshot a = SNAPSHOT_NONE, b = SNAPSHOT_NONE;
	const struct hash_hex key = hash_bytes("x", 1), other = hash_bytes("y", 1);
	_cleanup_snapshot_ struct snapshot c = SNAPSHOT_NONE;
	_cleanup_buf_ struct buf content = { 0 };
	struct err e = { 0 };
	bool exists = true;

	(void)state;
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &a, &exists, &e), 0);
	assert_false(exists);
	publish(&a, "machine");
	assert_true(file_exists(a.state));
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &b, &exists, &e), 0);
	assert_true(exists);
	assert_int_equal(file_read(b.state, 100, &content, &e), 0);
	assert_string_equal(content.data, "machine");
	assert_int_equal(snapshot_open(dir, &other, &no_wait, &c, &exists, &e), 0);
	assert_false(exists);
}

static void a_discarded_one_is_made_again(void **state)
{
	const struct hash_hex key = hash_bytes("x", 1);
	struct snapshot s;
	struct err e = { 0 };
	bool exists;

	(void)state;
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &s, &exists, &e), 0);
	publish(&s, "damaged");
	snapshot_close(&s);
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &s, &exists, &e), 0);
	assert_true(exists);
	snapshot_discard(&s);
	snapshot_close(&s);
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &s, &exists, &e), 0);
	assert_false(exists);
	publish(&s, "good");
	snapshot_close(&s);
}

static void damage_is_noticed(void **state)
{
	static const char *const damage[] = { "machinf", "machin", "machine\n", "" };
	const struct hash_hex key = hash_bytes("x", 1);
	_cleanup_free_ char *info = NULL;
	_cleanup_snapshot_ struct snapshot s = SNAPSHOT_NONE;
	struct err e = { 0 };
	bool exists;

	(void)state;
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &s, &exists, &e), 0);
	publish(&s, "machine");
	assert_int_equal(snapshot_check(&s, &e), 0);
	for (size_t i = 0; i < ARRAY_SIZE(damage); i++) {
		assert_int_equal(file_write(s.state, damage[i], strlen(damage[i]), &e), 0);
		assert_int_equal(snapshot_check(&s, &e), -EBADMSG);
	}
	assert_int_equal(file_write(s.state, "machine", 7, &e), 0);
	assert_int_equal(snapshot_check(&s, &e), 0);
	info = str_printf("%s/info", s.dir);
	assert_int_equal(file_write(info, "info\n", 5, &e), 0);
	assert_int_equal(snapshot_check(&s, &e), -EBADMSG);
	unlink(info);
	assert_int_equal(snapshot_check(&s, &e), -EBADMSG);
}

/* A maker that was killed leaves half a folder behind, and no lock. */
static void half_a_snapshot_is_none(void **state)
{
	const struct hash_hex key = hash_bytes("x", 1);
	_cleanup_free_ char *part = NULL, *junk = NULL;
	struct snapshot s;
	struct err e = { 0 };
	bool exists;

	(void)state;
	part = str_printf("%s/snapshots/%.32s.part", dir, key.text);
	junk = str_printf("%s/state", part);
	assert_int_equal(dir_make(part, &e), 0);
	assert_int_equal(file_write(junk, "half", 4, &e), 0);
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &s, &exists, &e), 0);
	assert_false(exists);
	publish(&s, "whole");
	assert_false(file_exists(part));
	snapshot_close(&s);
}

/* Somebody else makes one: the wait ends when it has lasted long enough, or is interrupted. */
static void waits_end(void **state)
{
	const struct hash_hex key = hash_bytes("x", 1);
	const struct snapshot_wait short_wait = { .deadline_s = 0 };
	_cleanup_snapshot_ struct snapshot maker = SNAPSHOT_NONE;
	struct snapshot other;
	struct snapshot_wait interrupted = no_wait;
	atomic_int cancel = 1;
	struct err e = { 0 };
	bool exists;

	(void)state;
	interrupted.cancel = &cancel;
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &maker, &exists, &e), 0);
	assert_false(exists);
	assert_int_equal(snapshot_open(dir, &key, &short_wait, &other, &exists, &e), -ETIMEDOUT);
	assert_non_null(strstr(e.text, "--deadline"));
	assert_int_equal(snapshot_open(dir, &key, &interrupted, &other, &exists, &e), -ECANCELED);
}

/* A maker on a busy host: as long as its guest executes, it is waited for. */
static void a_maker_that_shows_life_is_waited_for(void **state)
{
	const struct hash_hex key = hash_bytes("slow", 4);
	const struct snapshot_wait wait = { .deadline_s = 3 };
	_cleanup_snapshot_ struct snapshot other = SNAPSHOT_NONE;
	struct snapshot maker = SNAPSHOT_NONE;
	struct timespec pause = { .tv_nsec = 100000000 };
	struct err e = { 0 };
	bool exists;
	pid_t child;

	(void)state;
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &maker, &exists, &e), 0);
	child = fork();
	if (child == 0) {
		for (int i = 0; i < 45; i++) {
			futimens(maker.lock_fd, NULL);
			nanosleep(&pause, NULL);
		}
		_exit(0);
	}
	/* The lock is the child's now. */
	snapshot_close(&maker);
	assert_int_equal(snapshot_open(dir, &key, &wait, &other, &exists, &e), 0);
	assert_false(exists);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void nobodys_snapshot_is_discarded(void **state)
{
	const struct hash_hex key = hash_bytes("x", 1);
	_cleanup_snapshot_ struct snapshot a = SNAPSHOT_NONE;
	struct snapshot b;
	struct err e = { 0 };
	bool exists;

	(void)state;
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &a, &exists, &e), 0);
	publish(&a, "in use");
	assert_int_equal(snapshot_open(dir, &key, &no_wait, &b, &exists, &e), 0);
	snapshot_discard(&b); /* the other one uses it */
	assert_true(file_exists(a.state));
	snapshot_close(&b);
	snapshot_discard(&a);
	assert_false(file_exists(a.state));
}

/* Three open at once: one makes it, two find it. */
static void one_makes_it_the_others_wait(void **state)
{
	const struct hash_hex key = hash_bytes("x", 1);
	int made = 0, found = 0;
	pid_t pids[3];

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			_cleanup_free_ char *saved = str_printf("%s/saved-%u", dir, i);
			struct snapshot s;
			struct err e = { 0 };
			bool exists;

			if (snapshot_open(dir, &key, &no_wait, &s, &exists, &e) < 0)
				_exit(1);
			if (exists)
				_exit(11);
			usleep(50000);
			if (file_write(saved, "m", 1, &e) < 0 ||
			    snapshot_publish(&s, saved, "", &e) < 0)
				_exit(2);
			_exit(10);
		}
	}
	for (unsigned i = 0; i < ARRAY_SIZE(pids); i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		made += WEXITSTATUS(status) == 10;
		found += WEXITSTATUS(status) == 11;
	}
	assert_int_equal(made, 1);
	assert_int_equal(found, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_input_is_in_the_key),
		cmocka_unit_test_setup_teardown(a_snapshot_is_made_and_found, enter, leave),
		cmocka_unit_test_setup_teardown(a_discarded_one_is_made_again, enter, leave),
		cmocka_unit_test_setup_teardown(damage_is_noticed, enter, leave),
		cmocka_unit_test_setup_teardown(half_a_snapshot_is_none, enter, leave),
		cmocka_unit_test_setup_teardown(waits_end, enter, leave),
		cmocka_unit_test_setup_teardown(a_maker_that_shows_life_is_waited_for, enter,
						leave),
		cmocka_unit_test_setup_teardown(nobodys_snapshot_is_discarded, enter, leave),
		cmocka_unit_test_setup_teardown(one_makes_it_the_others_wait, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
