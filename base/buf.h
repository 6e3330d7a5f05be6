/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growable byte buffer that is always NUL-terminated one past its length. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* owned; NULL while empty */
	size_t len;
	size_t cap;
};

/* All return 0 or -ENOMEM; on failure the buffer is as it was. */
int buf_add(struct buf *b, const void *data, size_t len);
int buf_puts(struct buf *b, const char *s);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_reserve(struct buf *b, size_t extra);
/* Never NULL: "" for an empty buffer. */
const char *buf_str(const struct buf *b);
/* Hands over the memory (malloc'ed, NUL-terminated); the buffer is empty afterwards. */
char *buf_steal(struct buf *b);
void buf_free(struct buf *b);

#define _cleanup_buf_ __attribute__((cleanup(buf_free)))

/* asprintf that returns NULL on failure. */
char *str_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
