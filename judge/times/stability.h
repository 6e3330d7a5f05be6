/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Was the machine steady enough for a verdict on times to stand? Three checks, of which each fails
 * for less than one in a thousand steady experiments, and all together for less than two
 * (tests/sim; for which noise, judge/times/modes.h says):
 *
 * position: the differences of blocks in which OLD came first against those in which NEW did (rank
 *	sum);
 * drift: the difference goes up or down with the blocks (trend). A drift of both sides together is
 *	taken out by the blocks, and only told;
 * modes: a side's values fall in two heaps (judge/times/modes.h).
 */
#ifndef JUDGE_TIMES_STABILITY_H
#define JUDGE_TIMES_STABILITY_H

#include "judge/times/pairs.h"
#include "judge/table/verdict.h"

#include <stdbool.h>

#define STABILITY_ALPHA 0.0005 /* of position and of drift */
#define STABILITY_LEVEL_ALPHA 0.001

struct stability {
	double position_p; /* 1: cannot be told */
	double drift_p;
	double drift; /* of the difference, from the first third of the blocks to the last, as ln */
	double old_modes, new_modes; /* separations */
	double old_upper, new_upper; /* shares of the upper modes */
	double level_p, level;	     /* as drift, of both sides together */
};

/* Looks at the first @n pairs. 0 or -ENOMEM. */
int stability_check(const struct pairs *p, size_t n, struct stability *out);
/* What failed, added to @why; false if nothing did. */
bool stability_failed(const struct stability *s, size_t n, struct reason *why);

#endif
