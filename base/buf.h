/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growable byte buffer that is always NUL-terminated one past its length.
 *
 * It keeps its first error: after that, whatever would add to it does nothing, and what is in it
 * stays. So what appends a text in many steps returns nothing, and only who hands the text on asks:
 *
 *	_cleanup_buf_ struct buf text = { 0 };
 *
 *	put_head(&text);
 *	put_rows(&text);
 *	return buf_error(&text) ? err_oom(e) : 0;
 */
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
	int error; /* 0 or what was the first to fail */
};

/* All return what buf_error() says then: 0 or, as a rule, -ENOMEM. */
int buf_add(struct buf *b, const void *data, size_t len);
int buf_puts(struct buf *b, const char *s);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
int buf_reserve(struct buf *b, size_t extra);
int buf_error(const struct buf *b);
/*
 * @r, if it is negative, is the buffer's error unless it has one: of a part that was to go into it,
 * such as the buf_error() of another buffer.
 */
void buf_keep(struct buf *b, int r);
/* Never NULL: "" for an empty buffer. */
const char *buf_str(const struct buf *b);
/*
 * Hands over the memory (malloc'ed, NUL-terminated), or returns NULL if the buffer has an error. It
 * is empty and without error afterwards.
 */
char *buf_steal(struct buf *b);
void buf_free(struct buf *b);

#define _cleanup_buf_ __attribute__((cleanup(buf_free)))

/* asprintf that returns NULL on failure. */
char *str_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
