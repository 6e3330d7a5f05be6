/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and folders: read whole, replace atomically, lock, remove. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Appends the whole file; -EFBIG if it is larger than @max bytes. Works on /proc files too. */
int file_read(const char *path, size_t max, struct buf *out, struct err *e);
/* Writes beside @path, fsyncs and renames: readers see the old file or the new, never half. */
int file_write_atomic(const char *path, const void *data, size_t len, struct err *e);
/* Plain write of a new or truncated file (for scratch folders). */
int file_write(const char *path, const void *data, size_t len, struct err *e);
int file_write_all(int fd, const void *data, size_t len);
/* Copies bytes; keeps holes out of it. The target is created or truncated. */
int file_copy(const char *from, const char *to, struct err *e);
bool file_exists(const char *path);
/* @path from the root, links as they are (malloc'ed), or NULL. */
char *file_absolute(const char *path);
/* Size in bytes, or -errno. */
int64_t file_size(const char *path);

/* mkdir -p, mode 0777 & ~umask. */
int dir_make(const char *path, struct err *e);
/* rm -rf; a path that does not exist is fine. Never follows a symbolic link out. */
int dir_remove(const char *path, struct err *e);
/* Bytes of all regular files below, 0 if there is none. */
uint64_t dir_bytes(const char *path);
/* A fresh folder "<parent>/<prefix>XXXXXX"; *out is malloc'ed. The parent is made if needed. */
int dir_temp(const char *parent, const char *prefix, char **out, struct err *e);
/* rename(2) of a finished folder into place. An existing target counts as done (-EEXIST). */
int dir_publish(const char *from, const char *to, struct err *e);

/*
 * Takes an exclusive advisory lock on a file that is created if needed. Returns the descriptor
 * (close it to unlock) or -errno; -EWOULDBLOCK only with @wait false.
 */
int file_lock(const char *path, bool wait, struct err *e);

#endif
