// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/building.h"

#include "base/hash.h"

int building_set(const struct building *b, struct kernel_store *st, struct teller *t, struct err *e)
{
	kernel_store_set_jobs(st, b->jobs);
	return b->config ? kernel_store_set_config(st, b->config, teller_hear_note, t, e) : 0;
}

json_t *building_config_hash(const struct building *b, const struct kernel_store *st, struct err *e)
{
	struct hash_hex hex;

	if (!b->config)
		return json_null();
	if (kernel_config_is_word(b->config))
		return json_string(kernel_store_config_hash(st));
	return hash_file(b->config, &hex, e) < 0 ? NULL : json_string(hex.text);
}
