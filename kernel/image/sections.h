/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_IMAGE_SECTIONS_H
#define KERNEL_IMAGE_SECTIONS_H

#include "base/err.h"
#include "base/hash.h"

/*
 * A hash of what a vmlinux loads: names, places, sizes and content of its sections, but for notes
 * (the build id follows from debug information, too). Two with one hash run alike. Without section
 * headers, that of the file.
 */
int sections_hash(const char *vmlinux, struct hash_hex *out, struct err *e);

#endif
