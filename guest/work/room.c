// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/room.h"

#include "guest/work/call.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#define LIBRARY_BYTES (16 << 20)

/* Where operations begin, and where the break is. */
static uint64_t first_break, last_break;

/*
 * The C library's heap grows by brk(), too: it gets all that it will ever want at once, and gives
 * nothing back. What comes behind belongs to operations.
 */
static int find_break(void)
{
	void *volatile pieces[4]; /* or a compiler sees that nobody needs them */

	mallopt(M_TOP_PAD, LIBRARY_BYTES);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	for (unsigned i = 0; i < 4; i++)
		pieces[i] = malloc(64 << 10);
	for (unsigned i = 0; i < 4; i++)
		free(pieces[i]);
	first_break = ((uint64_t)call1(SYS_brk, 0) + 4095) / 4096 * 4096;
	last_break = (uint64_t)call1(SYS_brk, first_break);
	return last_break == first_break ? 0 : -ENOMEM;
}

static long run_brk(const struct op *op)
{
	const uint64_t target = first_break + (uint64_t)op->arg, each = (uint64_t)op->arg2;

	while (last_break != target) {
		uint64_t left = last_break < target ? target - last_break : last_break - target;
		uint64_t step = each && each < left ? each : left;
		uint64_t next = last_break < target ? last_break + step : last_break - step;

		if ((uint64_t)call1(SYS_brk, next) != next)
			return -ENOMEM;
		last_break = next;
	}
	return 0;
}

int room_resolve(const struct plan_op *p, struct op *out)
{
	out->arg2 = (long)p->each;
	out->run = run_brk;
	return first_break ? 0 : find_break();
}
