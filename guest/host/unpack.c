// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/host/unpack.h"

#include "guest/host/port.h"
#include "guest/host/report.h"
#include "proto/parcel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES (256u << 10)

/* The archive on its way: read in chunks, summed up, and never more of it than it says it has. */
struct stream {
	uint64_t left; /* that has not been read */
	struct parcel_sum sum;
	uint8_t *chunk;
	size_t at, len; /* in the chunk */
};

struct entry {
	uint32_t numbers[PARCEL_NUMBERS];
	char name[PARCEL_NAME_MAX + 1]; /* with a slash before it */
};

static int refill(struct stream *s)
{
	s->at = 0;
	s->len = s->left < CHUNK_BYTES ? (size_t)s->left : CHUNK_BYTES;
	fwcfg_next(s->chunk, s->len);
	parcel_sum_add(&s->sum, s->chunk, s->len);
	s->left -= s->len;
	return s->len ? 0 : -ENODATA;
}

/* Some of the next bytes, at most @max; *n of them. */
static const uint8_t *next_some(struct stream *s, size_t max, size_t *n)
{
	const uint8_t *at;

	if (s->at == s->len && refill(s) < 0)
		return NULL;
	*n = s->len - s->at < max ? s->len - s->at : max;
	at = s->chunk + s->at;
	s->at += *n;
	return at;
}

static int next_bytes(struct stream *s, void *out, size_t len)
{
	for (size_t n; len; len -= n, out = (char *)out + n) {
		const uint8_t *some = next_some(s, len, &n);

		if (!some)
			return -ENODATA;
		memcpy(out, some, n);
	}
	return 0;
}

/* Up to a multiple of 4; the header of the parcel has one itself. */
static int align(struct stream *s, size_t len)
{
	char zeros[4];

	return next_bytes(s, zeros, (4 - len % 4) % 4);
}

static int read_number(const char *text, uint32_t *out)
{
	char digits[9] = "", *end;

	memcpy(digits, text, 8);
	*out = (uint32_t)strtoul(digits, &end, 16);
	return end == digits + 8 ? 0 : -EBADMSG;
}

static int read_entry(struct stream *s, struct entry *out)
{
	char head[PARCEL_ENTRY_BYTES];
	size_t magic = strlen(PARCEL_ENTRY_MAGIC), len;
	int r = next_bytes(s, head, sizeof(head));

	if (r == 0 && memcmp(head, PARCEL_ENTRY_MAGIC, magic) != 0)
		r = -EBADMSG;
	for (unsigned i = 0; r == 0 && i < PARCEL_NUMBERS; i++)
		r = read_number(head + magic + 8 * i, &out->numbers[i]);
	if (r < 0)
		return r;
	len = out->numbers[PARCEL_NAME_SIZE];
	if (len < 2 || len > PARCEL_NAME_MAX)
		return -EBADMSG;
	out->name[0] = '/';
	r = next_bytes(s, out->name + 1, len);
	if (r < 0)
		return r;
	/* The host has made it, and still: nothing of it leads up, nor has two ends. */
	if (out->name[len] || strlen(out->name) != len || strstr(out->name, "/../"))
		return -EBADMSG;
	return align(s, PARCEL_ENTRY_BYTES + len);
}

static int put_file(struct stream *s, const struct entry *x, int *out)
{
	int fd = open(x->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t left = x->numbers[PARCEL_SIZE];

	*out = fd < 0 ? -errno : 0;
	for (size_t n; left; left -= n) {
		const uint8_t *some = next_some(s, left, &n);

		if (!some)
			return -ENODATA;
		/* What could not be written is read over: the next entry stands behind it. */
		for (size_t done = 0; *out == 0 && done < n;) {
			ssize_t wrote = write(fd, some + done, n - done);

			if (wrote <= 0)
				*out = wrote < 0 ? -errno : -ENOSPC;
			else
				done += (size_t)wrote;
		}
	}
	if (fd >= 0)
		close(fd);
	return align(s, x->numbers[PARCEL_SIZE]);
}

static void set_times(const char *path, time_t time_s)
{
	const struct timespec times[2] = { { .tv_sec = time_s }, { .tv_sec = time_s } };

	utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

/* *out: what came of putting it there. */
static int put_entry(struct stream *s, const struct entry *x, int *out)
{
	uint32_t mode = x->numbers[PARCEL_MODE];
	char target[PATH_MAX] = "";
	int r = 0;

	*out = 0;
	if (S_ISREG(mode)) {
		r = put_file(s, x, out);
	} else if (S_ISDIR(mode) && !x->numbers[PARCEL_SIZE]) {
		*out = mkdir(x->name, 0755) < 0 && errno != EEXIST ? -errno : 0;
	} else if (S_ISLNK(mode) && x->numbers[PARCEL_SIZE] < sizeof(target)) {
		r = next_bytes(s, target, x->numbers[PARCEL_SIZE]);
		if (r == 0)
			r = align(s, x->numbers[PARCEL_SIZE]);
		*out = symlink(target, x->name) < 0 && errno != EEXIST ? -errno : 0;
	} else {
		r = -EBADMSG;
	}
	if (r == 0 && *out == 0 && !S_ISLNK(mode) && chmod(x->name, mode & 07777) < 0)
		*out = -errno;
	if (x->numbers[PARCEL_TIME])
		set_times(x->name, (time_t)x->numbers[PARCEL_TIME]);
	return r;
}

static int unpack(struct stream *s)
{
	static struct entry x;
	int r, put = 0;

	for (r = read_entry(s, &x); r == 0 && strcmp(x.name, "/" PARCEL_END) != 0;
	     r = read_entry(s, &x)) {
		r = put_entry(s, &x, &put);
		if (r < 0)
			return r;
		if (put < 0) {
			report_error("the program's files: %s: %s", x.name, strerror(-put));
			return put;
		}
	}
	while (r == 0 && s->left)
		r = refill(s);
	return r;
}

int unpack_parcel(void)
{
	struct parcel_header h = { 0 };
	struct stream s = { 0 };
	static int done;
	int64_t bytes;
	int r = 0;

	if (done)
		return 0;
	done = 1;
	fwcfg_fast();
	bytes = fwcfg_open(PARCEL_FW_CFG_FILE);
	if (bytes < 0)
		return bytes == -ENOENT ? 0 : (int)bytes;
	fwcfg_next(&h, sizeof(h));
	s.left = h.bytes;
	s.chunk = malloc(CHUNK_BYTES);
	if (!s.chunk)
		r = -ENOMEM;
	else if (h.magic != PARCEL_MAGIC || h.bytes % 8 || (uint64_t)bytes != sizeof(h) + h.bytes)
		r = -EBADMSG;
	if (r == 0)
		r = unpack(&s);
	if (r == 0 && parcel_sum_value(&s.sum) != h.sum)
		r = -EBADMSG;
	free(s.chunk);
	if (r == -EBADMSG || r == -ENODATA || r == -ENOMEM)
		report_error("the program's files came damaged: %s", strerror(-r));
	return r;
}

static int copy_file(const char *from, const char *to, const struct stat *st)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	off_t left = st->st_size;
	int r = in < 0 || out < 0 ? -errno : 0;

	while (r == 0 && left > 0) {
		ssize_t n = sendfile(out, in, NULL, (size_t)left);

		if (n <= 0)
			r = n < 0 ? -errno : -EIO;
		else
			left -= n;
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return r;
}

static int copy_link(const char *from, const char *to)
{
	char target[PATH_MAX];
	ssize_t len = readlink(from, target, sizeof(target) - 1);

	if (len < 0)
		return -errno;
	target[len] = '\0';
	return symlink(target, to) < 0 ? -errno : 0;
}

static int copy_one(const char *from, const char *to)
{
	struct stat st;
	int r = lstat(from, &st) < 0 ? -errno : 0;

	if (r == 0 && S_ISDIR(st.st_mode)) {
		r = mkdir(to, 0755) < 0 ? -errno : unpack_copy(from, to);
	} else if (r == 0 && S_ISLNK(st.st_mode)) {
		return copy_link(from, to);
	} else if (r == 0) {
		r = copy_file(from, to, &st);
	}
	if (r == 0 && chmod(to, st.st_mode & 07777) < 0)
		r = -errno;
	if (r == 0)
		set_times(to, st.st_mtime);
	return r;
}

int unpack_copy(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *x;
	int r = d ? 0 : -errno;

	while (r == 0 && (x = readdir(d))) {
		char here[PATH_MAX], there[PATH_MAX];

		if (!strcmp(x->d_name, ".") || !strcmp(x->d_name, ".."))
			continue;
		if (snprintf(here, sizeof(here), "%s/%s", from, x->d_name) >= (int)sizeof(here) ||
		    snprintf(there, sizeof(there), "%s/%s", to, x->d_name) >= (int)sizeof(there))
			r = -ENAMETOOLONG;
		else
			r = copy_one(here, there);
	}
	if (d)
		closedir(d);
	return r;
}
