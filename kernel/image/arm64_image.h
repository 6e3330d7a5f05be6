/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arm64 boot image, which is the kernel itself with a header, and what it may be packed in. */
#ifndef KERNEL_IMAGE_ARM64_IMAGE_H
#define KERNEL_IMAGE_ARM64_IMAGE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So much of a file decides what it is. */
#define ARM64_IMAGE_HEAD 64
#define ARM64_IMAGE_MAX (512ULL << 20)

bool arm64_image_is(const void *head, size_t len);
/* An EFI application that unpacks the Image within it (CONFIG_EFI_ZBOOT). */
bool arm64_zboot_is(const void *head, size_t len);
/* "riscv": the same header, for a machine that is not measured; NULL: it is none such. */
const char *arm64_image_foreign(const void *head, size_t len);
/* @image is the whole file. -EBADMSG says which field is wrong, or that it is cut short. */
int arm64_image_check(const void *image, size_t len, struct err *e);
/* Writes the Image that @image is or holds (zboot, or a compressed file) into @fd. */
int arm64_image_unpack(const void *image, size_t len, int fd, struct err *e);

#endif
