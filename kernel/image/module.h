/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules: what one says of itself, and how to get them out of a Debian package. */
#ifndef KERNEL_IMAGE_MODULE_H
#define KERNEL_IMAGE_MODULE_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define MODULE_NAME_BYTES 56 /* MODULE_NAME_LEN of a 64-bit kernel */
#define MODULE_DEPENDS_MAX 8
/* The largest that is wanted (xfs) has 10 MB. */
#define MODULE_BYTES_MAX (32u << 20)

struct module_info {
	char name[MODULE_NAME_BYTES];
	char release[128]; /* of the kernel that it is for: the first word of its vermagic */
	char depends[MODULE_DEPENDS_MAX][MODULE_NAME_BYTES]; /* to be loaded before it */
	unsigned n_depends;
};

/*
 * Reads section .modinfo of a relocatable ELF file in memory: NUL-terminated KEY=VALUE. -EBADMSG if
 * it is no module for x86-64, or lacks its name or vermagic.
 */
int module_read(const void *image, size_t len, struct module_info *out, struct err *e);

/*
 * Appends lines "ffffffffc0000000 t name", as /proc/kallsyms has them, of the functions of a module
 * that was loaded. @sections: lines "MODULE SECTION ADDRESS", of which those of @name count; they
 * come from a guest. -EBADMSG for a damaged file.
 */
int module_symbols(const void *image, size_t len, const char *name, const char *sections,
		   struct buf *out, struct err *e);

/* Whether @a and @b are the same module: "lz4-compress" is written "lz4_compress", too. */
int module_name_equal(const char *a, const char *b);

/*
 * Writes those of @names (NULL-terminated) that package @deb has, decompressed, to DIR/NAME.ko, and
 * how many they are to *found. That there is none is no error.
 */
int module_extract(const char *deb, const char *const *names, const char *dir, size_t *found,
		   struct err *e);

#endif
