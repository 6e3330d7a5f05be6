/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the database holds, read again: offline, without kernel or QEMU. */
#ifndef STORE_READ_H
#define STORE_READ_H

#include "reading/reading.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* All strings owned. */
struct stored_experiment {
	char *id, *name, *mode, *purpose;
	char *finished;	 /* NULL: it is not */
	json_t *command; /* what was asked for */
};

/* -ENOENT if there is none of that name. */
int store_find_experiment(struct store *s, const char *id, struct stored_experiment *out,
			  struct err *e);
void stored_experiment_free(struct stored_experiment *x);
#define _cleanup_stored_experiment_ __attribute__((cleanup(stored_experiment_free)))

/* One run and metric. Strings are valid during the call only. */
struct stored_row {
	const char *experiment, *kernel, *release, *scenario, *metric;
	unsigned block, position, attempt, cpus;
	bool ok;
	double value;	  /* 0 unless ok; of the unit, per item */
	const char *unit; /* insns or ns */
	const char *mode; /* exact, timed, emulated */
	const char *run_id;
	const char *reason;	       /* NULL if ok */
	bool decides;		       /* the verdict is about this metric */
	const struct reading *reading; /* what the value came with; NULL unless ok */
};

typedef int (*store_row_fn)(void *arg, const struct stored_row *row, struct err *e);

/*
 * Every metric of every run of an experiment, in the order in which they were run. Metrics are
 * the run's readings (reading/readings.h); one that is refused is a failed row of a good run. A
 * failed run gives a row for each metric that a good run of its scenario has, or else for the
 * iteration's. The first error of
 * @fn ends it.
 */
int store_each_row(struct store *s, const char *id, store_row_fn fn, void *arg, struct err *e);

/* The block behind the last that has a run, trials among them; 0: there is none. */
int store_next_block(struct store *s, const char *id, unsigned *out, struct err *e);

/* Every run that was made, good or not, but for trials: value is unset, metric "". */
int store_each_run(struct store *s, const char *id, store_row_fn fn, void *arg, struct err *e);

#endif
