/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file system of a plan's disk, and the files of maps on it. */
#ifndef GUEST_DISK_H
#define GUEST_DISK_H

#include "proto/plan.h"

/* Makes and mounts it on the block device at @node. 0, or -errno after a report_error(). */
int disk_mount(const struct plan_header *plan, const char *node);
/*
 * The file of map @index, of @bytes: one hole, or written and on the disk. A descriptor or -errno.
 */
int disk_file(unsigned index, uint64_t bytes, int sparse);
/* Removes all that a program left there. 1 if there was something, 0, or -errno. */
int disk_empty(void);
/* Writes @bytes to @fd, and has them on its disk. 0 or -errno. */
int disk_fill(int fd, uint64_t bytes, char with);

#endif
