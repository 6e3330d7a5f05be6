/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both sides' calls on this processor, in blocks that take turns. */
#ifndef DRIVE_REPLAY_TIME_H
#define DRIVE_REPLAY_TIME_H

#include "judge/times/replayed.h"
#include "replay/native.h"

#include <stdatomic.h>

struct replay_timing {
	const struct capture *captures; /* of OLD and NEW */
	double items[2];		/* that each one's call did: times are judged per item */
	struct replay_options options;
	const atomic_int *cancel;
	unsigned seed; /* of the order within each block */
	double threshold;
	/* What comes of it. */
	struct replay_result results[2];
	struct replay_times times[2][REPLAY_CACHES];
	struct replayed judged[REPLAY_CACHES];
	unsigned refused; /* the side that was refused, where replay_time() fails */
};

/*
 * Proves a child of each side, and times them. -ECANCELED: stopped from outside. A refusal is
 * unmeasured and names side and place; results has what was known by then.
 */
int replay_time(struct replay_timing *t, struct err *e);
/* Judges the blocks that are there; by itself for tests. */
int replay_time_judge(struct replay_timing *t, enum replay_caches caches, struct err *e);
void replay_timing_free(struct replay_timing *t);

#endif
