// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/deb/fetch.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "kernel/deb/apt.h"
#include "kernel/deb/choose.h"
#include "kernel/store/configure.h"
#include "kernel/store/import.h"
#include "kernel/store/stamp.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define NEIGHBOURS 3
#define CONFIG_MAX (16U << 20)

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static char *spec_of(const struct build *b)
{
	return str_printf("debian:%s-%s", b->abi, b->flavour);
}

static int find_build(struct kernel_store *st, const char *spec, const struct build *b,
		      struct kernel **out, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	int r = kernel_list(st, &list, e);

	for (size_t i = 0; r == 0 && !*out && i < list.count; i++) {
		if (same(list.items[i]->spec, spec) &&
		    same(list.items[i]->package_version, b->version))
			*out = steal(&list.items[i]);
	}
	return r;
}

static const struct apt_root *root_of(const struct kernel_store *st, const struct build *b)
{
	const struct arch *arch = arch_of_flavour(b->flavour);

	return store_apt(st, arch ? arch : arch_default());
}

/* The index names a file that the archive has not got: say what is there. */
static int missing(struct kernel_store *st, const struct index *x, const struct build *b,
		   const struct notes *notes, struct err *e)
{
	_cleanup_buf_ struct buf there = { 0 };
	const struct build *near[2];
	bool found[2] = { false, false };

	note(notes, "%s is missing from the archive; looking for what is near", b->package);
	for (size_t d = 1; d <= NEIGHBOURS; d++) {
		choose_neighbours(x, b, d, &near[0], &near[1]);
		for (int side = 0; side < 2; side++) {
			if (!near[side] || found[side])
				continue;
			found[side] =
				apt_has(root_of(st, b), near[side]->package, near[side]->version);
			if (found[side] &&
			    buf_printf(&there, "%sdebian:%s",
				       there.len ? ", " : "; there are: ", near[side]->abi) < 0)
				return err_oom(e);
		}
	}
	return err_set(e, ENOENT,
		       "the index of %s names %s %s, but the archive has not got the file (404)%s",
		       b->suite, b->package, b->version,
		       there.len ? buf_str(&there) : "; nor any of those near it");
}

static int download(struct kernel_store *st, const struct index *x, const struct build *b,
		    const struct staging *w, const struct notes *notes, char **image, char **config,
		    struct err *e)
{
	_cleanup_free_ char *what = str_printf("downloading %s", b->package);
	const struct kernel_watch watch = { .kind = KERNEL_WATCH_BYTES,
					    .what = what ? what : "downloading",
					    .path = w->dir,
					    .about = b->size };
	int r;

	note(notes, "downloading %s %s (%.1f MB) from %s", b->package, b->version,
	     (double)b->size / 1e6, b->suite);
	store_watch(st, &watch);
	r = apt_download(root_of(st, b), b->package, b->version, w->dir, image, e);
	store_watch(st, NULL);
	if (r == -ENOENT)
		return missing(st, x, b, notes, e);
	if (r < 0 || !b->config_package)
		return r;
	r = apt_download(root_of(st, b), b->config_package, b->version, w->dir, config, e);
	if (r != -ENOENT)
		return r;
	note(notes, "%s is missing from the archive: the kernel's config is not known",
	     b->config_package);
	return 0;
}

int fetch_build(struct kernel_store *st, const struct index *x, const struct build *b,
		const struct notes *notes, struct kernel **out, struct err *e)
{
	_cleanup_free_ char *spec = spec_of(b), *image = NULL, *config = NULL;
	_cleanup_kernel_ struct kernel *k = calloc(1, sizeof(*k));
	_cleanup_staging_ struct staging w = STAGING_NONE;
	int r;

	if (!spec || !k)
		return err_oom(e);
	r = find_build(st, spec, b, out, e);
	if (r < 0 || *out)
		return r;
	r = staging_open(st->kernels, &w, e);
	if (r == 0)
		r = download(st, x, b, &w, notes, &image, &config, e);
	if (r < 0)
		return r;
	note(notes, "unpacking %s", b->package);
	r = import_path(image, config, &w, k, e);
	if (r < 0) {
		err_wrap(e, "package %s", b->package);
		return r;
	}
	k->spec = steal(&spec);
	k->suite = strdup(b->suite);
	k->package = strdup(b->package);
	k->package_version = strdup(b->version);
	if (!k->suite || !k->package || !k->package_version)
		return err_oom(e);
	return store_publish(st, &w, k, out, e);
}

/* The stored build of this path whose stamp, or else whose image, is the file's. */
static int find_path(struct kernel_store *st, const char *path, const char *image,
		     const char *stamp, struct kernel **out, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	struct hash_hex hex = { "" };
	int r = kernel_list(st, &list, e);

	for (size_t i = 0; r == 0 && i < list.count; i++) {
		struct kernel *k = list.items[i];

		if (!same(k->spec, path))
			continue;
		if (same(k->stamp, stamp)) {
			*out = steal(&list.items[i]);
			return 0;
		}
		if (!hex.text[0])
			r = hash_file(image, &hex, e);
		if (r < 0 || !same(k->image_sha256, hex.text))
			continue;
		free(k->stamp);
		k->stamp = stamp ? strdup(stamp) : NULL;
		/* Only saves the hashing next time; a read-only store serves without. */
		store_update(st, k, NULL);
		*out = steal(&list.items[i]);
		return 0;
	}
	return r;
}

/* A kernel of the user's own may have been built without what a measurement takes. */
static void tell_lacking(const struct kernel *k, const char *path, const struct notes *notes)
{
	_cleanup_buf_ struct buf config = { 0 }, names = { 0 };

	if (!k->pvh && !k->bzimage_path && !kernel_arch(k)->raw_image)
		note(notes,
		     "%s: QEMU cannot boot this vmlinux by itself (no PVH note; CONFIG_PVH=y "
		     "makes one): add its bzImage instead",
		     path);
	if (k->config_path && file_read(k->config_path, CONFIG_MAX, &config, NULL) == 0 &&
	    settings_lacking(buf_str(&config), NEEDED, &names) == 0 && names.len)
		note(notes,
		     "%s: its config lacks %s, which slowpath needs of a version that has it "
		     "('slowpath kconfig' prints what to add)",
		     path, names.data);
}

static int import_new(struct kernel_store *st, const char *path, const char *image, char *stamp,
		      const struct notes *notes, struct kernel **out, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = calloc(1, sizeof(*k));
	_cleanup_staging_ struct staging w = STAGING_NONE;
	_cleanup_free_ char *after = NULL;
	int r;

	if (!k)
		return err_oom(e);
	r = staging_open(st->kernels, &w, e);
	if (r < 0)
		return r;
	note(notes, "reading %s", image);
	r = import_path(path, NULL, &w, k, e);
	if (r == 0)
		r = stamp_take(image, &after, e);
	if (r < 0)
		return r;
	if (stamp && !same(stamp, after))
		return err_set(e, EBUSY, "%s: changed while it was read; is a build running?",
			       image);
	tell_lacking(k, path, notes);
	k->spec = strdup(path);
	k->stamp = stamp ? strdup(stamp) : NULL;
	if (!k->spec || (stamp && !k->stamp))
		return err_oom(e);
	return store_publish(st, &w, k, out, e);
}

int fetch_path(struct kernel_store *st, const char *path, const struct notes *notes,
	       struct kernel **out, struct err *e)
{
	_cleanup_free_ char *full = realpath(path, NULL), *image = NULL, *stamp = NULL;
	int r;

	if (!full)
		return err_set(e, errno, "%s", strerror(errno));
	r = import_image_of(full, &image, e);
	if (r == 0)
		r = stamp_take(image, &stamp, e);
	if (r == 0)
		r = find_path(st, full, image, stamp, out, e);
	if (r < 0 || *out)
		return r;
	return import_new(st, full, image, stamp, notes, out, e);
}
