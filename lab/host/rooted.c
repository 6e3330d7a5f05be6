// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/host/rooted.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 4096
#define LINE_MAX_BYTES 4096

/* All that fits; a pipe in a fake root must not hold us up, hence O_NONBLOCK. */
static int read_start(const char *path, size_t max, struct buf *out)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return -errno;
	while (max) {
		size_t want = max < CHUNK ? max : CHUNK;
		ssize_t n;

		if (buf_reserve(out, want) < 0)
			return -ENOMEM;
		n = read(fd, out->data + out->len, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		max -= (size_t)n;
	}
	return 0;
}

int rooted_read(const char *root, const char *path, size_t max, struct buf *out)
{
	_cleanup_free_ char *full = str_printf("%s%s", root, path);

	return full ? read_start(full, max, out) : -ENOMEM;
}

bool rooted_exists(const char *root, const char *path)
{
	_cleanup_free_ char *full = str_printf("%s%s", root, path);

	return full && file_exists(full);
}

/* A line up to its end, without blanks around it. */
static bool copy_line(const char *from, char *out, size_t size)
{
	size_t len;

	from += strspn(from, " \t");
	len = strcspn(from, "\n");
	if (len >= size)
		len = size - 1;
	while (len && strchr(" \t", from[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++)
		out[i] = from[i] < ' ' || from[i] > '~' ? '?' : from[i];
	out[len] = '\0';
	return len > 0;
}

bool rooted_line(const char *root, const char *path, char *out, size_t size)
{
	_cleanup_buf_ struct buf text = { 0 };

	out[0] = '\0';
	return rooted_read(root, path, LINE_MAX_BYTES, &text) == 0 &&
	       copy_line(buf_str(&text), out, size);
}

bool rooted_value(const char *text, const char *key, char *out, size_t size)
{
	size_t len = strlen(key);

	out[0] = '\0';
	for (const char *at = text; at && *at; at = strchr(at, '\n'), at += at ? 1 : 0) {
		const char *after = at + len;

		if (strncmp(at, key, len) != 0 || !*after || !strchr(" \t:", *after))
			continue;
		after += strspn(after, " \t");
		return copy_line(after + (*after == ':'), out, size);
	}
	return false;
}

bool rooted_number(const char *text, uint64_t *out)
{
	unsigned long long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || (*end && !strchr(" \t\n", *end)))
		return false;
	*out = value;
	return true;
}
