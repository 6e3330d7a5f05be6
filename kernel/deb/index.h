/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Debian kernels that the suites offer. Read out of apt's package lists once per update and
 * kept in ROOT/index.json, since the lists are a thousand times larger.
 */
#ifndef KERNEL_DEB_INDEX_H
#define KERNEL_DEB_INDEX_H

#include "kernel/deb/builds.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "kernel/store/apt_root.h"

#include <stddef.h>

void index_free(struct index *x);
#define _cleanup_index_ __attribute__((cleanup(index_free)))

/* Reads ROOT/index.json; -ENOENT if there is none. */
int index_load(const struct apt_root *root, struct index *out, struct err *e);
/* The same of its text, its age apart; @path is for messages. */
int index_parse(const char *text, size_t len, const char *path, struct index *out, struct err *e);
/*
 * Updates the lists unless somebody did within @max_age seconds, and reads the index. If only
 * some suites failed, *warning (malloc'ed) says which way.
 */
int index_refresh(const struct apt_root *root, double max_age, struct index *out, char **warning,
		  struct err *e);

#endif
