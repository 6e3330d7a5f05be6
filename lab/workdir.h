/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder that one QEMU runs in: CACHE/run/XXXXXX, locked while in use. */
#ifndef LAB_WORKDIR_H
#define LAB_WORKDIR_H

#include "base/err.h"

#include <stdint.h>

struct workdir {
	char *path; /* NULL: none */
	int lock_fd;
};

#define WORKDIR_NONE ((struct workdir){ .path = NULL, .lock_fd = -1 })

/* Makes one, after removing what killed processes left behind. */
int workdir_make(const char *cache_dir, struct workdir *out, struct err *e);
/* Only the removing; *bytes grows by what was freed. */
int workdir_sweep(const char *cache_dir, uint64_t *bytes, struct err *e);
/* Removes it with all that is in it. */
void workdir_free(struct workdir *w);
#define _cleanup_workdir_ __attribute__((cleanup(workdir_free)))

/* Makes a new file of the folder, of @bytes that take no room on the disk. */
int workdir_hole(const struct workdir *w, const char *name, uint64_t bytes, struct err *e);
/* Writes a file of the folder. */
int workdir_put(const struct workdir *w, const char *name, const void *data, size_t len,
		struct err *e);

#endif
