/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "lab/run.h"

#include <sqlite3.h>

struct store {
	sqlite3 *db;
	char *data_dir;
	int claims_fd; /* -1: nothing was claimed */
};

/* Gives back what store_claim() took, before the store is closed. */
void store_release(struct store *s, const char *id);
/* Writes a run's cost vectors and its call tree, of those that it has; part of store_add_run(). */
int run_costs_insert(struct store *s, int64_t id, const struct run *run, struct err *e);

#endif
