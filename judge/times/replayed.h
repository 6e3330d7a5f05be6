/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times of one call that two kernels' own code took on this processor, block by block in turns. A
 * block's value is the least of its calls: what the code takes where nothing else of the machine
 * interferes. Of each block d = ln new - ln old; the estimate and the interval are those of times
 * between boots (judge/times/signed_rank.h), at one look.
 *
 * One build a side is all there is, and another layout of the same code may be as far off. So no
 * change by time alone is more than a suspicion; it stands as a regression or an improvement only
 * where the executed instructions of the same call say so too.
 */
#ifndef JUDGE_TIMES_REPLAYED_H
#define JUDGE_TIMES_REPLAYED_H

#include "judge/table/verdict.h"

#include <stdbool.h>
#include <stddef.h>

#define REPLAYED_BLOCKS_MAX 40
/* The smallest change of a time that matters, if no larger one is asked for. */
#define REPLAYED_THRESHOLD .01

/* Caches as the call before left them, and with all flushed that the call touches. */
enum replay_caches { REPLAY_WARM, REPLAY_COLD, REPLAY_CACHES };

struct replay_block {
	double ns, cycles; /* of the call that took least */
	double median_ns;
};

/* What the calls of one side took. */
struct replay_times {
	struct replay_block blocks[REPLAYED_BLOCKS_MAX];
	unsigned n_blocks;
	unsigned calls;		   /* in all of them, and no others */
	unsigned dropped;	   /* as another thread shared the core */
	double min_ns, min_cycles; /* of all calls */
	double median_ns;	   /* of the blocks' medians */
};

struct replayed {
	size_t blocks;
	double ratio;	  /* of NEW to OLD: exp of the estimate */
	double low, high; /* its interval, at 99 % */
	double p;
	double spread[2]; /* the middle half of a side's blocks, as a fraction of their median */
	enum verdict verdict;
	bool capped; /* a change that the instructions do not show */
};

/*
 * A verdict by executed instructions, where the time of a call was asked for too. Where both have a
 * say and disagree, nothing is sure but that something is odd: `suspect`, whose direction is the
 * time's. Time has no say if it is unstable or open, or if the change of the count is not in the
 * replayed call: @insns_ratio, of that call, has to change in the same direction by @threshold. Nor
 * has it where the count is the same and the call's instructions account for the time's direction:
 * what that call does more, the rest of what was counted does less.
 * *slower: NEW takes longer, set where the verdict becomes the time's.
 */
enum verdict replayed_join(enum verdict counted, double insns_ratio, double threshold,
			   const struct replayed *time, bool *slower);

/*
 * Where replayed_join() said otherwise than @counted: adds both to the reason of the count, which
 * @reason of @size bytes holds.
 */
void replayed_reason(enum verdict counted, const struct replayed *time, char *reason, size_t size);

/*
 * @old_ns, @new_ns: a value of each of @n blocks, positive. @threshold: the smallest change that
 * matters. @insns_ratio: of what both calls executed. -EINVAL: no block, or more than the maximum;
 * -ENOMEM.
 */
int replayed_judge(const double *old_ns, const double *new_ns, size_t n, double threshold,
		   double insns_ratio, struct replayed *out);

#endif
