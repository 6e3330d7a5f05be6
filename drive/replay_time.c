// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/replay_time.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define BLOCKS 20
#define BLOCKS_MIN 8	/* fewer have no interval at 99 % */
#define PAIRS_FIRST 100 /* of turns, before it is looked whether the machine holds still */
#define PAIRS_COLD 20	/* of these each takes long */
#define PAIRS_MAX 1600
#define CALLS 10	/* that a turn asks for, of those that have the core for themselves */
#define TURN_MS 40	/* that one may take, whatever comes of it */
#define SPREAD_GOOD .02 /* of the blocks: more turns would tell no more */
#define WARM_LIMIT_MS 8000u
#define COLD_LIMIT_MS 3000u
#define NS_PER_MS 1000000u

/* What turns brought; a pair of them is kept where both sides had the core for themselves. */
struct series {
	struct replay_block turns[2][PAIRS_MAX];
	unsigned n;
};

static int take_turn(struct replay_child *k, enum replay_caches caches, struct replay_times *times,
		     struct replay_block *out, unsigned *got, struct err *e)
{
	const unsigned n = caches == REPLAY_COLD ? 1 : CALLS;
	struct replay_call calls[CALLS];
	double ns[CALLS];
	unsigned shared = 0;
	int r = replay_child_quiet(k, n, caches == REPLAY_COLD, TURN_MS, calls, got, &shared, e);

	times->dropped += shared;
	*out = (struct replay_block){ .ns = INFINITY };
	if (r < 0)
		return r;
	for (unsigned i = 0; i < *got; i++) {
		ns[i] = calls[i].ns;
		if (!(ns[i] > 0))
			return err_unmeasured(e, ERANGE,
					      "a call takes no more than what the harness takes to "
					      "make one, so it cannot be timed");
		if (ns[i] >= out->ns)
			continue;
		out->ns = ns[i];
		out->cycles = calls[i].cycles;
	}
	stats_sort(ns, *got);
	out->median_ns = stats_median_sorted(ns, *got);
	return 0;
}

/* OLD first in every other pair, by the seed in which. */
static bool new_first(const struct replay_timing *t, unsigned pair)
{
	return ((pair + t->seed) & 1) != 0;
}

static int take_pair(struct replay_timing *t, struct replay_child *children[2],
		     enum replay_caches caches, unsigned pair, struct series *s, struct err *e)
{
	unsigned got[2] = { 0, 0 };

	for (unsigned k = 0; k < 2; k++) {
		unsigned side = k ^ new_first(t, pair);
		int r = take_turn(children[side], caches, &t->times[side][caches],
				  &s->turns[side][s->n], &got[side], e);

		t->refused = side;
		if (r < 0)
			return r;
	}
	if (!got[0] || !got[1])
		return 0;
	for (unsigned side = 0; side < 2; side++)
		t->times[side][caches].calls += got[side];
	s->n++;
	return 0;
}

/* Turns one behind another are a block. */
static void make_blocks(const struct series *s, unsigned side, struct replay_times *t)
{
	double medians[PAIRS_MAX];

	t->n_blocks = s->n < BLOCKS ? s->n : BLOCKS;
	t->min_ns = t->min_cycles = INFINITY;
	for (unsigned b = 0; b < t->n_blocks; b++)
		t->blocks[b] = (struct replay_block){ .ns = INFINITY };
	for (unsigned i = 0; i < s->n; i++) {
		const struct replay_block *turn = &s->turns[side][i];
		struct replay_block *block = &t->blocks[i * t->n_blocks / s->n];

		if (turn->ns < block->ns)
			*block = *turn;
		t->min_ns = fmin(t->min_ns, turn->ns);
		t->min_cycles = fmin(t->min_cycles, turn->cycles);
		medians[i] = turn->median_ns;
	}
	stats_sort(medians, s->n);
	t->median_ns = stats_median_sorted(medians, s->n);
}

int replay_time_judge(struct replay_timing *t, enum replay_caches caches, struct err *e)
{
	const unsigned n = t->times[0][caches].n_blocks;
	double ns[2][REPLAYED_BLOCKS_MAX], insns[2];
	int r;

	/* One call of NEW can do what two of OLD did. */
	for (unsigned side = 0; side < 2; side++) {
		insns[side] = (double)t->captures[side].insns / t->items[side];
		for (unsigned i = 0; i < n; i++)
			ns[side][i] = t->times[side][caches].blocks[i].ns / t->items[side];
	}
	r = replayed_judge(ns[0], ns[1], n, t->threshold, insns[1] / insns[0], &t->judged[caches]);
	return r < 0 ? err_errno(e, -r, "judging times") : 0;
}

/* More turns make blocks of more calls, whose least is less left to chance. */
static bool holds_still(struct replay_timing *t, enum replay_caches caches, const struct series *s,
			struct err *e)
{
	const struct replayed *j = &t->judged[caches];

	for (unsigned side = 0; side < 2; side++)
		make_blocks(s, side, &t->times[side][caches]);
	return replay_time_judge(t, caches, e) == 0 && j->spread[0] <= SPREAD_GOOD &&
	       j->spread[1] <= SPREAD_GOOD;
}

static int take_series(struct replay_timing *t, struct replay_child *children[2],
		       enum replay_caches caches, struct series *s, struct err *e)
{
	const unsigned limit_ms = caches == REPLAY_COLD ? COLD_LIMIT_MS : WARM_LIMIT_MS;
	const uint64_t start = clock_ns();
	unsigned enough = caches == REPLAY_COLD ? PAIRS_COLD : PAIRS_FIRST, tried = 0;

	while (s->n < PAIRS_MAX && clock_ns() - start < (uint64_t)limit_ms * NS_PER_MS) {
		int r = take_pair(t, children, caches, tried++, s, e);

		if (r < 0)
			return r;
		if (t->cancel && atomic_load(t->cancel))
			return err_set(e, ECANCELED, "interrupted");
		if (s->n < enough)
			continue;
		if (caches == REPLAY_COLD || holds_still(t, caches, s, e))
			break;
		enough *= 2;
	}
	if (s->n >= BLOCKS_MIN) {
		err_clear(e);
		(void)holds_still(t, caches, s, e);
		return e->code;
	}
	return err_unmeasured(e, EBUSY,
			      "the machine is too restless: this thread had the processor's core "
			      "too seldom for itself, and %u calls were dropped for it",
			      t->times[0][caches].dropped + t->times[1][caches].dropped);
}

static int time_children(struct replay_timing *t, struct replay_child *children[2], struct err *e)
{
	int r = 0;

	for (unsigned c = 0; r == 0 && c < REPLAY_CACHES; c++) {
		_cleanup_free_ struct series *s = calloc(1, sizeof(*s));

		r = s ? take_series(t, children, c, s, e) : err_oom(e);
	}
	/* Whatever was called so often has to leave what the proven call left. */
	for (unsigned i = 0; r == 0 && i < 2; i++) {
		r = replay_child_check(children[i], e);
		t->refused = i;
	}
	return r;
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
