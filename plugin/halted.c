// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/halted.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

/* QEMU's: what the clock shows, what was executed, and ticks of what was executed. */
struct clock {
	int64_t (*get)(void);
	int64_t (*executed)(void);
	int64_t (*to_ticks)(int64_t insns);
	int64_t bias;
};

static void *read_bias(void *arg)
{
	struct clock *c = arg;

	c->bias = c->get() - c->to_ticks(c->executed());
	return NULL;
}

bool halted_ticks(uint64_t *out)
{
	struct clock c = { 0 };
	pthread_t thread;

	/* The way POSIX has for pointers to functions. */
	*(void **)&c.get = dlsym(RTLD_DEFAULT, "icount_get");
	*(void **)&c.executed = dlsym(RTLD_DEFAULT, "icount_get_raw");
	*(void **)&c.to_ticks = dlsym(RTLD_DEFAULT, "icount_to_ns");
	if (!c.get || !c.executed || !c.to_ticks)
		return false;
	if (pthread_create(&thread, NULL, read_bias, &c) != 0)
		return false;
	pthread_join(thread, NULL);
	*out = (uint64_t)c.bias;
	return true;
}
