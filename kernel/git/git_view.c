// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/git/git_view.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "slowpath-git-"
/* A folder is locked right after it was made: none that is so old is about to be. */
#define STALE_S 60
#define HEAD_MAX 4096
#define PSEUDO_REF "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define SHARED_INDEX "sharedindex."

void git_place_free(struct git_place *p)
{
	free(p->git_dir);
	free(p->common);
	free(p->objects);
	free(p->format);
	*p = (struct git_place){ 0 };
}

/* DIR/NAME of the view is FROM/NAME, if there is such a thing. */
static int show(const struct git_view *v, const char *from, const char *name, struct err *e)
{
	_cleanup_free_ char *target = str_printf("%s/%s", from, name);
	_cleanup_free_ char *path = str_printf("%s/%s", v->dir, name);

	if (!target || !path)
		return err_oom(e);
	if (!file_exists(target))
		return 0;
	return symlink(target, path) < 0 ? err_errno(e, errno, "%s", path) : 0;
}

static int write_file(const struct git_view *v, const char *name, const struct buf *text,
		      struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", v->dir, name);

	return path ? file_write(path, buf_str(text), text->len, e) : err_oom(e);
}

/* git takes a link for a branch only, so HEAD is a copy. */
static int copy_head(const struct git_view *v, const struct git_place *p, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/HEAD", p->git_dir);
	_cleanup_buf_ struct buf head = { 0 };
	int r = path ? file_read(path, HEAD_MAX, &head, e) : err_oom(e);

	return r < 0 ? r : write_file(v, "HEAD", &head, e);
}

static int write_config(const struct git_view *v, const struct git_place *p, bool bare,
			struct err *e)
{
	_cleanup_free_ char *tables = str_printf("%s/reftable", p->common);
	_cleanup_buf_ struct buf text = { 0 };
	bool sha1 = !strcmp(p->format, "sha1");
	int r;

	if (!tables)
		return err_oom(e);
	r = buf_printf(&text, "[core]\n\trepositoryformatversion = 1\n\tbare = %s\n[extensions]\n",
		       bare ? "true" : "false");
	if (!sha1)
		r |= buf_printf(&text, "\tobjectFormat = %s\n", p->format);
	if (file_exists(tables))
		r |= buf_puts(&text, "\trefStorage = reftable\n");
	return r ? err_oom(e) : write_file(v, "config", &text, e);
}

/* git marks what a split index refers to as used, so that is a copy, too. */
static int copy(const struct git_view *v, const char *from, const char *name, struct err *e)
{
	_cleanup_free_ char *source = str_printf("%s/%s", from, name);
	_cleanup_free_ char *path = str_printf("%s/%s", v->dir, name);

	return source && path ? file_copy(source, path, e) : err_oom(e);
}

/* Of this work tree's own: FETCH_HEAD and its like, and what a split index refers to. */
static int show_own(const struct git_view *v, const struct git_place *p, struct err *e)
{
	DIR *dir = opendir(p->git_dir);
	struct dirent *d;
	int r = 0;

	if (!dir)
		return err_errno(e, errno, "%s", p->git_dir);
	while (r == 0 && (d = readdir(dir))) {
		bool ref = !d->d_name[strspn(d->d_name, PSEUDO_REF)];

		if (ref && strcmp(d->d_name, "HEAD") != 0)
			r = show(v, p->git_dir, d->d_name, e);
		else if (!strncmp(d->d_name, SHARED_INDEX, strlen(SHARED_INDEX)))
			r = copy(v, p->git_dir, d->d_name, e);
	}
	closedir(dir);
	return r;
}

static int show_shared(const struct git_view *v, const struct git_place *p, struct err *e)
{
	static const char *const names[] = { "refs", "packed-refs", "reftable", "shallow" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(names); i++)
		r = show(v, p->common, names[i], e);
	return r;
}

/* Where HEAD has been is this work tree's own, where branches have been is shared. */
static int show_logs(const struct git_view *v, const struct git_place *p, struct err *e)
{
	_cleanup_free_ char *dir = str_printf("%s/logs", v->dir);
	int r = dir ? dir_make(dir, e) : err_oom(e);

	if (r == 0)
		r = show(v, p->git_dir, "logs/HEAD", e);
	return r < 0 ? r : show(v, p->common, "logs/refs", e);
}

static int set_env(struct git_view *v, const struct git_place *p, const char *top, struct err *e)
{
	v->env[0] = str_printf("GIT_DIR=%s", v->dir);
	v->env[1] = str_printf("GIT_OBJECT_DIRECTORY=%s", p->objects);
	if (top) {
		v->env[2] = str_printf("GIT_INDEX_FILE=%s/index", p->git_dir);
		v->env[3] = str_printf("GIT_WORK_TREE=%s", top);
	}
	return v->env[0] && v->env[1] && (!top || (v->env[2] && v->env[3])) ? 0 : err_oom(e);
}

/* A locked descriptor of a folder of ours, or -1. */
static int lock_dir(int parent_fd, const char *name)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Removes it if it is left of a process that was killed. */
static void remove_if_stale(const char *parent, int parent_fd, const char *name)
{
	_cleanup_close_ int fd = lock_dir(parent_fd, name);
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_uid != geteuid() ||
	    time(NULL) - st.st_mtime < STALE_S)
		return;
	path = str_printf("%s/%s", parent, name);
	if (path)
		dir_remove(path, NULL);
}

static void sweep(const char *parent)
{
	DIR *dir = opendir(parent);
	struct dirent *d;

	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (!strncmp(d->d_name, PREFIX, strlen(PREFIX)))
			remove_if_stale(parent, dirfd(dir), d->d_name);
	}
	closedir(dir);
}

/* A new one, locked, after removing what killed processes left. */
static int make_dir(struct git_view *v, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	int r;

	if (!tmp || *tmp != '/')
		tmp = "/tmp";
	sweep(tmp);
	r = dir_temp(tmp, PREFIX, &v->dir, e);
	if (r < 0)
		return r;
	v->lock_fd = lock_dir(AT_FDCWD, v->dir);
	return v->lock_fd < 0 ? err_errno(e, errno, "lock %s", v->dir) : 0;
}

int git_view_open(const struct git_place *p, const char *top, struct git_view *out, struct err *e)
{
	struct git_view v = GIT_VIEW_NONE;
	int r = make_dir(&v, e);

	*out = GIT_VIEW_NONE;
	if (r == 0)
		r = copy_head(&v, p, e);
	if (r == 0)
		r = write_config(&v, p, !top, e);
	if (r == 0)
		r = show_shared(&v, p, e);
	if (r == 0)
		r = show_own(&v, p, e);
	if (r == 0)
		r = show_logs(&v, p, e);
	if (r == 0)
		r = set_env(&v, p, top, e);
	if (r < 0) {
		git_view_close(&v);
		return r;
	}
	*out = v;
	return 0;
}

void git_view_close(struct git_view *v)
{
	if (v->dir)
		dir_remove(v->dir, NULL);
	if (v->lock_fd >= 0)
		close(v->lock_fd);
	free(v->dir);
	for (size_t i = 0; i < ARRAY_SIZE(v->settings); i++)
		free(v->settings[i]);
	for (size_t i = 0; i < ARRAY_SIZE(v->env); i++)
		free(v->env[i]);
	*v = GIT_VIEW_NONE;
}
