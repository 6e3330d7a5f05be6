// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/staging.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX ".tmp-"

int staging_lock_store(const char *kernels, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/.lock", kernels);

	return path ? file_lock(path, true, e) : err_oom(e);
}

static int fill(const char *kernels, struct staging *w, struct err *e)
{
	_cleanup_free_ char *lock = NULL;
	int r = dir_temp(kernels, PREFIX, &w->dir, e);

	if (r < 0)
		return r;
	lock = str_printf("%s/lock", w->dir);
	w->files = str_printf("%s/entry", w->dir);
	if (!lock || !w->files)
		return err_oom(e);
	w->lock = file_lock(lock, false, e);
	return w->lock < 0 ? w->lock : dir_make(w->files, e);
}

int staging_open(const char *kernels, struct staging *w, struct err *e)
{
	_cleanup_close_ int store = -1;
	int r;

	*w = STAGING_NONE;
	r = dir_make(kernels, e);
	/* Between its mkdir and its lock the new folder would look like a leftover to a sweep. */
	if (r == 0)
		r = store = staging_lock_store(kernels, e);
	if (r >= 0)
		r = fill(kernels, w, e);
	if (r >= 0)
		return 0;
	staging_close(w);
	err_wrap(e, "the kernel store %s cannot be written (--home DIR names another)", kernels);
	return r;
}

void staging_close(struct staging *w)
{
	if (w->dir)
		dir_remove(w->dir, NULL);
	free(w->dir);
	free(w->files);
	if (w->lock >= 0)
		close(w->lock);
	*w = STAGING_NONE;
}

static void sweep_one(const char *kernels, const char *name)
{
	_cleanup_free_ char *dir = str_printf("%s/%s", kernels, name);
	_cleanup_free_ char *lock = str_printf("%s/%s/lock", kernels, name);
	_cleanup_close_ int fd = -1;

	if (!dir || !lock)
		return;
	fd = file_lock(lock, false, NULL);
	if (fd >= 0)
		dir_remove(dir, NULL);
}

void staging_sweep(const char *kernels)
{
	_cleanup_close_ int store = -1;
	DIR *dir = opendir(kernels);
	struct dirent *d;

	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (strncmp(d->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		if (store < 0)
			store = staging_lock_store(kernels, NULL);
		if (store < 0)
			break;
		sweep_one(kernels, d->d_name);
	}
	closedir(dir);
}
