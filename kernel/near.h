/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may have been meant by a kernel's name that is none. */
#ifndef KERNEL_NEAR_H
#define KERNEL_NEAR_H

#include "kernel/store/handle.h"

#include "base/buf.h"

/*
 * Appends "; did you mean 'debian:6.17'?" out of the store's names, specs and releases, or nothing.
 * @offered: of what the package lists offer, too, as they lie there. 0 or -ENOMEM; what cannot be
 * read is not near.
 */
int kernel_near(struct kernel_store *st, const char *word, bool offered, struct buf *out);

#endif
