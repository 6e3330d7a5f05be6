/* SPDX-License-Identifier: GPL-2.0-or-later */
/* debian: specs: out of the store, or fetched. */
#ifndef KERNEL_DEB_DEBIAN_H
#define KERNEL_DEB_DEBIAN_H

#include "kernel/store/handle.h"
#include "kernel/deb/index.h"
#include "kernel/name/spec.h"

/*
 * The index, updated if it is older than @max_age seconds. If an update fails but there is an
 * older index, that is used, with a note.
 */
int debian_index(struct kernel_store *st, const struct arch *arch, double max_age,
		 const struct notes *notes, struct index *out, struct err *e);

int debian_resolve(struct kernel_store *st, const struct spec *spec, const char *peer_compiler,
		   const struct notes *notes, struct kernel **out, struct err *e);
/* The best answer that the store has by itself; *out is NULL if there is none. */
int debian_stored(struct kernel_store *st, const struct spec *spec, const char *peer_compiler,
		  struct kernel **out, struct err *e);
/* A compiler that both specs can be had with, "gcc-14"; malloc'ed; NULL if it is not known. */
char *debian_common_compiler(struct kernel_store *st, const struct spec *a, const struct spec *b,
			     const struct notes *notes);

#endif
