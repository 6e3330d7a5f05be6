// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/replay_time.h"

#include "base/clock.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>

#define WARM_BLOCKS 20
#define COLD_BLOCKS 10
#define CALLS_MAX 50
#define CALLS_MIN 3
#define TURNS 5		 /* of each side in a block */
#define TURN_NS 8000000u /* that one of warm calls may take, with what is put back */

static int check_time(double ns, struct err *e)
{
	if (ns > 0)
		return 0;
	return err_unmeasured(e, ERANGE,
			      "a call takes no more than what the harness takes to make one, so it "
			      "cannot be timed");
}

/* @n calls more of the block, whose times stand before in @ns. */
static int call(struct replay_child *k, unsigned n, enum replay_caches caches, double *ns,
		struct replay_block *block, struct err *e)
{
	struct replay_call calls[CALLS_MAX];
	int r = replay_child_call(k, n, caches == REPLAY_COLD, calls, e);

	for (unsigned i = 0; r == 0 && i < n; i++) {
		ns[i] = calls[i].ns;
		r = check_time(calls[i].ns, e);
		if (r < 0 || calls[i].ns >= block->ns)
			continue;
		block->ns = calls[i].ns;
		block->cycles = calls[i].cycles;
	}
	return r;
}

/* As many calls as a turn has time for, by one that nobody keeps. */
static int find_calls(struct replay_child *children[2], unsigned *out, struct err *e)
{
	double ignored[CALLS_MIN];
	uint64_t worst = 1;

	for (unsigned i = 0; i < 2; i++) {
		struct replay_block block = { .ns = INFINITY };
		uint64_t start = clock_ns();
		int r = call(children[i], CALLS_MIN, REPLAY_WARM, ignored, &block, e);

		if (r < 0)
			return r;
		if (clock_ns() - start > worst)
			worst = clock_ns() - start;
	}
	*out = (unsigned)(TURN_NS * (uint64_t)CALLS_MIN / worst);
	*out = *out < CALLS_MIN ? CALLS_MIN : *out > CALLS_MAX ? CALLS_MAX : *out;
	return 0;
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
		      enum replay_caches caches, unsigned b, unsigned calls, struct err *e)
{
	double ns[2][CALLS_MAX * TURNS];

	for (unsigned side = 0; side < 2; side++) {
		struct replay_times *times = &t->times[side][caches];

		times->blocks[b] = (struct replay_block){ .ns = INFINITY };
		times->n_blocks = b + 1;
		times->calls = calls * TURNS;
	}
	for (unsigned turn = 0; turn < 2 * TURNS; turn++) {
		unsigned side = (turn & 1) ^ new_first(t, b);
		int r = call(children[side], calls, caches, &ns[side][turn / 2 * calls],
			     &t->times[side][caches].blocks[b], e);

		t->refused = side;
		if (r < 0)
			return r;
	}
	for (unsigned side = 0; side < 2; side++) {
		stats_sort(ns[side], (size_t)calls * TURNS);
		t->times[side][caches].blocks[b].median_ns =
			stats_median_sorted(ns[side], (size_t)calls * TURNS);
	}
	return 0;
}

static int take_blocks(struct replay_timing *t, struct replay_child *children[2],
		       enum replay_caches caches, unsigned blocks, unsigned calls, struct err *e)
{
	for (unsigned b = 0; b < blocks; b++) {
		int r = take_block(t, children, caches, b, calls, e);

		if (r < 0)
			return r;
		if (t->cancel && atomic_load(t->cancel))
			return err_set(e, ECANCELED, "interrupted");
	}
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
	unsigned calls;
	int r = find_calls(children, &calls, e);

	if (r == 0)
		r = take_blocks(t, children, REPLAY_WARM, WARM_BLOCKS, calls, e);
	if (r == 0)
		r = take_blocks(t, children, REPLAY_COLD, COLD_BLOCKS, 1, e);
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
