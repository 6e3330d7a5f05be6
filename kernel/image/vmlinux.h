/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a vmlinux, or an arm64 Image, says about itself. */
#ifndef KERNEL_IMAGE_VMLINUX_H
#define KERNEL_IMAGE_VMLINUX_H

#include "arch/arch.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* With debug information a vmlinux of one's own can be this large. */
#define VMLINUX_MAX (2ULL << 30)

/* Strings are owned. */
struct vmlinux {
	char *release;	/* "6.17.13+deb13-cloud-amd64" */
	char *version;	/* "#1 SMP PREEMPT_DYNAMIC Debian 6.17.13-1~bpo13+1 (2025-12-28)" */
	char *compiler; /* "gcc-14 (Debian 14.2.0-19) 14.2.0"; the target triple is cut off */
	bool pvh;	/* has the Xen note that lets QEMU boot the ELF itself; of an Image false */
	const struct arch *arch;
};

bool vmlinux_is_elf(const void *head, size_t len);
/*
 * Reads an unpacked kernel in memory. -EBADMSG if it is neither a 64-bit x86 executable nor an
 * arm64 Image, or carries no "Linux version" banner. The image is not written to.
 */
int vmlinux_read(const void *image, size_t len, struct vmlinux *out, struct err *e);
void vmlinux_free(struct vmlinux *v);
#define _cleanup_vmlinux_ __attribute__((cleanup(vmlinux_free)))

/* Appends the config that CONFIG_IKCONFIG embeds: 1 if there is one, 0 if not, -errno. */
int vmlinux_config(const void *image, size_t len, struct buf *out, struct err *e);

#endif
