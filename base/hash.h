/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 (nettle), as lower-case hexadecimal. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/err.h"

#include <stddef.h>

#define HASH_HEX_LEN 64

struct hash_hex {
	char text[HASH_HEX_LEN + 1];
};

struct hash_hex hash_bytes(const void *data, size_t len);
int hash_file(const char *path, struct hash_hex *out, struct err *e);

#endif
