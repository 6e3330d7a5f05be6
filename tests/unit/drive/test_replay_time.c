// SPDX-License-Identifier: GPL-2.0-or-later
/* What is judged of both sides' blocks: what they took for the same work. */
#include "drive/replay_time.h"
#include "tests/unit/unit.h"

#include <math.h>

#define N 20

static void fill(struct replay_times *t, double ns)
{
	t->n_blocks = N;
	for (unsigned i = 0; i < N; i++)
		t->blocks[i].ns = ns * (1 + .001 * (i % 5));
}

static struct replayed judge(const struct capture captures[2], const double items[2],
			     const double ns[2])
{
	struct replay_timing t = { .captures = captures,
				   .items = { items[0], items[1] },
				   .threshold = .01 };
	struct err e = { 0 };

	for (unsigned i = 0; i < 2; i++)
		fill(&t.times[i][REPLAY_WARM], ns[i]);
	assert_int_equal(replay_time_judge(&t, REPLAY_WARM, &e), 0);
	return t.judged[REPLAY_WARM];
}

/* NEW does in one call what OLD does in two. */
static void a_call_that_does_more_is_not_slower(void **state)
{
	const struct capture same_work[] = { { .insns = 1000 }, { .insns = 2000 } };
	const double items[] = { 64, 128 }, ns[] = { 400, 800 };
	const struct replayed r = judge(same_work, items, ns);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_EQUIVALENT);
	assert_true(fabs(r.ratio - 1) < .001);
}

/* Twice the time and twice the instructions for an item, in a call that does half as many. */
static void what_an_item_takes_decides(void **state)
{
	const struct capture same_call[] = { { .insns = 1000 }, { .insns = 1000 } };
	const double items[] = { 64, 32 }, ns[] = { 400, 400 };
	const struct replayed r = judge(same_call, items, ns);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_REGRESSION);
	assert_false(r.capped);
	assert_true(fabs(r.ratio - 2) < .001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_that_does_more_is_not_slower),
		cmocka_unit_test(what_an_item_takes_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
