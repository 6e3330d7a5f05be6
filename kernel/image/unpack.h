/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decompression of one stream (gzip, xz, lzma, zstd, lz4, bzip2, or none), by libarchive. */
#ifndef KERNEL_IMAGE_UNPACK_H
#define KERNEL_IMAGE_UNPACK_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct archive;

/* Takes @len bytes; returns 0 or -errno, which ends the unpacking. */
typedef int (*unpack_sink)(void *arg, const void *data, size_t len);

/*
 * Hands the decompressed bytes of @data to @sink in order. More than @max bytes are -EFBIG, a
 * damaged or cut stream is -EBADMSG. Bytes in no known compression pass through unchanged.
 */
int unpack_memory(const void *data, size_t len, uint64_t max, unpack_sink sink, void *arg,
		  struct err *e);
/* The same from a file, for package indexes: one block after the other, never in memory whole. */
int unpack_file(const char *path, uint64_t max, unpack_sink sink, void *arg, struct err *e);

/* Passes on the bytes of the entry that @a is at; @what names it in errors. */
int unpack_entry(struct archive *a, const char *what, uint64_t max, unpack_sink sink, void *arg,
		 struct err *e);

/* Sinks: @arg is an int * (a descriptor) or a struct buf *. */
int unpack_to_fd(void *arg, const void *data, size_t len);
int unpack_to_buf(void *arg, const void *data, size_t len);

#endif
