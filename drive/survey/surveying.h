/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix, scenarios by kernels, of exact counts. A scenario's row is a series that is measured
 * and concluded as 'narrow --all' does it (drive/narrow/narrowing.h), in one experiment for all of
 * them: one row is in memory at a time, and what came of it is in the database before the next is
 * begun. So a survey is gone on with where it was, and grows by kernels and by scenarios.
 */
#ifndef DRIVE_SURVEY_SURVEYING_H
#define DRIVE_SURVEY_SURVEYING_H

#include "drive/measure/measuring.h"
#include "drive/session/building.h"
#include "store/load.h"

/* Two kernels, by their places. */
struct survey_pair {
	size_t older, newer;
};

struct surveying {
	struct session *s;
	const struct measuring *m;
	const char *command;	 /* of whose experiment it is: "survey", "series" */
	const json_t *asked;	 /* what that was asked for beside; borrowed, may be NULL */
	const char *cmdline;	 /* added to every kernel's; may be NULL */
	struct kernel **kernels; /* owned, oldest first; a side is called by its kernel's spec */
	size_t n_kernels;
	json_t *left_out; /* [{"kernel", "reason"}]: of ranges, what could not be had; owned */
	const struct scenario **scenarios; /* in the library's order; the array is owned */
	size_t n_scenarios;
	struct record journal; /* what is gone on with, without functions; empty: nothing is */
	/*
	 * Borrowed; what is compared in each row beside its steps. The row then has "pairs" as it
	 * has "steps", without those of which a kernel could not be measured.
	 */
	const struct survey_pair *pairs;
	size_t n_pairs;
	bool grows; /* more is asked of it than when it was taken up */
	char id[STORE_ID_LEN];
};

/* What a command line or a journal may say; all of it may be NULL or 0. */
struct survey_wish {
	char *const *words; /* specs and ranges */
	size_t n_words;
	const char *const *globs; /* of scenarios */
	size_t n_globs;
	unsigned shard, shards; /* of what the globs mean, every Nth from the Ith on; 0: all */
};

/*
 * Takes up survey @id: fills the journal, the options (whose strings are the journal's), the
 * kernels and the scenarios. Nothing is measured, nothing changes in the database.
 */
int survey_take_up(struct surveying *x, const char *id, struct measuring *m, struct err *e);
/*
 * Adds kernels and scenarios; what is there already stays. A kernel of Debian's takes its place by
 * its version, others go behind the rest.
 */
int survey_add(struct surveying *x, const struct survey_wish *wish, struct err *e);
/* Adds scenarios alone. */
int survey_add_scenarios(struct surveying *x, const struct survey_wish *wish, struct err *e);
/* Adds one kernel, unless its build is there already; *k is taken over if it is new. */
int survey_add_kernel(struct surveying *x, struct kernel **k, struct err *e);
/*
 * Sets how kernels of commits are built: as the journal says if there is one, whose config has to
 * be what it was. @b is then filled with strings of the journal, and @asked with "config" and
 * "config_sha256", where a config was asked for.
 */
int survey_set_building(const struct surveying *x, struct building *b, json_t *asked,
			struct err *e);
/* Begins or extends the experiment, measures what is missing, and concludes every row. */
int survey_measure(struct surveying *x, struct err *e);
/* What the database holds by now: a row of every scenario, new references; @rows has room. */
int survey_rows(const struct surveying *x, json_t **rows, struct err *e);
/* "slowpath/survey/1" of what the database holds by now: a new reference in @out. */
int survey_document(const struct surveying *x, json_t **out, struct err *e);
void survey_close(struct surveying *x);

#endif
