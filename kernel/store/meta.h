/* SPDX-License-Identifier: GPL-2.0-or-later */
/* meta.json of one build in the store, and struct kernel. */
#ifndef KERNEL_STORE_META_H
#define KERNEL_STORE_META_H

#include "base/json.h"
#include "kernel/store/store.h"

#include <jansson.h>

/* Reads and checks <dir>/meta.json; -ENOENT if it is not there. *out is a new reference. */
int meta_load(const char *dir, json_t **out, struct err *e);
/* The same of its text; @path is for messages. Never -ENOENT. */
int meta_parse(const char *text, size_t len, const char *path, json_t **out, struct err *e);
/* Replaces <dir>/meta.json atomically. */
int meta_write(const char *dir, json_t *root, struct err *e);

/* A document for the build @k with no source yet, NULL when out of memory. */
json_t *meta_new(const struct kernel *k);
/*
 * Adds the source that @k describes (spec, image, package...), or updates the one of the same
 * spec, image and name; a name that @k lacks stays, a name that the source lacks is added to it.
 * -ENOMEM.
 */
int meta_put_source(json_t *root, const struct kernel *k);
/* Takes @name from whichever source bears it; returns whether one did. */
bool meta_drop_name(json_t *root, const char *name);

/*
 * Adds the sums, and the bzImage's hash (NULL: none), that an older slowpath did not write. 1 if
 * there were such, 0 if not, -ENOMEM.
 */
int meta_add_hashes(json_t *root, const char *bzimage_sha256);

size_t meta_sources(json_t *root);
/* The kernel of source @i as the struct; @dir is the entry's folder. NULL when out of memory. */
struct kernel *meta_kernel(const char *dir, json_t *root, size_t i);

#endif
