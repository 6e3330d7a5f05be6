/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare --time=replay: what a call takes on this processor, beside what it executes. */
#ifndef CMD_MEASURE_COMPARE_TIME_H
#define CMD_MEASURE_COMPARE_TIME_H

#include "drive/replay.h"
#include "judge/counts/comparison.h"

struct compare_time {
	struct replay replay;
	struct replay_view view;
	bool known;
	char why_not[2048]; /* "": it is known */
	bool joined;	    /* the verdict is the time's, and so is what follows */
	bool slower;
};

/*
 * Replays a call of what @c compares, and has it take part in the verdict. That it cannot be is no
 * failure, whatever stands against it, and told in why_not; -ECANCELED and -ENOMEM are. All is
 * borrowed but @c.
 */
int compare_time_take(struct session *s, const struct kernel *const kernels[2], const char *id,
		      const struct run_request requests[2], double threshold, struct comparison *c,
		      struct compare_time *out, struct err *e);
void compare_time_free(struct compare_time *t);

#endif
