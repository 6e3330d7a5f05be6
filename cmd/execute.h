/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries out an experiment, or goes on with one that was interrupted. A part of cmd/run.c. */
#ifndef CMD_EXECUTE_H
#define CMD_EXECUTE_H

#include "cmd/session.h"
#include "lab/plan/experiment.h"

/*
 * Runs every step of @x that the database does not hold yet and prints the judgement. @resume: the
 * ID of the experiment that @x was read from, or NULL for a new one. Returns the exit status.
 */
int execute_experiment(const struct cmd_ctx *ctx, struct session *s, const struct experiment *x,
		       const char *resume, struct err *e);
/*
 * The profile of a stored experiment, as it was run. -EINVAL if it was no profile's.
 */
int execute_read_stored(struct session *s, const char *id, struct experiment **out, struct err *e);

#endif
