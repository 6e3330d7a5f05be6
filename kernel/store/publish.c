// SPDX-License-Identifier: GPL-2.0-or-later
/* Everything that changes the store: each function holds the store's lock while it works. */
#include "kernel/store/handle.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "kernel/store/meta.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int lock(struct kernel_store *st, struct err *e)
{
	int fd = staging_lock_store(st->kernels, e);

	if (fd < 0)
		err_wrap(e, "the kernel store %s cannot be written", st->kernels);
	return fd;
}

static int sync_dir(const char *path, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_errno(e, errno, "%s", path);
	return 0;
}

/* Puts @from in the place of DIR/NAME, if there is a @from. */
static int move_file(const char *from, const char *dir, const char *name, struct err *e)
{
	_cleanup_free_ char *to = str_printf("%s/%s", dir, name);

	if (!to)
		return err_oom(e);
	if (!file_exists(from))
		return 0;
	return rename(from, to) < 0 ? err_errno(e, errno, "cannot rename %s to %s", from, to) : 0;
}

/*
 * The build is there already: whatever of it is damaged or missing (somebody else's bzImage had
 * no config) comes from the new files, which are the same by hash.
 */
static int merge(const char *dir, const struct staging *w, const struct kernel *k, json_t *root,
		 struct err *e)
{
	_cleanup_free_ char *vmlinux = str_printf("%s/vmlinux", w->files);
	/* The packaged config is the build's own; one found beside a file is a good guess. */
	bool had_config = !k->package && json_is_string(json_object_get(root, "config_sha256"));
	int r;

	if (!vmlinux)
		return err_oom(e);
	r = move_file(vmlinux, dir, "vmlinux", e);
	if (r == 0 && k->config_path && !had_config) {
		r = move_file(k->config_path, dir, "config", e);
		json_object_set_new(root, "config_sha256", json_string(k->config_sha256));
	}
	if (r == 0 && k->bzimage_path) {
		r = move_file(k->bzimage_path, dir, "bzImage", e);
		json_object_set_new(root, "bzimage", json_true());
		json_object_set_new(root, "bzimage_sha256", json_string(k->bzimage_sha256));
	}
	return r;
}

static int put_source(json_t *root, const struct kernel *k, struct err *e)
{
	struct kernel dated = *k;
	char now[28];

	clock_utc(now);
	dated.added = now;
	return meta_put_source(root, &dated) < 0 ? err_oom(e) : 0;
}

/* The kernel of spec and image that @like has, as it is stored now. */
static int reload(const char *dir, const struct kernel *like, struct kernel **out, struct err *e)
{
	_cleanup_json_ json_t *root = NULL;
	int r = meta_load(dir, &root, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < meta_sources(root); i++) {
		_cleanup_kernel_ struct kernel *k = meta_kernel(dir, root, i);

		if (!k)
			return err_oom(e);
		if (strcmp(k->spec, like->spec) || strcmp(k->image_sha256, like->image_sha256))
			continue;
		*out = steal(&k);
		return 0;
	}
	return err_set(e, ENOENT, "kernel '%s' was removed meanwhile", like->spec);
}

static int publish_new(struct kernel_store *st, const char *dir, struct staging *w,
		       const struct kernel *k, struct err *e)
{
	_cleanup_json_ json_t *root = meta_new(k);
	int r;

	if (!root)
		return err_oom(e);
	r = put_source(root, k, e);
	if (r == 0)
		r = meta_write(w->files, root, e);
	if (r == 0)
		r = sync_dir(w->files, e);
	if (r == 0)
		r = dir_publish(w->files, dir, e);
	return r == 0 ? sync_dir(st->kernels, e) : r;
}

static int publish_more(const char *dir, struct staging *w, const struct kernel *k, struct err *e)
{
	_cleanup_json_ json_t *root = NULL;
	int r = meta_load(dir, &root, e);

	if (r == 0)
		r = merge(dir, w, k, root, e);
	if (r == 0)
		r = put_source(root, k, e);
	if (r == 0)
		r = meta_write(dir, root, e);
	return r;
}

/* An entry that cannot be read any more makes way, with the names that it may have had. */
static int publish_anew(struct kernel_store *st, const char *dir, struct staging *w,
			const struct kernel *k, struct err *e)
{
	_cleanup_free_ char *old = str_printf("%s/damaged", w->dir);

	if (!old)
		return err_oom(e);
	err_clear(e);
	if (rename(dir, old) < 0)
		return err_errno(e, errno, "cannot rename %s", dir);
	return publish_new(st, dir, w, k, e);
}

int store_publish(struct kernel_store *st, struct staging *w, const struct kernel *k,
		  struct kernel **out, struct err *e)
{
	_cleanup_close_ int fd = lock(st, e);
	_cleanup_free_ char *dir = str_printf("%s/%s", st->kernels, k->id);
	int r;

	if (fd < 0)
		return fd;
	if (!dir)
		return err_oom(e);
	r = file_exists(dir) ? publish_more(dir, w, k, e) : publish_new(st, dir, w, k, e);
	if (r == -EBADMSG || (r == -ENOENT && file_exists(dir)))
		r = publish_anew(st, dir, w, k, e);
	return r < 0 ? r : reload(dir, k, out, e);
}

int store_update(struct kernel_store *st, const struct kernel *k, struct err *e)
{
	_cleanup_close_ int fd = lock(st, e);
	_cleanup_json_ json_t *root = NULL;
	int r;

	if (fd < 0)
		return fd;
	r = meta_load(k->dir, &root, e);
	if (r < 0)
		return r;
	return meta_put_source(root, k) < 0 ? err_oom(e) : meta_write(k->dir, root, e);
}

/* Takes @name from every build that bears it. */
static int drop_name(struct kernel_store *st, const char *name, bool *dropped, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	int r = kernel_list(st, &list, e);

	for (size_t i = 0; r == 0 && i < list.count; i++) {
		_cleanup_json_ json_t *root = NULL;

		if (!list.items[i]->name || strcmp(list.items[i]->name, name) != 0)
			continue;
		r = meta_load(list.items[i]->dir, &root, e);
		if (r == 0 && meta_drop_name(root, name)) {
			*dropped = true;
			r = meta_write(list.items[i]->dir, root, e);
		}
	}
	return r;
}

int store_rename(struct kernel_store *st, struct kernel *k, const char *name, bool *moved,
		 struct err *e)
{
	_cleanup_close_ int fd = -1;
	_cleanup_json_ json_t *root = NULL;
	char *copy;
	int r;

	*moved = false;
	if (k->name && !strcmp(k->name, name))
		return 0;
	fd = lock(st, e);
	if (fd < 0)
		return fd;
	copy = strdup(name);
	if (!copy)
		return err_oom(e);
	free(k->name);
	k->name = copy;
	r = drop_name(st, name, moved, e);
	if (r == 0)
		r = meta_load(k->dir, &root, e);
	if (r < 0)
		return r;
	return meta_put_source(root, k) < 0 ? err_oom(e) : meta_write(k->dir, root, e);
}

static int remove_dir(struct kernel_store *st, const char *dir, struct err *e)
{
	_cleanup_staging_ struct staging w = STAGING_NONE;
	_cleanup_close_ int fd = -1;
	int r = staging_open(st->kernels, &w, e);

	if (r == 0)
		r = fd = lock(st, e);
	if (r < 0)
		return r;
	/* Out of sight first, by one rename; a kill after that leaves only a leftover to sweep. */
	if (rename(dir, w.files) < 0)
		return err_errno(e, errno, "cannot remove %s", dir);
	return 0;
}

int kernel_remove(struct kernel_store *st, const struct kernel *k, struct err *e)
{
	return remove_dir(st, k->dir, e);
}

int kernel_remove_damaged(struct kernel_store *st, const char *id, char **out, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	const struct kernel_damage *hit = NULL;
	int r = kernel_list(st, &list, e);

	*out = NULL;
	if (r < 0)
		return r;
	for (size_t i = 0; strlen(id) >= KERNEL_ID_MIN && i < list.n_damaged; i++) {
		if (strncmp(list.damaged[i].id, id, strlen(id)) != 0)
			continue;
		if (hit)
			return err_set(e, EINVAL, "'%s' begins the id of several kernels", id);
		hit = &list.damaged[i];
	}
	if (!hit)
		return err_set(e, ENOENT, "no damaged kernel's id begins with '%s'", id);
	r = remove_dir(st, hit->dir, e);
	if (r == 0 && !(*out = strdup(hit->id)))
		r = err_oom(e);
	return r;
}
