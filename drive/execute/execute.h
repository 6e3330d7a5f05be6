/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries out an experiment, or goes on with one that was interrupted. */
#ifndef DRIVE_EXECUTE_EXECUTE_H
#define DRIVE_EXECUTE_EXECUTE_H

#include "drive/execute/execution.h"

/*
 * Runs every step of the experiment of @w that the database does not hold yet. @resume: the ID of
 * the experiment that it was read from, or NULL for a new one.
 */
int execute_experiment(struct execution *w, const char *resume, struct err *e);
/*
 * The profile of a stored experiment, as it was run. -EINVAL if it was no profile's.
 */
int execute_read_stored(struct session *s, const char *id, struct experiment **out, struct err *e);

#endif
