/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One call of apt-get on the private root; see kernel/apt.h. */
#ifndef KERNEL_DEB_APTRUN_H
#define KERNEL_DEB_APTRUN_H

#include "base/buf.h"
#include "base/err.h"
#include "kernel/store/apt_root.h"

/*
 * Runs "apt-get WORDS..." (NULL-terminated, five at most) in the folder @cwd (NULL: any). -EIO with
 * apt's own reason if it fails, -ETIMEDOUT if it stops getting on. What it said on stdout until
 * then is appended to @out (may be NULL) all the same.
 */
int apt_run(const struct apt_root *root, const char *cwd, const char *const *words, struct buf *out,
	    struct err *e);

#endif
