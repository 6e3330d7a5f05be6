/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In which order the kernels of each block are run. Pure: the same request gives the same order on
 * every machine and in every version (a test holds examples).
 *
 *	balanced	every arm stands equally often in every position. The blocks come in groups
 *			of as many as there are arms; a group is a cyclic Latin square whose rows,
 *			columns and symbols were shuffled, so that each arm stands once in each
 *			position. A last group that is cut short, and an experiment that stops
 *			early, leave counts that differ by 1 at most.
 *	random		an independent Fisher-Yates shuffle for every block
 *	round-robin	ABC, BCA, CAB...; the seed says only which of these comes first
 *
 * The generator is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014); bounded numbers are drawn by
 * rejection, without bias. Its start is mixed of the seed, the number of CPUs and the scenario's
 * name, so that these have orders of their own, which do not change when others are added.
 */
#ifndef LAB_PLAN_ORDER_H
#define LAB_PLAN_ORDER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORDER_ARMS_MAX 17

enum order_kind { ORDER_BALANCED, ORDER_RANDOM, ORDER_ROUND_ROBIN, ORDER_KINDS };

/* "balanced", "random", "round-robin". */
const char *order_name(enum order_kind kind);

struct order_request {
	enum order_kind kind;
	uint64_t seed;
	unsigned cpus;
	const char *scenario;
	unsigned arms; /* kernels, and the baseline's second arm; 1 to ORDER_ARMS_MAX */
	unsigned blocks;
};

/*
 * *out is malloc'ed: (*out)[block * arms + position] is the arm that stands there, from 0.
 * -EINVAL for a number of arms or blocks that is not possible.
 */
int order_make(const struct order_request *q, uint8_t **out, struct err *e);

/* What a list of runs achieved, planned or real, complete or not. Starts as { .arms = n }. */
struct order_effect {
	unsigned arms;
	unsigned counts[ORDER_ARMS_MAX][ORDER_ARMS_MAX]; /* [arm][position] */
};

void order_effect_add(struct order_effect *f, unsigned arm, unsigned position);
/* The smallest and the largest of the counts. */
void order_effect_range(const struct order_effect *f, unsigned *least, unsigned *most);
/* The counts differ by 1 at most: no arm was favoured. */
bool order_effect_balanced(const struct order_effect *f);

#endif
