/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings kernels into the store. */
#ifndef KERNEL_DEB_FETCH_H
#define KERNEL_DEB_FETCH_H

#include "kernel/store/handle.h"
#include "kernel/deb/index.h"

/* The Debian build @b of the index @x: as stored, else downloaded, unpacked and stored. */
int fetch_build(struct kernel_store *st, const struct index *x, const struct build *b,
		const struct notes *notes, struct kernel **out, struct err *e);
/* A file or tree: as stored if it has not changed since, else read again. */
int fetch_path(struct kernel_store *st, const char *path, const struct notes *notes,
	       struct kernel **out, struct err *e);

#endif
