/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder in the store in which one kernel is put together. It holds a lock for as long as its
 * maker lives, so that leftovers of a killed one can be told from work in progress.
 */
#ifndef KERNEL_STORE_STAGING_H
#define KERNEL_STORE_STAGING_H

#include "base/err.h"

struct staging {
	char *dir;   /* KERNELS/.tmp-XXXXXX, with room for downloads */
	char *files; /* <dir>/entry: becomes the entry of the store by one rename */
	int lock;    /* held; -1 if none */
};

#define STAGING_NONE ((struct staging){ .lock = -1 })

/* @kernels is the folder of the store, made if needed. */
int staging_open(const char *kernels, struct staging *w, struct err *e);
/* Removes the folder and what is left in it. */
void staging_close(struct staging *w);
#define _cleanup_staging_ __attribute__((cleanup(staging_close)))

/* Removes the work of processes that are gone. Does nothing where the store cannot be written. */
void staging_sweep(const char *kernels);

/* The lock that orders changes of the folder; a descriptor to close, or -errno. */
int staging_lock_store(const char *kernels, struct err *e);

#endif
