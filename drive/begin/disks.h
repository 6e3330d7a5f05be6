/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario's disk is on, which is to be the same for all kernels that are compared. */
#ifndef DRIVE_BEGIN_DISKS_H
#define DRIVE_BEGIN_DISKS_H

#include "drive/session/session.h"

/*
 * Debian's archive has lost the modules of some kernels. Where one of @kernels has none for a RAM
 * disk and all have a driver for NVMe, the disk of @own is NVMe for all of them; the scenario says
 * why (disk_why), and so does each of its runs. Swap needs the RAM disk. NULLs among the kernels
 * are left out. Fails only if modules could not be fetched for another reason.
 */
int disk_settle(struct session *s, struct scenario *own, struct kernel *const *kernels, size_t n,
		struct err *e);
/* The same for one of the session's scenarios. */
int disk_settle_of(struct session *s, const struct scenario *scenario,
		   struct kernel *const *kernels, size_t n, struct err *e);

#endif
