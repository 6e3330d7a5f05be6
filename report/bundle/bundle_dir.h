/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bundle as a folder on the disk. */
#ifndef REPORT_BUNDLE_BUNDLE_DIR_H
#define REPORT_BUNDLE_BUNDLE_DIR_H

#include "report/bundle/bundle.h"

/*
 * Writes all files into a new folder @path, which appears whole or not at all. -EEXIST if there is
 * anything of this name.
 */
int bundle_write(const struct bundle *b, const char *path, struct err *e);

/* Told of what is in a folder and cannot be part of a bundle: @path below it, and why. */
typedef int (*bundle_odd_fn)(void *arg, const char *path, const char *what);

/*
 * Reads a folder that may be hostile: no link is followed, no device or pipe is opened, and names,
 * numbers and sizes have limits (bundle.h). What breaks a rule is left out and told. Negative only
 * if the folder cannot be read at all. @out is sorted.
 */
int bundle_load(const char *path, struct bundle *out, bundle_odd_fn odd, void *arg, struct err *e);

#endif
