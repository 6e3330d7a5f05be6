// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/database.h"

#include <stdio.h>

int database_of_home(const struct home *h, struct store **out, struct err *e)
{
	int r = store_open(h->data, out, e);

	if (r == 0 && store_migrated(*out))
		fprintf(stderr,
			"slowpath: the database was of an earlier slowpath and is migrated; as it "
			"was "
			"it is kept in %s\n",
			store_migrated(*out));
	return r;
}
