/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A series that is being narrowed down, shared by the parts of cmd/narrow.c. */
#ifndef CMD_NARROW_H
#define CMD_NARROW_H

#include "bisect/narrow.h"
#include "cmd/measuring.h"

#include <sched.h>

struct narrowing {
	struct session *s;
	const struct measuring *m;
	const char *cmdline; /* added to every kernel's; may be NULL */
	const struct scenario *scenario;
	bool timed, all;
	struct narrow narrow;
	bool *from_range; /* one an item: it may be left out if it cannot be had */
	char id[STORE_ID_LEN];
	enum machine_accel accel;
	cpu_set_t cpuset;
	unsigned block;	   /* of the next run, or pair of runs */
	unsigned failures; /* of QEMU, in a row */
};

/* What the words of the command line mean: specs and ranges, in their order. */
int narrow_specs(struct narrowing *w, char **words, int count, struct err *e);
/*
 * The kernels that have to be there before anything boots: both ends, and what was named by itself
 * and need not be built. Refuses one build under two names, and an order that is not that of
 * versions.
 */
int narrow_kernels(struct narrowing *w, struct err *e);
/* One kernel, fetched or built if it is not there. */
int narrow_need(struct narrowing *w, size_t item, struct err *e);

/* Measures what the search asks for, and concludes. */
int narrow_search_exact(struct narrowing *w, struct err *e);
int narrow_search_timed(struct narrowing *w, struct err *e);

#endif
