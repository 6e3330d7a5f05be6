/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An empty ext4 file system, as mke2fs makes one: with a journal and checksums. */
#ifndef GUEST_EXT4_H
#define GUEST_EXT4_H

#include <stdint.h>

/* Written to @fd, whose @bytes (a multiple of 1 MiB, 32 MiB and more) are all zero. 0 or -errno. */
int ext4_make(int fd, uint64_t bytes);

#endif
