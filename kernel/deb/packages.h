/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the kernels out of Debian package lists. */
#ifndef KERNEL_DEB_PACKAGES_H
#define KERNEL_DEB_PACKAGES_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* A package that has to do with kernels: image, headers or base files. */
struct package {
	char *name;	  /* "linux-headers-6.17.13+deb13-cloud-amd64" */
	char *version;	  /* "6.17.13-1~bpo13+1" */
	char *depends;	  /* NULL if there are none */
	const char *tail; /* in name: "6.17.13+deb13-cloud-amd64" */
	int kind;	  /* enum package_kind */
	int suite;	  /* rank of the suite, apt_suite_rank() */
	uint64_t size;	  /* bytes of the .deb */
};

/* Images by preference: the first that a build has is the one to fetch. */
enum package_kind {
	PACKAGE_BINARY, /* 6.19 and later; linux-image-* is then an empty package beside it */
	PACKAGE_IMAGE,
	PACKAGE_BINARY_UNSIGNED,
	PACKAGE_IMAGE_UNSIGNED,
	PACKAGE_HEADERS,
	PACKAGE_BASE,
};

struct packages {
	struct package *items;
	size_t count;
};

void packages_free(struct packages *p);
#define _cleanup_packages_ __attribute__((cleanup(packages_free)))

/* Appends what the Packages file @path of @suite (its rank) holds. */
int packages_read(const char *path, int suite, struct packages *out, struct err *e);

#endif
