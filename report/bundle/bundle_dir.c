// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/bundle_dir.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 3
#define NAME_BYTES_MAX 100

static int write_file(const char *dir, const struct bundle_file *f, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", dir, f->path);
	char *slash = path ? strrchr(path, '/') : NULL;
	int r;

	if (!slash)
		return err_oom(e);
	*slash = '\0';
	r = dir_make(path, e);
	*slash = '/';
	return r < 0 ? r : file_write(path, buf_str(&f->data), f->data.len, e);
}

int bundle_write(const struct bundle *b, const char *path, struct err *e)
{
	_cleanup_free_ char *full = file_absolute(path), *parent = NULL, *temp = NULL;
	struct stat st;
	char *slash;
	int r;

	if (!full)
		return err_oom(e);
	for (size_t n = strlen(full); n > 1 && full[n - 1] == '/'; n--)
		full[n - 1] = '\0';
	if (lstat(full, &st) == 0)
		return err_set(e, EEXIST, "%s exists; a bundle is written into a new folder", path);
	slash = strrchr(full, '/');
	parent = slash > full ? strndup(full, (size_t)(slash - full)) : strdup("/");
	if (!parent)
		return err_oom(e);
	r = dir_temp(parent, ".slowpath-bundle-", &temp, e);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < b->count; i++)
		r = write_file(temp, &b->files[i], e);
	/* dir_temp() keeps others out; a bundle is to be given away. */
	if (r == 0 && chmod(temp, 0755) < 0)
		r = err_errno(e, errno, "%s", temp);
	if (r == 0)
		r = dir_publish(temp, full, e);
	if (r < 0)
		dir_remove(temp, NULL);
	return r;
}

struct loader {
	struct bundle *out;
	size_t bytes;
	bundle_odd_fn odd;
	void *arg;
};

static bool good_name(const char *name)
{
	if (strlen(name) > NAME_BYTES_MAX || name[0] == '.' || name[0] == '-')
		return false;
	for (; *name; name++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+",
			    *name))
			return false;
	}
	return true;
}

static int load_file(struct loader *l, int dir, const char *name, const char *path, struct err *e)
{
	/* Without O_NONBLOCK the open of a pipe would wait for its writer. */
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct buf *data;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return l->odd(l->arg, path,
			      errno == ELOOP ? "is a symbolic link" : "cannot be opened");
	if (!S_ISREG(st.st_mode))
		return l->odd(l->arg, path, "is no regular file");
	if (st.st_size > BUNDLE_FILE_BYTES_MAX || l->bytes + (size_t)st.st_size > BUNDLE_BYTES_MAX)
		return l->odd(l->arg, path, "is too large for a bundle");
	l->bytes += (size_t)st.st_size;
	data = bundle_add(l->out, "%s", path);
	if (!data || buf_reserve(data, (size_t)st.st_size + 1) < 0)
		return err_oom(e);
	/* A file that grows meanwhile is read as long as it was. */
	while (data->len < (size_t)st.st_size) {
		ssize_t n = read(fd, data->data + data->len, (size_t)st.st_size - data->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return l->odd(l->arg, path, "cannot be read");
		data->len += (size_t)n;
	}
	data->data[data->len] = '\0';
	return 0;
}

static int load_dir(struct loader *l, int fd, const char *prefix, int depth, struct err *e);

static int load_entry(struct loader *l, int dir, const char *name, const char *prefix, int depth,
		      struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s%s", prefix, name);
	struct stat st;
	int fd;

	if (!path)
		return err_oom(e);
	if (!good_name(name))
		return l->odd(l->arg, path, "has a name that no file of a bundle has");
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return l->odd(l->arg, path, "cannot be read");
	if (!S_ISDIR(st.st_mode))
		return l->out->count >= BUNDLE_FILES_MAX
			       ? err_set(e, E2BIG, "more than %d files", BUNDLE_FILES_MAX)
			       : load_file(l, dir, name, path, e);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || depth >= DEPTH_MAX) {
		if (fd >= 0)
			close(fd);
		return l->odd(l->arg, path, fd < 0 ? "cannot be opened" : "lies too deep");
	}
	free(path);
	path = str_printf("%s%s/", prefix, name);
	if (path)
		return load_dir(l, fd, path, depth + 1, e);
	close(fd);
	return err_oom(e);
}

/* Takes @fd over. */
static int load_dir(struct loader *l, int fd, const char *prefix, int depth, struct err *e)
{
	DIR *d = fdopendir(fd);
	struct dirent *entry;
	size_t seen = 0;
	int r = 0;

	if (!d) {
		close(fd);
		return err_errno(e, errno, "%s", prefix);
	}
	while (r == 0 && (entry = readdir(d))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		r = ++seen > BUNDLE_FILES_MAX
			    ? err_set(e, E2BIG, "more than %d files", BUNDLE_FILES_MAX)
			    : load_entry(l, dirfd(d), entry->d_name, prefix, depth, e);
	}
	closedir(d);
	if (r == 0 && depth && !seen) {
		_cleanup_free_ char *name = strndup(prefix, strlen(prefix) - 1);

		r = name ? l->odd(l->arg, name, "is an empty folder") : err_oom(e);
	}
	return r;
}

int bundle_load(const char *path, struct bundle *out, bundle_odd_fn odd, void *arg, struct err *e)
{
	struct loader l = { .out = out, .odd = odd, .arg = arg };
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	r = load_dir(&l, fd, "", 0, e);
	if (r < 0)
		return err_wrap(e, "%s", path);
	bundle_sort(out);
	return 0;
}
