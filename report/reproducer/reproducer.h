/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario as one C file that needs nothing but a compiler: what the guest does with its plan in
 * a timed run (guest/timed.c), written out for this scenario alone.
 */
#ifndef REPORT_REPRODUCER_REPRODUCER_H
#define REPORT_REPRODUCER_REPRODUCER_H

#include "scenario/set.h"

/* All borrowed. */
struct reproducer_request {
	const struct scenario *scenario; /* with its settings, if there are any */
	const struct scenario_setting *settings;
	size_t n_settings;   /* for its first comment only */
	const char *version; /* of slowpath */
};

/* Appends the source text; 0, -EINVAL where there can be none, or -ENOMEM. */
int reproducer_write(const struct reproducer_request *q, struct buf *out, struct err *e);
/*
 * As that, of 60 lines at most: one main() that does the same and prints the median of what an
 * iteration takes, for a mail; it checks nothing. -EINVAL also for what takes more than that.
 */
int reproducer_write_short(const struct reproducer_request *q, struct buf *out, struct err *e);
/*
 * Whether there can be one: -EINVAL for a scenario that is a foreign program, or that does what
 * only the guest can, such as taking away its own swap.
 */
int reproducer_possible(const struct scenario *s, struct err *e);

#endif
