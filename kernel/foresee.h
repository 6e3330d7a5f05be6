/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What it would take to have kernels: for plans. Nothing is fetched, built, read or made. */
#ifndef KERNEL_FORESEE_H
#define KERNEL_FORESEE_H

#include "kernel/store/store.h"

enum kernel_way {
	KERNEL_STORED,	   /* it is in the store */
	KERNEL_DOWNLOADED, /* a Debian package is fetched */
	KERNEL_BUILT,	   /* from a commit, if that is not in the store */
	KERNEL_READ,	   /* a local file is unpacked */
};

struct kernel_foreseen {
	char *spec;	/* as it would be stored: "debian:6.17.13+deb13-cloud-amd64"; owned */
	char *version;	/* "6.17.13", of a Debian kernel; else NULL; owned */
	uint64_t bytes; /* to be downloaded; 0: none */
	enum kernel_way way;
};

/*
 * Which architecture the specs and ranges are of, as far as they tell before anything is fetched,
 * built or read; *out is NULL if that is left to a file. -EINVAL if they are of two.
 */
int kernel_foresee_arch(struct kernel_store *st, char *const *specs, size_t count,
			const struct arch **out, struct err *e);

void kernel_foreseen_free(struct kernel_foreseen *list, size_t count);

/*
 * The kernels that kernel_resolve() would give for a series, oldest first: builds of one compiler
 * where the specs leave the choice. Package lists are taken as they lie there, however old. *out is
 * malloc'ed and has @count. -ENOENT for what there is not, and where no lists are there to tell.
 */
int kernel_foresee(struct kernel_store *st, char *const *specs, size_t count,
		   struct kernel_foreseen **out, struct err *e);

#endif
