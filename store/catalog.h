/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which experiments the database holds, and two databases made one. */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include "store/store.h"

/* Strings are valid during the call only. */
struct catalog_row {
	const char *id, *name, *mode, *purpose, *started;
	const char *finished; /* NULL: it is not */
	const char *command;  /* JSON */
	const char *scenario; /* of one result; NULL: there is none */
	const char *verdict;  /* of that result */
	/*
	 * JSON: the result's document where it is a list, else what of it fits a line: "mode",
	 * "cpus", "metrics", "good", "bad", "culprits", and the number of "steps". NULL: it has
	 * none.
	 */
	const char *digest;
};

typedef int (*catalog_fn)(void *arg, const struct catalog_row *row, struct err *e);

/* Oldest first; an experiment with several results comes as often. The first error of @fn ends it.
 */
int store_each_experiment(struct store *s, catalog_fn fn, void *arg, struct err *e);

/* @id is valid during the call only. */
typedef int (*catalog_id_fn)(void *arg, const char *id, struct err *e);

/*
 * The newest @limit experiments of the database below @data_dir, the newest first, for who cannot
 * wait: nothing is made, migrated or waited for. Without a database there are none.
 */
int store_each_id(const char *data_dir, unsigned limit, catalog_id_fn fn, void *arg, struct err *e);

/* A side's kernel in an experiment, by its first run. Strings are valid during the call only. */
struct catalog_kernel {
	const char *experiment, *side, *spec, *release, *vmlinux_sha256;
	const char *subject; /* may be NULL */
};

typedef int (*catalog_kernel_fn)(void *arg, const struct catalog_kernel *k, struct err *e);

/* Of all experiments, or of @id alone; sorted by experiment, oldest run first. */
int store_each_kernel(struct store *s, const char *id, catalog_kernel_fn fn, void *arg,
		      struct err *e);

enum merge_outcome {
	MERGE_ADDED,
	MERGE_GROWN,	/* it was there unfinished, and got more runs or its end */
	MERGE_SAME,	/* it was there already, with the same runs or more */
	MERGE_CONFLICT, /* there is another of this id: left out */
	MERGE_OUTCOMES,
};

typedef int (*merge_fn)(void *arg, const char *id, enum merge_outcome outcome, struct err *e);

/*
 * Copies every experiment of the database @path that is not here yet, and of those that are here
 * unfinished what came later; all of them or none. What is here stays as it is. The other file is
 * read only, may be of an earlier schema, and is named in every error. -EBUSY: another process is
 * at one that would grow. @fn is told of each, in the order of their ids.
 */
int store_merge(struct store *s, const char *path, merge_fn fn, void *arg, struct err *e);

#endif
