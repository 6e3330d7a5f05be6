// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, size_t max, struct buf *out, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t start = out->len;

	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	for (;;) {
		ssize_t n;

		if (buf_reserve(out, 65536) < 0)
			return err_oom(e);
		n = read(fd, out->data + out->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, errno, "%s", path);
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (out->len - start > max)
			return err_set(e, EFBIG, "%s: larger than %zu bytes", path, max);
	}
}

int file_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_write(const char *path, const void *data, size_t len, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int r;

	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	r = file_write_all(fd, data, len);
	return r < 0 ? err_errno(e, -r, "%s", path) : 0;
}

int file_write_atomic(const char *path, const void *data, size_t len, struct err *e)
{
	_cleanup_free_ char *temp = str_printf("%s.XXXXXX", path);
	_cleanup_close_ int fd = -1;
	int r;

	if (!temp)
		return err_oom(e);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno, "%s", temp);
	r = file_write_all(fd, data, len);
	if (r == 0 && fchmod(fd, 0644) < 0)
		r = -errno;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	if (r < 0) {
		unlink(temp);
		return err_errno(e, -r, "%s", path);
	}
	return 0;
}

int file_copy(const char *from, const char *to, struct err *e)
{
	_cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int out = -1;
	char block[65536];

	if (in < 0)
		return err_errno(e, errno, "%s", from);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (out < 0)
		return err_errno(e, errno, "%s", to);
	for (;;) {
		ssize_t n = read(in, block, sizeof(block));
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, errno, "%s", from);
		if (n == 0)
			return 0;
		r = file_write_all(out, block, (size_t)n);
		if (r < 0)
			return err_errno(e, -r, "%s", to);
	}
}

char *file_absolute(const char *path)
{
	_cleanup_free_ char *cwd = NULL;

	if (path[0] == '/')
		return strdup(path);
	cwd = getcwd(NULL, 0);
	return cwd ? str_printf("%s/%s", cwd, path) : NULL;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int64_t file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -errno : st.st_size;
}

int dir_make(const char *path, struct err *e)
{
	_cleanup_free_ char *copy = strdup(path);
	struct stat st;

	if (!copy)
		return err_oom(e);
	if (!copy[0])
		return err_errno(e, ENOENT, "cannot make folder ''");
	for (char *p = copy + 1;; p++) {
		char was = *p;

		if (was != '/' && was != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			return was ? err_errno(e, errno, "cannot make folder %s: %s", path, copy)
				   : err_errno(e, errno, "cannot make folder %s", path);
		if (was == '\0')
			break;
		*p = '/';
	}
	/* EEXIST may have been a file. */
	if (stat(path, &st) < 0)
		return err_errno(e, errno, "cannot make folder %s", path);
	return S_ISDIR(st.st_mode) ? 0 : err_errno(e, ENOTDIR, "cannot make folder %s", path);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

int dir_remove(const char *path, struct err *e)
{
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 && errno != ENOENT)
		return err_errno(e, errno, "cannot remove %s", path);
	return 0;
}

uint64_t dir_bytes(const char *path)
{
	DIR *dir = opendir(path);
	uint64_t bytes = 0;
	struct dirent *d;

	if (!dir)
		return 0;
	while ((d = readdir(dir))) {
		_cleanup_free_ char *sub = NULL;
		struct stat st;

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		sub = str_printf("%s/%s", path, d->d_name);
		if (!sub || lstat(sub, &st) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			bytes += (uint64_t)st.st_blocks * 512;
		else if (S_ISDIR(st.st_mode))
			bytes += dir_bytes(sub);
	}
	closedir(dir);
	return bytes;
}

int dir_temp(const char *parent, const char *prefix, char **out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%sXXXXXX", parent, prefix);
	int r;

	if (!path)
		return err_oom(e);
	r = dir_make(parent, e);
	if (r < 0)
		return r;
	if (!mkdtemp(path))
		return err_errno(e, errno, "cannot make a folder in %s", parent);
	*out = steal(&path);
	return 0;
}

int dir_publish(const char *from, const char *to, struct err *e)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno == EEXIST || errno == ENOTEMPTY)
		return err_set(e, EEXIST, "%s exists", to);
	return err_errno(e, errno, "cannot rename %s to %s", from, to);
}

int file_lock(const char *path, bool wait, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return err_errno(e, errno, "lock %s", path);
	while (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) < 0) {
		int code = errno;

		if (code == EINTR)
			continue;
		close(fd);
		return err_errno(e, code, "lock %s", path);
	}
	return fd;
}
