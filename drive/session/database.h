/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The database of a home. */
#ifndef DRIVE_SESSION_DATABASE_H
#define DRIVE_SESSION_DATABASE_H

#include "drive/session/home.h"
#include "drive/session/teller.h"
#include "store/store.h"

/* store_open(), and tells if the database was migrated. */
int database_of_home(const struct home *h, const struct teller *t, struct store **out,
		     struct err *e);

#endif
