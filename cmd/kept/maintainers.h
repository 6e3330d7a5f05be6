/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a kernel tree wants to be told of a file. */
#ifndef CMD_KEPT_MAINTAINERS_H
#define CMD_KEPT_MAINTAINERS_H

#include "base/err.h"

#include <stddef.h>

#define MAINTAINERS_MAX 64

struct maintainers {
	char *items[MAINTAINERS_MAX]; /* owned: "Name <address>", or an address */
	size_t count;
};

/*
 * Runs TREE/scripts/get_maintainer.pl for @file ("mm/mprotect.c"), or for mm/ if the tree has no
 * such file. Lines that are no address are an error.
 */
int maintainers_find(const char *tree, const char *file, struct maintainers *out, struct err *e);
void maintainers_free(struct maintainers *m);
#define _cleanup_maintainers_ __attribute__((cleanup(maintainers_free)))

#endif
