/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apt-get on a root of its own: lists, cache and sources below one folder of the user's. It needs
 * no privileges, verifies signatures against Debian's keyring, and leaves the machine's own apt
 * alone, from which it takes only the mirror's address (and proxies and the like).
 */
#ifndef KERNEL_DEB_APT_H
#define KERNEL_DEB_APT_H

#include "base/err.h"
#include "kernel/store/apt_root.h"

#include <stdbool.h>
#include <stddef.h>

/* One package list that apt has fetched. */
struct apt_target {
	char *suite; /* "trixie-backports" */
	char *path;  /* of the Packages file, compressed or not */
};

struct apt_targets {
	struct apt_target *items;
	size_t count;
};

void apt_targets_free(struct apt_targets *t);
#define _cleanup_apt_targets_ __attribute__((cleanup(apt_targets_free)))

/*
 * apt-get update. Makes the root @root if need be. If only some suites failed, *warning
 * (malloc'ed) says why and their older lists stay.
 */
int apt_update(const struct apt_root *root, char **warning, struct err *e);
/* The lists that are there. */
int apt_list(const struct apt_root *root, struct apt_targets *out, struct err *e);
/*
 * Fetches "PACKAGE=VERSION" into @dir and sets *path to the file (malloc'ed). -ENOENT if the
 * archive has not got the file although its index names it, or if no index names it.
 */
int apt_download(const struct apt_root *root, const char *package, const char *version,
		 const char *dir, char **path, struct err *e);
/*
 * Whether the archive has got the file of a package: starts a download and ends it as soon as
 * bytes come. False also when it cannot be told.
 */
bool apt_has(const struct apt_root *root, const char *package, const char *version);

/* How new a suite is: larger is newer, negative if it is none that is offered. */
int apt_suite_rank(const char *suite);
/* The other way round; NULL if there is none. */
const char *apt_suite_name(int rank);

#endif
