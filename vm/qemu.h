/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QEMU of this machine: where, which version, which plugin fits it. */
#ifndef VM_QEMU_H
#define VM_QEMU_H

#include "arch/arch.h"
#include "base/err.h"

#include <stdbool.h>

struct qemu {
	char *path;
	char *version;	/* "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)" */
	char *identity; /* version, size and time of the binary: what a snapshot depends on */
	unsigned major, minor;
	unsigned plugin_api; /* of the plugin that fits: 1, 2, 3 or 7 (plugin/api.h) */
};

/*
 * What the architecture's variable names ($SLOWPATH_QEMU), or its QEMU in PATH. Errors say what to
 * install; a version that no plugin was built for is one.
 */
int qemu_find(const struct arch *arch, struct qemu *out, struct err *e);
bool qemu_at_least(const struct qemu *q, unsigned major, unsigned minor);
/* Newer than any that was tried: whether it takes the plugin is to be asked (vm/probe.h). */
bool qemu_untried(const struct qemu *q);
/*
 * The words that tell why QEMU ended, of all that it wrote (@said, made printable and cut up), and
 * warnings are no such words. -ENOTSUP if it takes no plugin of ours, which @e then says in full;
 * else 0, and *why points into @said, "" if there are none.
 */
int qemu_last_words(const struct qemu *q, char *said, const char **why, struct err *e);
void qemu_free(struct qemu *q);
#define _cleanup_qemu_ __attribute__((cleanup(qemu_free)))

#endif
