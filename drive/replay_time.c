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
#define BLOCK_NS 25000000u /* that a block of warm calls may take, its resets included */

static int call(struct replay_child *k, unsigned n, enum replay_caches caches,
		struct replay_block *out, struct err *e)
{
	struct replay_call calls[CALLS_MAX];
	double ns[CALLS_MAX];
	int r = replay_child_call(k, n, caches == REPLAY_COLD, calls, e);

	if (r < 0)
		return r;
	*out = (struct replay_block){ .ns = INFINITY };
	for (unsigned i = 0; i < n; i++) {
		ns[i] = calls[i].ns;
		if (calls[i].ns >= out->ns)
			continue;
		out->ns = calls[i].ns;
		out->cycles = calls[i].cycles;
	}
	if (!(out->ns > 0))
		return err_unmeasured(e, ERANGE,
				      "a call takes no more than what the harness takes to make "
				      "one, so it cannot be timed");
	stats_sort(ns, n);
	out->median_ns = stats_median_sorted(ns, n);
	return 0;
}

/* As many calls as a block has time for, by one block that nobody keeps. */
static int find_calls(struct replay_child *children[2], unsigned *out, struct err *e)
{
	struct replay_block ignored;
	uint64_t worst = 1;

	for (unsigned i = 0; i < 2; i++) {
		uint64_t start = clock_ns();
		int r = call(children[i], CALLS_MIN, REPLAY_WARM, &ignored, e);

		if (r < 0)
			return r;
		if (clock_ns() - start > worst)
			worst = clock_ns() - start;
	}
	*out = (unsigned)(BLOCK_NS * (uint64_t)CALLS_MIN / worst);
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

static int take_blocks(struct replay_timing *t, struct replay_child *children[2],
		       enum replay_caches caches, unsigned blocks, unsigned calls, struct err *e)
{
	for (unsigned b = 0; b < blocks; b++) {
		for (unsigned k = 0; k < 2; k++) {
			unsigned side = k ^ new_first(t, b);
			struct replay_times *times = &t->times[side][caches];
			int r = call(children[side], calls, caches, &times->blocks[b], e);

			t->refused = side;
			if (r < 0)
				return r;
			times->n_blocks = b + 1;
			times->calls = calls;
		}
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
		r = take_blocks(t, children, REPLAY_COLD, COLD_BLOCKS, CALLS_MIN, e);
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
