// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/workdir.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A folder whose lock is free belongs to nobody. */
static void remove_if_stale(const char *path, uint64_t *bytes)
{
	_cleanup_free_ char *lock = str_printf("%s/lock", path);
	_cleanup_close_ int fd = lock ? file_lock(lock, false, NULL) : -1;
	uint64_t held = fd >= 0 ? dir_bytes(path) : 0;

	if (fd >= 0 && dir_remove(path, NULL) == 0)
		*bytes += held;
}

/* The gate is held: between its making and its locking, a folder looks stale. */
static void sweep(const char *parent, uint64_t *bytes)
{
	DIR *dir = opendir(parent);
	struct dirent *d;

	if (!dir)
		return;
	while ((d = readdir(dir))) {
		_cleanup_free_ char *path = NULL;

		if (strncmp(d->d_name, "run-", 4) != 0)
			continue;
		path = str_printf("%s/%s", parent, d->d_name);
		if (path)
			remove_if_stale(path, bytes);
	}
	closedir(dir);
}

int workdir_sweep(const char *cache_dir, uint64_t *bytes, struct err *e)
{
	_cleanup_free_ char *parent = str_printf("%s/run", cache_dir);
	_cleanup_free_ char *gate = str_printf("%s/run/gate", cache_dir);
	_cleanup_close_ int gate_fd = -1;

	if (!parent || !gate)
		return err_oom(e);
	if (!file_exists(parent))
		return 0;
	gate_fd = file_lock(gate, true, e);
	if (gate_fd < 0)
		return gate_fd;
	sweep(parent, bytes);
	return 0;
}

int workdir_make(const char *cache_dir, struct workdir *out, struct err *e)
{
	_cleanup_free_ char *parent = str_printf("%s/run", cache_dir);
	_cleanup_free_ char *gate = str_printf("%s/run/gate", cache_dir), *lock = NULL;
	_cleanup_close_ int gate_fd = -1;
	uint64_t swept = 0;
	int r;

	*out = WORKDIR_NONE;
	if (!parent || !gate)
		return err_oom(e);
	r = dir_make(parent, e);
	if (r < 0)
		return r;
	gate_fd = file_lock(gate, true, e);
	if (gate_fd < 0)
		return gate_fd;
	sweep(parent, &swept);
	r = dir_temp(parent, "run-", &out->path, e);
	if (r < 0)
		return r;
	lock = str_printf("%s/lock", out->path);
	out->lock_fd = lock ? file_lock(lock, false, e) : err_oom(e);
	if (out->lock_fd >= 0)
		return 0;
	r = out->lock_fd;
	workdir_free(out);
	return r;
}

void workdir_free(struct workdir *w)
{
	if (w->path)
		dir_remove(w->path, NULL);
	if (w->lock_fd >= 0)
		close(w->lock_fd);
	free(w->path);
	*w = WORKDIR_NONE;
}

int workdir_hole(const struct workdir *w, const char *name, uint64_t bytes, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", w->path, name);
	_cleanup_close_ int fd = -1;

	if (!path)
		return err_oom(e);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)bytes) < 0)
		return err_errno(e, errno, "%s", path);
	return 0;
}

int workdir_put(const struct workdir *w, const char *name, const void *data, size_t len,
		struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", w->path, name);

	return path ? file_write(path, data, len, e) : err_oom(e);
}
