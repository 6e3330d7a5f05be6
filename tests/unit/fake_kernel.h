/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small things that look like kernels, for the tests of kernel/. */
#ifndef TESTS_UNIT_FAKE_KERNEL_H
#define TESTS_UNIT_FAKE_KERNEL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct fake {
	const char *release; /* NULL: "6.17.13+deb13-cloud-amd64" */
	bool no_pvh;
	const char *config; /* embedded; NULL: none */
};

#define FAKE_RELEASE "6.17.13+deb13-cloud-amd64"
#define FAKE_COMPILER "gcc-14 (Debian 14.2.0-19) 14.2.0"
#define FAKE_VERSION "#1 SMP PREEMPT_DYNAMIC Debian 6.17.13-1~bpo13+1 (2025-12-28)"

/* All append to @out and fail the test if they cannot. */
void fake_vmlinux(const struct fake *f, struct buf *out);
/* @filter is a libarchive filter: "zstd", "xz", "gzip"... */
void fake_compress(const void *data, size_t len, const char *filter, struct buf *out);
void fake_bzimage(const struct buf *vmlinux, const char *filter, struct buf *out);

/* A member of a package: a link if @link is set. */
struct fake_member {
	const char *path;
	const struct buf *content;
	const char *link;
};

void fake_deb(const struct fake_member *members, size_t count, struct buf *out);

/* A folder for a test; removed with everything in it by fake_dir_remove(). */
char *fake_dir(void);
void fake_dir_remove(char *dir);
/* Writes DIR/NAME and returns the path (malloc'ed). */
char *fake_file(const char *dir, const char *name, const struct buf *content);

#endif
