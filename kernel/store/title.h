/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel is called wherever somebody reads of it. A release alone does not tell the builds
 * of a git tree apart, nor two files.
 */
#ifndef KERNEL_STORE_TITLE_H
#define KERNEL_STORE_TITLE_H

#include "kernel/store/store.h"

#define KERNEL_TITLE_BYTES 224

/* One line of printable text. */
struct kernel_title {
	char text[KERNEL_TITLE_BYTES];
};

/*
 *   git:DIR@REV          28bd1217f75f ("mm/mprotect: count pages")
 *   git:DIR@REV-REVERT   28bd1217f75f without 0123456789ab ("mm/mprotect: count pages")
 *   debian:VERSION       6.17.13+deb13-cloud-amd64, the release
 *   a file               6.12.117 (vmlinux 1a2b3c4d5e6f)
 *
 * Long subjects are cut. Only spec, release, subject and vmlinux_sha256 of @k are used; the last
 * two may be NULL. All may be a stranger's.
 */
struct kernel_title kernel_title(const struct kernel *k);
/* The same of what a run has kept of its kernel. */
struct kernel_title kernel_title_of(const char *spec, const char *release, const char *subject,
				    const char *vmlinux_sha256);

/* The commit that a kernel was built from. */
struct kernel_commit {
	char id[72];	   /* in full; "" for what is not of git */
	char reverted[72]; /* the commit that was taken out; "": none */
};

/* From "git:DIR@REV" or "git:DIR@REV-REVERT" with full ids, as builds have their specs. */
struct kernel_commit kernel_commit(const char *spec);

#endif
