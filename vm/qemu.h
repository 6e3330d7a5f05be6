/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QEMU of this machine: where, which version, which plugin fits it. */
#ifndef VM_QEMU_H
#define VM_QEMU_H

#include "base/err.h"

struct qemu {
	char *path;
	char *version;	/* "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)" */
	char *identity; /* version, size and time of the binary: what a snapshot depends on */
	unsigned major, minor;
	unsigned plugin_api; /* of the plugin that fits: 1, 2 or 3 */
};

/*
 * $SLOWPATH_QEMU, or qemu-system-x86_64 in PATH. Errors say what to install; a version that no
 * plugin was built for is one.
 */
int qemu_find(struct qemu *out, struct err *e);
void qemu_free(struct qemu *q);
#define _cleanup_qemu_ __attribute__((cleanup(qemu_free)))

#endif
