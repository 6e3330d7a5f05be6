/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the builds on offer a debian: spec means. Pure: no files, no processes. */
#ifndef KERNEL_DEB_CHOOSE_H
#define KERNEL_DEB_CHOOSE_H

#include "kernel/deb/index.h"
#include "kernel/name/spec.h"

#include "base/buf.h"

/* Builds by preference; they belong to the index. */
struct choices {
	const struct build **items; /* the array is owned */
	size_t count;
};

void choices_free(struct choices *c);
#define _cleanup_choices_ __attribute__((cleanup(choices_free)))

/*
 * All the builds of the newest version that @spec covers, the newest suite first. A literal spec
 * covers the builds of just that name or package version. None is no error. 0 or -ENOMEM.
 */
int choose(const struct index *x, const struct spec *spec, struct choices *out);
/* The first choice, or the first one of the peer's compiler if there is one; NULL if none. */
const struct build *choose_one(const struct choices *c, const char *peer_compiler);
/*
 * The newest build that @spec covers, of whatever version, by the peer's compiler; NULL if none.
 * For a word of advice only: a partial version means the newest.
 */
const struct build *choose_alternative(const struct index *x, const struct spec *spec,
				       const char *peer_compiler);
/*
 * The compiler by which both sides can be had, preferred builds first; NULL if there is none.
 * Points into a build.
 */
const char *choose_compiler(const struct choices *a, const struct choices *b);

/* Appends "nearest: debian:6.19.14+deb13, debian:7.0.4+deb13", or which flavours there are. */
int choose_nearest(const struct index *x, const struct spec *spec, struct buf *out);
/* The builds of @spec's flavour next below and next above @b; NULL where there is none. */
void choose_neighbours(const struct index *x, const struct build *b, size_t distance,
		       const struct build **below, const struct build **above);

#endif
