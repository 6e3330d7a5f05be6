/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small text files by which a kernel tells of its machine (/proc, /sys), below a root folder:
 * "" is this machine, and tests have one of their own. Contents are not trusted: reading is
 * bounded, and in the lines and values handed out, what is no printable ASCII is a '?'.
 */
#ifndef LAB_HOST_ROOTED_H
#define LAB_HOST_ROOTED_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends the first @max bytes as they are; the rest is cut. 0, -ENOMEM, or -errno of the file. */
int rooted_read(const char *root, const char *path, size_t max, struct buf *out);
bool rooted_exists(const char *root, const char *path);
/* The first line without blanks around it, cut to fit. False and "" if there is none. */
bool rooted_line(const char *root, const char *path, char *out, size_t size);
/*
 * What follows @key at the start of a line of @text, as "key: value" and "key<TAB>: value" have it,
 * cut to fit. False and "" if there is no such line, or nothing follows.
 */
bool rooted_value(const char *text, const char *key, char *out, size_t size);
/* A decimal number that the text begins with and that a blank or the end follows. */
bool rooted_number(const char *text, uint64_t *out);

#endif
