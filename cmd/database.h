/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The database of a home. */
#ifndef CMD_DATABASE_H
#define CMD_DATABASE_H

#include "cmd/home.h"
#include "store/store.h"

/* store_open(), and says on stderr if the database was migrated. */
int database_of_home(const struct home *h, struct store **out, struct err *e);

#endif
