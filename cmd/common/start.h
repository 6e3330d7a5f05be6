/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How commands that measure begin: a session that tells this terminal, and signals. */
#ifndef CMD_COMMON_START_H
#define CMD_COMMON_START_H

#include "cmd/common/cmd.h"
#include "drive/session/session.h"

struct session_start session_start_of(const struct cmd_ctx *ctx);
int start_session(const struct cmd_ctx *ctx, struct session *s, struct err *e);

/*
 * While measuring, SIGINT, SIGTERM and SIGHUP ask for an orderly end (lab.cancel); outside, they
 * end the process, and whatever it had begun is swept at the next start.
 */
void catch_signals(struct session *s);
void release_signals(void);

#endif
