/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where this machine gets Debian from. */
#ifndef KERNEL_DEB_MIRROR_H
#define KERNEL_DEB_MIRROR_H

#include "base/err.h"

struct mirror {
	char *archive;	     /* base address of the archive */
	char *security;	     /* of the security archive; NULL if the machine uses none */
	const char *keyring; /* file with Debian's archive keys */
};

/*
 * Asks the machine's own apt. SLOWPATH_MIRROR in the environment overrides the archive, for
 * machines that run something other than Debian. -ENOENT says what is missing.
 */
int mirror_find(struct mirror *out, struct err *e);
/* -EOPNOTSUPP, and what works all the same, where there is no apt-get. */
int mirror_need_apt(struct err *e);
void mirror_free(struct mirror *m);
#define _cleanup_mirror_ __attribute__((cleanup(mirror_free)))

#endif
