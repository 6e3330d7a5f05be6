// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/err.h"
#include "tests/unit/unit.h"
#include "vm/patience.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define S 1000000000ull
#define DEADLINE_S 10
#define BUDGET ((uint64_t)DEADLINE_S * PATIENCE_INSNS_PER_S)

static struct patience started(const struct patience_look *first)
{
	struct patience p;

	patience_start(&p, DEADLINE_S, first);
	return p;
}

/* A look every second from 1 to @seconds; the second at which it failed, or 0. */
static unsigned look_on(struct patience *p, struct patience_look l, uint64_t insns, uint64_t cpu_ns,
			unsigned seconds, struct err *e)
{
	for (unsigned s = 1; s <= seconds; s++) {
		l.now_ns += S;
		l.insns += insns;
		l.cpu_ns += cpu_ns;
		if (patience_look(p, &l, "booting", e) < 0)
			return s;
	}
	return 0;
}

static void a_guest_that_executes_is_slow_and_not_hung(void **state)
{
	struct patience_look l = { .now_ns = 5 * S, .counted = true, .insns = 700 };
	struct patience p = started(&l);
	struct err e = { 0 };

	(void)state;
	/* A hundred deadlines of the host's time, at a thousandth of its speed. */
	assert_int_equal(
		look_on(&p, l, PATIENCE_INSNS_PER_S / 1000, S / 1000, 100 * DEADLINE_S, &e), 0);
}

static void the_budget_is_the_guests_end(void **state)
{
	struct patience_look l = { .now_ns = 5 * S, .counted = true, .insns = 700 };
	struct patience p = started(&l);
	struct err e = { 0 };

	(void)state;
	l.insns += BUDGET;
	assert_int_equal(patience_look(&p, &l, "booting", &e), 0);
	l.insns++;
	assert_int_equal(patience_look(&p, &l, "booting", &e), -ETIME);
	assert_int_equal(e.status, ERR_UNMEASURED);
	assert_non_null(strstr(e.text, "hung while booting: it executed 2.500 billion"));
	assert_non_null(strstr(e.text, "--deadline 10 allows 2.500 billion"));
}

static void a_host_that_gives_nothing_is_the_hosts_end(void **state)
{
	struct patience_look l = { .now_ns = 5 * S, .counted = true };
	struct patience p = started(&l);
	struct err e = { 0 };

	(void)state;
	l.now_ns += S;
	l.insns = 3 * S / 2;
	assert_int_equal(patience_look(&p, &l, "booting", &e), 0);
	assert_int_equal(look_on(&p, l, 0, 0, 100, &e), DEADLINE_S + 1);
	assert_int_equal(e.status, ERR_TOOL);
	assert_non_null(
		strstr(e.text, "nothing for 10 s while booting; it executed 1.500 billion"));
	assert_non_null(strstr(e.text, "--deadline"));
}

static void a_guest_that_sleeps_for_good_is_the_guests_end(void **state)
{
	struct patience_look l = { .now_ns = 5 * S, .counted = true, .asleep = true };
	struct patience p = started(&l);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(look_on(&p, l, 0, 0, 100, &e), DEADLINE_S + 1);
	assert_int_equal(e.status, ERR_UNMEASURED);
	assert_non_null(strstr(e.text, "halted"));
}

/* Awake at the first look, as on a host that came to it late: it has still halted. */
static void halted_late_is_the_guests_end(void **state)
{
	struct patience_look l = { .now_ns = 5 * S, .counted = true };
	struct patience p = started(&l);
	struct err e = { 0 };

	(void)state;
	l.now_ns += 3 * S;
	assert_int_equal(patience_look(&p, &l, "booting", &e), 0);
	l.asleep = true;
	assert_int_equal(look_on(&p, l, 0, 0, 100, &e), DEADLINE_S + 1);
	assert_int_equal(e.status, ERR_UNMEASURED);
}

/* It wakes now and then and gets no CPU: that is not the guest's wish. */
static void asleep_and_awake_is_the_hosts_end(void **state)
{
	struct patience_look l = { .now_ns = 5 * S, .counted = true };
	struct patience p = started(&l);
	struct err e = { 0 };

	(void)state;
	for (unsigned s = 1; s <= DEADLINE_S; s++) {
		l.now_ns += S;
		l.asleep = s % 4 != 0;
		assert_int_equal(patience_look(&p, &l, "booting", &e), 0);
	}
	l.now_ns += S;
	l.asleep = true;
	assert_int_equal(patience_look(&p, &l, "booting", &e), 0);
	l.now_ns += S;
	l.asleep = false;
	assert_int_equal(patience_look(&p, &l, "booting", &e), -ETIMEDOUT);
	assert_int_equal(e.status, ERR_TOOL);
}

/* The counter stands for up to 2^31 instructions: CPU time shows that it goes on. */
static void cpu_time_without_counting_is_waited_for(void **state)
{
	struct patience_look l = { .now_ns = 5 * S, .counted = true };
	struct patience p = started(&l);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(look_on(&p, l, 0, S / 10, 1000, &e), 10 * DEADLINE_S + 1);
	assert_int_equal(e.status, ERR_UNMEASURED);
	assert_non_null(strstr(e.text, "then none in 10 s of CPU time"));
}

static void without_a_count_cpu_time_is_the_measure(void **state)
{
	struct patience_look l = { .now_ns = 5 * S, .cpu_ns = 70 * S };
	struct patience p = started(&l);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(look_on(&p, l, 0, S / 20, 1000, &e), 20 * DEADLINE_S + 1);
	assert_int_equal(e.status, ERR_UNMEASURED);
	assert_non_null(strstr(e.text, "its CPU ran for 10."));
	p = started(&l);
	assert_int_equal(look_on(&p, l, 0, 0, 1000, &e), DEADLINE_S + 1);
	assert_int_equal(e.status, ERR_TOOL);
}

static void threads_are_read(void **state)
{
	struct patience_look busy = { 0 }, asleep = { 0 }, gone = { 0 };
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		for (;;)
			pause();
	}
	for (volatile unsigned i = 0; i < 400000000; i++)
		;
	patience_read_threads(getpid(), (pid_t[]){ getpid() }, 1, &busy);
	patience_read_threads(child, &child, 1, &asleep);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	patience_read_threads(child, &child, 1, &gone);
	assert_true(busy.cpu_ns > 0 && !busy.asleep);
	assert_true(asleep.asleep);
	assert_true(!gone.asleep && !gone.cpu_ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_that_executes_is_slow_and_not_hung),
		cmocka_unit_test(the_budget_is_the_guests_end),
		cmocka_unit_test(a_host_that_gives_nothing_is_the_hosts_end),
		cmocka_unit_test(a_guest_that_sleeps_for_good_is_the_guests_end),
		cmocka_unit_test(halted_late_is_the_guests_end),
		cmocka_unit_test(asleep_and_awake_is_the_hosts_end),
		cmocka_unit_test(cpu_time_without_counting_is_waited_for),
		cmocka_unit_test(without_a_count_cpu_time_is_the_measure),
		cmocka_unit_test(threads_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
