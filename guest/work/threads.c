// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/threads.h"

#include "guest/work/call.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static struct {
	unsigned others;
	const struct job *jobs;
	atomic_uint round; /* that is to be got ready for; a futex */
	atomic_uint go;	   /* round that may start */
	atomic_uint ready, done;
	atomic_int error;
} team;

static void *work(void *arg)
{
	unsigned index = (unsigned)(uintptr_t)arg, round = 0;

	for (;;) {
		long result = 0;
		int r;

		while (atomic_load(&team.round) == round)
			call6(SYS_futex, (long)&team.round, FUTEX_WAIT_PRIVATE, round, 0, 0, 0);
		round++;
		atomic_fetch_add(&team.ready, 1);
		while (atomic_load(&team.go) != round)
			relax();
		r = ops_run(team.jobs[index].from, team.jobs[index].end, &result);
		if (r < 0)
			atomic_store(&team.error, r);
		atomic_fetch_add(&team.done, 1);
	}
	return NULL;
}

static int start_one(unsigned cpu)
{
	pthread_attr_t attr;
	pthread_t thread;
	cpu_set_t set;
	int r;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	r = pthread_attr_init(&attr);
	if (r == 0)
		r = pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (r == 0)
		r = pthread_create(&thread, &attr, work, (void *)(uintptr_t)cpu);
	return -r;
}

int threads_start(unsigned count)
{
	if (team.others)
		return 0;
	if (count > THREADS_MAX)
		return -E2BIG;
	for (unsigned cpu = 1; cpu < count; cpu++) {
		int r = start_one(cpu);

		if (r < 0)
			return r;
		team.others++;
	}
	return 0;
}

void threads_ready(const struct job *jobs)
{
	team.jobs = jobs;
	atomic_store(&team.ready, 0);
	atomic_store(&team.done, 0);
	atomic_fetch_add(&team.round, 1);
	call6(SYS_futex, (long)&team.round, FUTEX_WAKE_PRIVATE, INT_MAX, 0, 0, 0);
	while (atomic_load(&team.ready) != team.others)
		relax();
}

int threads_run(void)
{
	long result = 0;
	int r;

	atomic_store(&team.go, atomic_load(&team.round));
	r = ops_run(team.jobs[0].from, team.jobs[0].end, &result);
	while (atomic_load(&team.done) != team.others)
		relax();
	return r < 0 ? r : atomic_load(&team.error);
}
