/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the home holds, and what of it can go. Nothing that another slowpath uses is removed: a
 * snapshot in use is locked (lab/snapshot.h), so is a run's folder (lab/workdir.h), and the package
 * lists stay while they are read again or a kernel is being fetched. Lock files stay for ever:
 * with one removed under a waiter, two would hold it.
 */
#ifndef LAB_HOUSEKEEPING_H
#define LAB_HOUSEKEEPING_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum house_kind {
	HOUSE_KERNELS,	/* DATA/kernels; never pruned */
	HOUSE_DATABASE, /* DATA/slowpath.db; never pruned */
	HOUSE_SNAPSHOTS,
	HOUSE_SYMBOLS,
	HOUSE_LISTS,	/* CACHE/apt: package lists and apt's caches of them */
	HOUSE_PACKAGES, /* CACHE/apt/cache/archives: normally empty, packages are unpacked at once
			 */
	HOUSE_BUILDS,	/* CACHE/build: checkouts and object folders, see kernel/build/checkout.h */
	HOUSE_RUNS,	/* CACHE/run: one a QEMU that runs, or that was killed */
	HOUSE_KINDS
};

struct house_item {
	const char *kind; /* static */
	size_t count;
	uint64_t bytes; /* on the disk */
	char *path;	/* owned */
};

struct house {
	struct house_item items[HOUSE_KINDS];
};

int house_survey(const char *data_dir, const char *cache_dir, struct house *out, struct err *e);
void house_free(struct house *h);
#define _cleanup_house_ __attribute__((cleanup(house_free)))

struct house_rules {
	bool all;      /* every snapshot and build, the symbols and apt's lists too */
	unsigned days; /* else: snapshots and builds that were not used for so long */
};

struct house_pruned {
	uint64_t bytes;
	size_t in_use; /* things that would have gone, but are being used */
};

/* Goes on past what cannot be removed and returns the first such error. */
int house_prune(const char *data_dir, const char *cache_dir, const struct house_rules *rules,
		struct house_pruned *out, struct err *e);

#endif
