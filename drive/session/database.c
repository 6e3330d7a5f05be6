// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/database.h"

int database_of_home(const struct home *h, const struct teller *t, struct store **out,
		     struct err *e)
{
	int r = store_open(h->data, out, e);

	if (r == 0 && store_migrated(*out))
		teller_note(t,
			    "the database was of an earlier slowpath and is migrated; as it was it "
			    "is kept in %s",
			    store_migrated(*out));
	return r;
}
