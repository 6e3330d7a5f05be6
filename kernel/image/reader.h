/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A libarchive reader with just the formats that kernels come in. */
#ifndef KERNEL_IMAGE_READER_H
#define KERNEL_IMAGE_READER_H

#include "base/cleanup.h"

#include <archive.h>

enum reader_format { READER_RAW, READER_AR, READER_TAR };

/*
 * The filters are those that libarchive does itself; those that it hands to an outside program
 * (lzop, lrzip, grzip) stay off, since hostile input must not choose a program to run.
 * NULL when out of memory.
 */
struct archive *reader_new(enum reader_format format);
/* Why @a failed; never NULL. */
const char *reader_reason(struct archive *a);
void reader_free(struct archive *a);

DEFINE_CLEANUP(struct archive *, reader_free)
#define _cleanup_reader_ _cleanup_(reader_free_p)

#endif
