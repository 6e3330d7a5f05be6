/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where slowpath keeps things. With --home DIR or SLOWPATH_HOME all below one folder; else the
 * XDG folders: data (kernels, database) and cache (apt lists, snapshots), each plus "/slowpath".
 */
#ifndef DRIVE_SESSION_HOME_H
#define DRIVE_SESSION_HOME_H

#include "base/err.h"

struct home {
	char *data;  /* kernels/, slowpath.db */
	char *cache; /* apt/, snapshots/, run/ */
};

int home_open(const char *home_arg, struct home *h, struct err *e);
void home_close(struct home *h);

#define _cleanup_home_ __attribute__((cleanup(home_close)))

#endif
