// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int buf_reserve(struct buf *b, size_t extra)
{
	size_t want, cap = b->cap ? b->cap : 256;
	char *grown;

	if (b->error)
		return b->error;
	if (__builtin_add_overflow(b->len, extra, &want) || want > SIZE_MAX / 2 - 1)
		return b->error = -ENOMEM;
	want++;
	if (want <= b->cap)
		return 0;
	while (cap < want)
		cap *= 2;
	grown = realloc(b->data, cap);
	if (!grown)
		return b->error = -ENOMEM;
	b->data = grown;
	b->cap = cap;
	b->data[b->len] = '\0';
	return 0;
}

int buf_add(struct buf *b, const void *data, size_t len)
{
	int r = buf_reserve(b, len);

	if (r < 0)
		return r;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return 0;
}

int buf_error(const struct buf *b)
{
	return b->error;
}

void buf_keep(struct buf *b, int r)
{
	if (r < 0 && !b->error)
		b->error = r;
}

int buf_puts(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n, r;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		buf_keep(b, -EINVAL);
	if (n < 0)
		return b->error;
	r = buf_reserve(b, (size_t)n);
	if (r < 0)
		return r;
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
	return 0;
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = buf_vprintf(b, fmt, ap);
	va_end(ap);
	return r;
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *buf_steal(struct buf *b)
{
	char *data;

	if (buf_reserve(b, 0) < 0) {
		buf_free(b);
		return NULL;
	}
	data = b->data;
	*b = (struct buf){ 0 };
	return data;
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

char *str_printf(const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	return buf_steal(&b);
}
