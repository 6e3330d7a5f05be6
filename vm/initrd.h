/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The initial file system of the guest: its PID 1, and the folders that it mounts on. */
#ifndef VM_INITRD_H
#define VM_INITRD_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends a newc archive with @guest_path as /init to @out, and with @shell_path (NULL: none) as
 * PLAN_SHELL_FILE: the same bytes for the same files.
 * @pad_bytes of zeros are put in as /pad (a perturbation of where things land in memory).
 */
int initrd_build(const char *guest_path, const char *shell_path, size_t pad_bytes, struct buf *out,
		 struct err *e);

#endif
