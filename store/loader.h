/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reads an experiment; shared by load.c and load_functions.c. */
#ifndef STORE_LOADER_H
#define STORE_LOADER_H

#include "store/record.h"
#include "store/sql.h"

struct loader {
	struct store *s;
	const char *id;
	const char *scenario; /* whose runs are read; NULL: all */
	struct record *out;
	void *arg;		/* of whoever takes the rows */
	struct record_run *run; /* whose rows are read; NULL: the experiment's own */
	const char *table;	/* that the row is of */
	const char *column;	/* of a value that is no such; NULL: all are */
	const char *found;	/* "a text" */
};

/*
 * A value of the row, of the type that schema.sql says; if it is not, the loader notes the first.
 * Of NULL: 0, NAN, "". Strings are valid until the next step.
 */
int64_t loader_int(struct loader *l, struct sql *q, int column);
/* One that cannot be negative: a count. */
uint64_t loader_count(struct loader *l, struct sql *q, int column);
double loader_real(struct loader *l, struct sql *q, int column);
/* Notes a NULL that cannot be. */
void loader_not_null(struct loader *l, struct sql *q, int column);
const char *loader_text(struct loader *l, struct sql *q, int column);
/* -EIO, naming the value that was noted, else @what; 0 if @what is NULL and nothing was noted. */
int loader_damaged(const struct loader *l, const char *what, struct err *e);

typedef int (*loader_fn)(struct loader *l, struct sql *q, struct err *e);

/* Every row of a query that is ready. -EIO also if @fn found no damage but noted one. */
int loader_rows(struct loader *l, struct sql *q, loader_fn fn, struct err *e);
/*
 * For one run after another (l->run), of all or of those that are wanted: @fn with @query, whose
 * only parameter is the run.
 */
int loader_each(struct loader *l, const char *table, const char *query,
		bool (*wanted)(const struct record_run *run), loader_fn fn, struct err *e);

/* A good run that counted. */
bool loader_is_counted(const struct record_run *run);
/* One of which no reading was kept. */
bool loader_is_bare(const struct record_run *run);
/* What was concluded of every run that counted, as far as it was. */
int loader_readings(struct loader *l, struct err *e);
/*
 * Functions of every run that is wanted, into the record. They have to add up to what the slots say
 * of the task.
 */
int loader_functions(struct loader *l, bool (*wanted)(const struct record_run *run), struct err *e);
/* Of runs that counted, what other tasks executed. */
int loader_tasks(struct loader *l, struct err *e);
/* Of runs that counted, the calls that were followed. */
int loader_trees(struct loader *l, struct err *e);
/* Only whether what the slots say is what functions add up to, in every run or in one with equal
 * slots. */
int loader_check_sums(struct loader *l, struct err *e);

#endif
