// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/building.h"

int building_set(const struct building *b, struct kernel_store *st, struct teller *t, struct err *e)
{
	kernel_store_set_jobs(st, b->jobs);
	return b->config ? kernel_store_set_config(st, b->config, teller_hear_note, t, e) : 0;
}
