/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32 (IEEE 802.3, reflected, as in zlib); small, because the guest carries it too. */
#ifndef PROTO_CRC32_H
#define PROTO_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Start with crc = 0; feed the result back in to go on. */
uint32_t crc32_update(uint32_t crc, const void *data, size_t len);

#endif
