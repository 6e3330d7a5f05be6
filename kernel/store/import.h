/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns a file or a build tree into the files of a store entry. */
#ifndef KERNEL_STORE_IMPORT_H
#define KERNEL_STORE_IMPORT_H

#include "kernel/store/store.h"
#include "kernel/image/vmlinux.h"
#include "kernel/store/staging.h"

/*
 * @path is a bzImage, a vmlinux, a .deb or a kernel build tree. Writes vmlinux, config and
 * bzImage (each as known and needed) to w->files, synced, and sets in @k what is known from the
 * image: id, release, version, compiler, hashes, pvh, and bzimage_path and config_path (as they
 * are in w->files). @config_deb (may be NULL) is a package to look for the config in.
 */
int import_path(const char *path, const char *config_deb, struct staging *w, struct kernel *k,
		struct err *e);

/* What the vmlinux at @path says of itself; the caller frees *out. */
int import_facts(const char *path, struct vmlinux *out, struct err *e);

/*
 * The file that decides what @path holds: itself, or the image of a build tree. malloc'ed.
 * -ENOENT if there is nothing, -EINVAL if it is neither a file nor a built tree.
 */
int import_image_of(const char *path, char **out, struct err *e);

#endif
