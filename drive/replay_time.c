// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/replay_time.h"

#include "base/clock.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>

#define WARM_BLOCKS 20
#define COLD_BLOCKS 10
#define CALLS 4	     /* that a turn asks for, of those that have the core for themselves */
#define TURNS 5	     /* of each side in a block */
#define TURN_MS 40   /* that one may take, whatever comes of it */
#define BLOCKS_MIN 8 /* fewer have no interval at 99 % */
#define WARM_LIMIT_MS 8000u
#define COLD_LIMIT_MS 4000u
#define NS_PER_MS 1000000u

/* What a block's turns of one side have brought. */
struct turns {
	double ns[CALLS * TURNS];
	unsigned n;
	struct replay_block block;
};

static int check_time(double ns, struct err *e)
{
	if (ns > 0)
		return 0;
	return err_unmeasured(e, ERANGE,
			      "a call takes no more than what the harness takes to make one, so it "
			      "cannot be timed");
}

static int take_turn(struct replay_child *k, enum replay_caches caches, struct turns *t,
		     unsigned *dropped, struct err *e)
{
	const unsigned n = caches == REPLAY_COLD ? 1 : CALLS;
	struct replay_call calls[CALLS];
	unsigned got = 0, shared = 0;
	int r = replay_child_quiet(k, n, caches == REPLAY_COLD, TURN_MS, calls, &got, &shared, e);

	*dropped += shared;
	for (unsigned i = 0; r == 0 && i < got; i++) {
		t->ns[t->n++] = calls[i].ns;
		r = check_time(calls[i].ns, e);
		if (r < 0 || calls[i].ns >= t->block.ns)
			continue;
		t->block.ns = calls[i].ns;
		t->block.cycles = calls[i].cycles;
	}
	return r;
}

static void sum_up(struct replay_times *t)
{
	double medians[REPLAYED_BLOCKS_MAX];

	t->min_ns = t->min_cycles = INFINITY;
	for (unsigned i = 0; i < t->n_blocks; i++) {
		medians[i] = t->blocks[i].median_ns;
		t->min_ns = fmin(t->min_ns, t->blocks[i].ns);
		t->min_cycles = fmin(t->min_cycles, t->blocks[i].cycles);
	}
	stats_sort(medians, t->n_blocks);
	t->median_ns = stats_median_sorted(medians, t->n_blocks);
}

/* OLD first in every other block, by the seed in which. */
static bool new_first(const struct replay_timing *t, unsigned block)
{
	return ((block + t->seed) & 1) != 0;
}

/* Turns as short as they can be, so that both sides see the same of what the machine does. */
static int take_block(struct replay_timing *t, struct replay_child *children[2],
		      enum replay_caches caches, unsigned b, struct err *e)
{
	struct turns turns[2] = { { .block = { .ns = INFINITY } },
				  { .block = { .ns = INFINITY } } };

	for (unsigned turn = 0; turn < 2 * TURNS; turn++) {
		unsigned side = (turn & 1) ^ new_first(t, b);
		int r = take_turn(children[side], caches, &turns[side],
				  &t->times[side][caches].dropped, e);

		t->refused = side;
		if (r < 0)
			return r;
	}
	if (!turns[0].n || !turns[1].n)
		return 0;
	for (unsigned side = 0; side < 2; side++) {
		struct replay_times *times = &t->times[side][caches];

		stats_sort(turns[side].ns, turns[side].n);
		turns[side].block.median_ns = stats_median_sorted(turns[side].ns, turns[side].n);
		times->blocks[times->n_blocks++] = turns[side].block;
		times->calls += turns[side].n;
	}
	return 0;
}

static int take_blocks(struct replay_timing *t, struct replay_child *children[2],
		       enum replay_caches caches, unsigned blocks, unsigned limit_ms, struct err *e)
{
	const struct replay_times *times = &t->times[0][caches];
	const uint64_t start = clock_ns();
	unsigned tried = 0;

	while (times->n_blocks < blocks && clock_ns() - start < (uint64_t)limit_ms * NS_PER_MS) {
		int r = take_block(t, children, caches, tried++, e);

		if (r < 0)
			return r;
		if (t->cancel && atomic_load(t->cancel))
			return err_set(e, ECANCELED, "interrupted");
	}
	if (times->n_blocks < BLOCKS_MIN)
		return err_unmeasured(e, EBUSY,
				      "the machine is too restless: of the processor's core this "
				      "thread had too little for itself, and %u calls were "
				      "dropped for it",
				      times->dropped + t->times[1][caches].dropped);
	for (unsigned side = 0; side < 2; side++)
		sum_up(&t->times[side][caches]);
	return 0;
}

static int judge(struct replay_timing *t, enum replay_caches caches, struct err *e)
{
	const unsigned n = t->times[0][caches].n_blocks;
	double ns[2][REPLAYED_BLOCKS_MAX];
	double insns = (double)t->captures[1].insns / (double)t->captures[0].insns;
	int r;

	for (unsigned i = 0; i < n; i++) {
		for (unsigned side = 0; side < 2; side++)
			ns[side][i] = t->times[side][caches].blocks[i].ns;
	}
	r = replayed_judge(ns[0], ns[1], n, t->threshold, insns, &t->judged[caches]);
	return r < 0 ? err_errno(e, -r, "judging times") : 0;
}

static int time_children(struct replay_timing *t, struct replay_child *children[2], struct err *e)
{
	int r = take_blocks(t, children, REPLAY_WARM, WARM_BLOCKS, WARM_LIMIT_MS, e);

	if (r == 0)
		r = take_blocks(t, children, REPLAY_COLD, COLD_BLOCKS, COLD_LIMIT_MS, e);
	/* Whatever was called so often has to leave what the proven call left. */
	for (unsigned i = 0; r == 0 && i < 2; i++) {
		r = replay_child_check(children[i], e);
		t->refused = i;
	}
	if (r == 0)
		r = judge(t, REPLAY_WARM, e);
	return r < 0 ? r : judge(t, REPLAY_COLD, e);
}

int replay_time(struct replay_timing *t, struct err *e)
{
	struct replay_child *children[2] = { NULL, NULL };
	int r = 0;

	for (unsigned i = 0; r == 0 && i < 2; i++) {
		t->refused = i;
		r = replay_child_open(&t->captures[i], &t->options, &children[i], &t->results[i],
				      e);
	}
	if (r == 0)
		r = time_children(t, children, e);
	for (unsigned i = 0; i < 2; i++) {
		if (children[i])
			replay_child_close(children[i]);
	}
	return r;
}

void replay_timing_free(struct replay_timing *t)
{
	replay_result_free(&t->results[0]);
	replay_result_free(&t->results[1]);
}
