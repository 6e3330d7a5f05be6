/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the kernels of git: specs are built, for every command that takes such. */
#ifndef DRIVE_SESSION_BUILDING_H
#define DRIVE_SESSION_BUILDING_H

#include "drive/session/teller.h"
#include "kernel/store/store.h"

#include <jansson.h>

struct building {
	const char *config; /* as kernel_store_set_config() takes it; NULL: our own */
	unsigned jobs;	    /* 0: one for each CPU */
};

/* Before the first kernel is looked for. */
int building_set(const struct building *b, struct kernel_store *st, struct teller *t,
		 struct err *e);
/* The hash of the config that was asked for, once it is set; null if none was. NULL: @e says why.
 */
json_t *building_config_hash(const struct building *b, const struct kernel_store *st,
			     struct err *e);

#endif
