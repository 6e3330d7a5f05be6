/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The database of experiments (schema.sql). The only code that knows SQLite. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/cleanup.h"
#include "base/err.h"
#include "kernel/store/store.h"
#include "lab/run.h"
#include "reading/reading.h"
#include "symbols/code_facts.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Of one thread at a time. */
struct store;

/*
 * Opens DATA/slowpath.db, which is made if it is not there, and brought to our schema if it is of
 * an earlier slowpath (store_migrated() tells). One that cannot be written is opened for reading.
 * Errors: not a database, damaged, of a newer slowpath, or none in a place that cannot be written.
 */
int store_open(const char *data_dir, struct store **out, struct err *e);
/* Whoever closes it last leaves one file: what is still in its log (-wal) goes into it. */
void store_close(struct store *s);
DEFINE_CLEANUP(struct store *, store_close)
/* The copy of the database as it was before store_open() migrated it; NULL: it did not. */
const char *store_migrated(const struct store *s);

#define STORE_ID_LEN 33
/* A new experiment's name in the database: its time and 64 random bits. */
void store_new_id(char out[STORE_ID_LEN]);

struct store_experiment {
	const char *id;
	const char *name;
	const json_t *command;
	const char *mode;
	const char *purpose;
	const char *slowpath_version;
	const json_t *environment; /* of the host; may be NULL */
};

/* It is its maker's until the store is closed, as with store_claim(). */
int store_add_experiment(struct store *s, const struct store_experiment *x, struct err *e);
/*
 * Makes sure that no other process adds runs to the experiment: -EBUSY if one is at it. Until the
 * store is closed.
 */
int store_claim(struct store *s, const char *id, struct err *e);
/* What it runs on, where that turns out only after it was begun. */
int store_set_environment(struct store *s, const char *id, const json_t *environment,
			  struct err *e);
/* More is asked of it than before: @command says all of it, and it is not finished any more. */
int store_extend_experiment(struct store *s, const char *id, const json_t *command, struct err *e);
/* A file that describes it, as it was. What is there already stays. */
int store_add_file(struct store *s, const char *experiment, const char *name, const char *text,
		   struct err *e);
/* @effect: the order that came of it, as JSON; NULL: none was asked for. */
int store_finish_experiment(struct store *s, const char *id, const json_t *effect, struct err *e);

/*
 * Removes the experiment with its runs, counts, times and results, all of it or nothing. -ENOENT:
 * there is none; -EBUSY: another process is at it. The file does not shrink: what comes next takes
 * the room.
 */
int store_remove_experiment(struct store *s, const char *id, struct err *e);

/* What a run was made with, beside what is in the request. */
struct store_run {
	const char *experiment;
	unsigned block, position, attempt;
	const char *side; /* "old" or "new", or the kernel's name in a profile */
	const struct run_request *request;
	const struct run *run;
	const char *failure_reason; /* NULL: it is a good run */
	const char *qemu_version;
	const char *guest_sha256, *plugin_sha256;
	const struct reading *readings; /* what it comes to; none of a run that failed */
	size_t n_readings;
	bool trial; /* it only told how many iterations are enough: no record has it */
};

/* One transaction: a run is there with all of its counts, or not at all. */
int store_add_run(struct store *s, const struct store_run *r, struct err *e);
/* Of the last run of @side ("old"): what was replayed of it, beside what it counted. */
int store_add_replayed(struct store *s, const char *experiment, const char *side,
		       const struct reading *readings, size_t n, struct err *e);
int store_add_result(struct store *s, const char *experiment, const char *scenario,
		     const char *verdict, const json_t *document, struct err *e);

/* One transaction: all of them, or none. */
int store_add_code_facts(struct store *s, const char *experiment, const char *scenario,
			 const struct code_facts *facts, struct err *e);

/*
 * How long good runs of a scenario took at a CPU count, in the mean, by whatever kernel; boots that
 * a snapshot may spare (exact mode) are left out. *runs is their number; if it is 0, *seconds stays
 * as it was.
 */
int store_mean_seconds(struct store *s, const char *mode, const char *scenario_sha256,
		       unsigned cpus, double *seconds, unsigned *runs, struct err *e);

#endif
