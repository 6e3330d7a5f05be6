/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder in the store in which one kernel is put together. It holds a lock for as long as its
 * maker lives, so that leftovers of a killed one can be told from work in progress.
 */
#ifndef KERNEL_STORE_WORK_H
#define KERNEL_STORE_WORK_H

#include "base/err.h"

struct work {
	char *dir;   /* KERNELS/.tmp-XXXXXX, with room for downloads */
	char *files; /* <dir>/entry: becomes the entry of the store by one rename */
	int lock;    /* held; -1 if none */
};

#define WORK_NONE ((struct work){ .lock = -1 })

/* @kernels is the folder of the store, made if needed. */
int work_open(const char *kernels, struct work *w, struct err *e);
/* Removes the folder and what is left in it. */
void work_close(struct work *w);
#define _cleanup_work_ __attribute__((cleanup(work_close)))

/* Removes the work of processes that are gone. Does nothing where the store cannot be written. */
void work_sweep(const char *kernels);

/* The lock that orders changes of the folder; a descriptor to close, or -errno. */
int work_lock_store(const char *kernels, struct err *e);

#endif
