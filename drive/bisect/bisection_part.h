/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commits whose counts as a whole do not tell whether they differ: what of them is exact may. That
 * depends on both runs, and the journal has values alone; so the runs are read from the database.
 */
#ifndef DRIVE_BISECTION_PART_H
#define DRIVE_BISECTION_PART_H

#include "drive/bisect/bisection.h"

/*
 * A commit_part_fn; @arg is the bisection. Also true where the whole differs whatever the functions
 * that vary do. False where it cannot be decided: a run is not there (a journal of an older build
 * does not say where), or its functions do not hold together.
 */
bool bisection_in_part(void *arg, const char *older, const char *newer, bool *slower);

#endif
