/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The x86 boot image: find the compressed vmlinux in it and unpack it. */
#ifndef KERNEL_IMAGE_BZIMAGE_H
#define KERNEL_IMAGE_BZIMAGE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So much of a file decides whether it is a bzImage. */
#define BZIMAGE_HEAD 0x250
/* The unpacked kernel may not be larger. */
#define BZIMAGE_VMLINUX_MAX (512ULL << 20)

struct bzimage_payload {
	size_t offset;	   /* from the start of the file */
	size_t length;	   /* of the compressed stream, without the size appended to it */
	uint64_t unpacked; /* bytes it claims to unpack to */
};

bool bzimage_is(const void *head, size_t len);
/* @image is the whole file. -EBADMSG says which field is wrong. */
int bzimage_parse(const void *image, size_t len, struct bzimage_payload *out, struct err *e);
/* Unpacks the vmlinux of a whole image into @fd. Neither names the file in the error. */
int bzimage_unpack(const void *image, size_t len, int fd, struct err *e);

#endif
