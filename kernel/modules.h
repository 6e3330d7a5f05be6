/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules of stock kernels: the drivers of block devices that live in the guest's memory, a file
 * system, and what these need. They are fetched when they are first asked for, and kept beside the
 * kernel that they are of:
 *
 *   DATA/kernels/ID/modules/NAME.ko      decompressed
 *   DATA/kernels/ID/modules/index.json   what is there, see kernel/modules.c; written last
 *
 * Nothing of them runs on the host.
 */
#ifndef KERNEL_MODULES_H
#define KERNEL_MODULES_H

#include "kernel/image/module.h"
#include "kernel/store/store.h"

#define KERNEL_MODULES_MAX 16

struct kernel_module {
	char name[MODULE_NAME_BYTES];
	char *path; /* of the .ko; owned */
	uint64_t bytes;
};

/* In the order in which they have to be loaded. */
struct kernel_modules {
	struct kernel_module items[KERNEL_MODULES_MAX];
	size_t count;
};

void kernel_modules_free(struct kernel_modules *m);
#define _cleanup_kernel_modules_ __attribute__((cleanup(kernel_modules_free)))

/* What kernel_modules() knows: "brd", "zram", "xfs"; then NULL. */
const char *const *kernel_drivers(void);

/*
 * What has to be loaded before kernel @k has @driver, @driver itself last: none if it is built in.
 * What is in @out already is not added twice. Errors of status ERR_UNMEASURED: the kernel has it
 * neither built in nor as a module, its modules are gone from Debian's archive, or they are of
 * another kernel. -EUCLEAN (ERR_TOOL): one in the store is damaged.
 */
int kernel_modules(struct kernel_store *st, const struct kernel *k, const char *driver,
		   kernel_note_fn note, void *note_arg, struct kernel_modules *out, struct err *e);

#endif
