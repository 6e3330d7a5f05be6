/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `replay`: one call of a kernel function of each side, captured (lab/captured.h) and then carried
 * out again and again on this machine's own processor (replay/native.h).
 */
#ifndef DRIVE_REPLAY_H
#define DRIVE_REPLAY_H

#include "drive/mechanism.h"
#include "lab/workdir.h"
#include "replay/capture.h"

struct replay_ask {
	const char *function; /* NULL: the one of the scenario's source that executes most */
	const char *segment;  /* NULL: where that is */
	const char *keep;     /* folder that both captures stay in; NULL: nowhere */
};

struct replay {
	struct mechanism m;
	struct replay_ask ask;
	int segment;
	char *plugin;
	struct workdir dirs[2];
	char *paths[2]; /* of the captures */
	struct capture captures[2];
	char *function; /* that was captured, by name */
};

/* Captures a call of both sides: the same function in the same segment. */
int replay_capture(struct replay *r, struct err *e);
void replay_close(struct replay *r);

#endif
