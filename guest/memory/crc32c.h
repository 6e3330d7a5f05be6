/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUEST_CRC32C_H
#define GUEST_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C of @len bytes, going on from @crc; neither end is inverted. */
static inline uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *at = data;

	while (len--) {
		crc ^= *at++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return crc;
}

#endif
