/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <sqlite3.h>

struct store {
	sqlite3 *db;
	char *data_dir;
	int claims_fd; /* -1: nothing was claimed */
};

#endif
