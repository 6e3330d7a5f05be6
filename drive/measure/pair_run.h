/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One kernel, or two side by side, measured and kept. */
#ifndef DRIVE_MEASURE_PAIR_RUN_H
#define DRIVE_MEASURE_PAIR_RUN_H

#include "drive/session/session.h"
#include "lab/pair.h"

/*
 * Measures @n (1 or 2) sides as their requests say and keeps the runs in the database, good or bad.
 * Of two they are "old" and "new", of one "kernel". If one failed, that is the error, and the end
 * of its console goes to stderr.
 */
int pair_run(struct session *s, const char *experiment, unsigned block, struct pair_side *sides,
	     unsigned n, struct err *e);
/*
 * The second half of that, for sides that were measured otherwise. @trial: see
 * drive/measure/sharpen.h.
 */
int pair_keep(struct session *s, const char *experiment, unsigned block, bool trial,
	      struct pair_side *sides, unsigned n, struct err *e);
/* What pair_run() says of sides of which one failed; 0: none did. */
int pair_failed(const struct session *s, const struct pair_side *sides, unsigned n, struct err *e);

#endif
