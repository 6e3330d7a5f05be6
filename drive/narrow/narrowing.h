/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A series that is being narrowed down, as far as it has come. */
#ifndef DRIVE_NARROW_NARROWING_H
#define DRIVE_NARROW_NARROWING_H

#include "bisect/narrow.h"
#include "drive/measure/measuring.h"
#include "store/load.h"

#include <sched.h>

struct narrowing {
	struct session *s;
	const struct measuring *m;
	const char *cmdline; /* added to every kernel's; may be NULL */
	const struct scenario *scenario;
	bool timed, all;
	bool many; /* one series of many: no symbols are kept for narrow_fold() */
	struct narrow narrow;
	struct record journal; /* what is resumed; empty: nothing is */
	bool *from_range;      /* one an item: it may be left out if it cannot be had */
	char id[STORE_ID_LEN];
	enum machine_accel accel;
	cpu_set_t cpuset;
	unsigned block; /* of the next run, or pair of runs */
	/* Counted: N of all of them, which the first pair needed; 0: not known. */
	unsigned iterations;
};

/* What the words of the command line mean: specs and ranges, in their order. */
int narrow_specs(struct narrowing *w, char **words, int count, struct err *e);
/*
 * The kernels that have to be there before anything boots: both ends, and what was named by itself
 * and need not be built. Refuses one build under two names, and an order that is not that of
 * versions.
 */
int narrow_kernels(struct narrowing *w, struct err *e);
/* What the disk is on (drive/begin/disks.h), as far as kernels are at hand. */
int narrow_settle_disk(struct narrowing *w, struct err *e);
/* One kernel, fetched or built if it is not there. */
int narrow_need(struct narrowing *w, size_t item, struct err *e);

/*
 * Takes up an interrupted search: fills the journal, the kernels, and the options, whose strings
 * are the journal's.
 */
int narrow_take_up(struct narrowing *w, const char *id, struct measuring *m, const char **scenario,
		   struct err *e);
/* Once the scenario is known: whether what is to be measured goes with what was. */
int narrow_check_taken_up(const struct narrowing *w, struct err *e);
/* A run that was kept: what it was of, the run itself, lent, and why it failed, or NULL. */
int narrow_lend(struct narrowing *w, const struct record_run *kept, size_t *item, struct run *run,
		const char **failure, struct err *e);

/* Begins an experiment unless one is taken up, measures what the search asks for, and concludes. */
int narrow_search(struct narrowing *w, struct err *e);
/*
 * For people: a function that a step has by two names is one row of it. Not in what is kept, which
 * rows alone have to bear out. Whatever keeps code from being looked at is told, and no failure.
 */
int narrow_fold(struct narrowing *w, struct err *e);
/* Keeps what came of it. */
int narrow_keep(const struct narrowing *w, const json_t *document, struct err *e);
/* Its two kinds. */
int narrow_search_exact(struct narrowing *w, struct err *e);
int narrow_search_timed(struct narrowing *w, struct err *e);

#endif
