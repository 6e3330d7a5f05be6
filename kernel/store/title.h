/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel is called wherever somebody reads of it. A release alone does not tell the builds
 * of a git tree apart, nor two files.
 */
#ifndef KERNEL_STORE_TITLE_H
#define KERNEL_STORE_TITLE_H

#include "kernel/store/store.h"

#define KERNEL_TITLE_BYTES 352

/* One line of printable text. */
struct kernel_title {
	char text[KERNEL_TITLE_BYTES];
};

/*
 *   git:DIR@REV          28bd1217f75f ("mm/mprotect: count pages")
 *   git:DIR@REV-REVERT   28bd1217f75f without 0123456789ab ("mm/mprotect: count pages")
 *   git:DIR@REV+3:TREE   28bd1217f75f + changes in 3 files ("mm/mprotect: count pages")
 *   git:DIR@REV#CONFIG   28bd1217f75f ("mm/mprotect: count pages"), config CONFIG
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

#define KERNEL_COMMIT_BYTES 72
#define KERNEL_CONFIG_NAME_BYTES 128

/* What a kernel was built from; every part of it may be "". */
struct kernel_commit {
	char id[KERNEL_COMMIT_BYTES];	    /* in full; "" for what is not of git */
	char reverted[KERNEL_COMMIT_BYTES]; /* the commit that was taken out */
	unsigned changed;		    /* files of the work tree that differ from the commit */
	char tree[KERNEL_COMMIT_BYTES];	    /* the tree object that they make; "": none differ */
	char config[KERNEL_CONFIG_NAME_BYTES]; /* the config's name; "": the minimal one */
};

/*
 * From "git:DIR@REV", "git:DIR@REV-REVERT" or "git:DIR@REV+N:TREE" with full ids, each with or
 * without "#CONFIG", as builds have their specs.
 */
struct kernel_commit kernel_commit(const char *spec);
/* The same of what stands behind the '@'. */
struct kernel_commit kernel_commit_of(const char *revision);
/* That text; malloc'ed, NULL when out of memory. */
char *kernel_commit_spec(const char *dir, const struct kernel_commit *c);

#endif
