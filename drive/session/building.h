/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the kernels of git: specs are built, for every command that takes such. */
#ifndef DRIVE_SESSION_BUILDING_H
#define DRIVE_SESSION_BUILDING_H

#include "drive/session/teller.h"
#include "kernel/store/store.h"

struct building {
	const char *config; /* as kernel_store_set_config() takes it; NULL: our own */
	unsigned jobs;	    /* 0: one for each CPU */
};

/* Before the first kernel is looked for. */
int building_set(const struct building *b, struct kernel_store *st, struct teller *t,
		 struct err *e);

#endif
