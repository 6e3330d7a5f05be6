/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `replay`: one call of a kernel function of each side, captured (lab/captured.h) and then carried
 * out again and again on this machine's own processor (replay/native.h).
 */
#ifndef DRIVE_REPLAY_H
#define DRIVE_REPLAY_H

#include "drive/replay_time.h"
#include "drive/session/session.h"
#include "lab/pair.h"
#include "lab/workdir.h"
#include "replay/call/capture.h"
#include "report/views/replay.h"

struct replay_ask {
	const char *function; /* NULL: the one of the scenario's source that executes most */
	const char *segment;  /* NULL: where that is */
	const char *keep;     /* folder that both captures stay in; NULL: nowhere */
};

struct replay {
	/* The experiment that it belongs to; all borrowed. */
	struct session *session;
	const struct scenario *scenario;
	const struct kernel *kernels[2];
	const char *id;
	unsigned *block; /* of the next runs; NULL: they are not kept, as they count nothing */
	struct replay_ask ask;
	double threshold;	   /* the smallest change that matters, if above the least */
	struct pair_side sides[2]; /* with their requests; what they ran */
	int segment;
	char *plugin, *child;
	struct workdir dirs[2];
	char *paths[2]; /* of the captures */
	struct capture captures[2];
	/* Of the segment's, what one captured call did: by its part of what all calls executed. */
	double items[2];
	struct replay_timing timing;
	double seconds_captured;
};

/* Captures a call of both sides: the same function in the same segment. */
int replay_capture(struct replay *r, struct err *e);
/* Replays both; @cpu: that they are pinned to, -1: one that this process may use. */
int replay_measure(struct replay *r, int cpu, struct err *e);
/* Has the times in the database, as readings of the runs that the calls are of. */
int replay_keep(const struct replay *r, struct err *e);
const char *replay_function(const struct replay *r);
const char *replay_segment(const struct replay *r);
/* For those who render it; valid as long as @r. */
struct replay_view replay_view_of(const struct replay *r);
void replay_close(struct replay *r);

#endif
