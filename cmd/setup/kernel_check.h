/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "slowpath kernel check". */
#ifndef CMD_SETUP_KERNEL_CHECK_H
#define CMD_SETUP_KERNEL_CHECK_H

#include "base/err.h"
#include "kernel/store/store.h"

#include <stdbool.h>

/*
 * Checks the entries that @names name (none: all), and the symbols of them in the cache @cache, and
 * prints a line or a member of a document for each. The exit status: ERR_TOOL if something is
 * damaged, or with @e if it could not be checked.
 */
int kernel_check_command(struct kernel_store *st, const char *cache, char **names, int count,
			 bool json, struct err *e);

#endif
