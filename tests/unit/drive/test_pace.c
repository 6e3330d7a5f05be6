// SPDX-License-Identifier: GPL-2.0-or-later
/* How far a loop has come and what is left, and which failures end it. */
#include "drive/measure/measuring.h"
#include "drive/session/pace.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>

struct heard {
	unsigned n;
	struct teller_step last;
};

static void hear_step(void *arg, const struct teller_step *step)
{
	struct heard *h = arg;

	h->n++;
	h->last = *step;
}

static void steps_are_told_from_one_on(void **state)
{
	struct heard h = { 0 };
	const struct teller t = { .step = hear_step, .arg = &h };
	struct pace p;

	(void)state;
	pace_begin(&p, &t, 10, 60);
	pace_tell(&p, "a/b", NULL);
	assert_int_equal(h.last.at, 1);
	assert_int_equal(h.last.of, 10);
	assert_string_equal(h.last.scenario, "a/b");
	pace_made(&p);
	pace_spared(&p, 3);
	pace_tell(&p, "a/b", "again");
	assert_int_equal(h.last.at, 5);
	assert_string_equal(h.last.what, "again");
	assert_int_equal(h.n, 2);
}

static void what_is_left_follows_the_pace(void **state)
{
	struct pace p;

	(void)state;
	pace_begin(&p, NULL, 10, 60);
	assert_true(pace_left_s(&p, 5) == 60); /* as was assumed */
	pace_spared(&p, 5);
	assert_true(pace_left_s(&p, 5) == 30);
	pace_made(&p);
	assert_true(pace_left_s(&p, 7) == 28); /* one took seven seconds, and four are left */
	pace_spared(&p, 4);
	assert_true(isnan(pace_left_s(&p, 7)));
	pace_begin(&p, NULL, 0, 60);
	assert_true(isnan(pace_left_s(&p, 7)));
	pace_tell(&p, NULL, NULL); /* nobody hears it */
}

static void what_is_not_the_kernels_ends_all(void **state)
{
	struct err unmeasured = { .code = -EPROTO, .status = ERR_UNMEASURED };
	struct err stopped = { .code = -ECANCELED, .status = ERR_UNMEASURED };
	struct err host = { .code = -ENOSPC, .status = ERR_TOOL };
	struct err died = { .code = -EIO, .status = ERR_TOOL };
	struct err none = { 0 };
	struct run started = { .argv = json_array() }, not_started = { 0 };
	unsigned in_a_row = 0;

	(void)state;
	assert_true(failure_is_the_kernels(&unmeasured));
	assert_false(failure_is_the_kernels(&stopped));
	assert_false(failure_is_the_kernels(&host));
	assert_false(failure_ends_all(&in_a_row, &started, &unmeasured));
	assert_true(failure_ends_all(&in_a_row, &started, &stopped));
	assert_true(failure_ends_all(&in_a_row, &started, &host));
	assert_true(failure_ends_all(&in_a_row, &not_started, &died));
	/* A QEMU that died is the run's failure, twice in a row. */
	for (int i = 0; i < 2; i++) {
		died.status = ERR_TOOL;
		assert_false(failure_ends_all(&in_a_row, &started, &died));
		assert_int_equal(died.status, ERR_UNMEASURED);
	}
	died.status = ERR_TOOL;
	assert_true(failure_ends_all(&in_a_row, &started, &died));
	/* A run that went well says that it was not the machine. */
	assert_false(failure_ends_all(&in_a_row, &started, &none));
	assert_int_equal(in_a_row, 0);
	json_decref(started.argv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_told_from_one_on),
		cmocka_unit_test(what_is_left_follows_the_pace),
		cmocka_unit_test(what_is_not_the_kernels_ends_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
