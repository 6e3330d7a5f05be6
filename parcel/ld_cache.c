// SPDX-License-Identifier: GPL-2.0-or-later
#include "parcel/ld_cache.h"

#include <stdint.h>
#include <string.h>

#define MAGIC "glibc-ld.so.cache1.1"
#define MAGIC_BYTES (sizeof(MAGIC) - 1)
#define HEAD_BYTES (MAGIC_BYTES + 7 * sizeof(uint32_t))
#define FLAGS_X86_64 0x0303 /* ELF of libc6, 64 bits */

struct entry {
	int32_t flags;
	uint32_t name, path;
	uint32_t unused;
	uint64_t hwcap;
};

static const char *string_at(const char *data, size_t len, uint32_t at)
{
	return at < len && memchr(data + at, '\0', len - at) ? data + at : NULL;
}

/* NULL if there is no part of this kind. */
static const char *find_part(const char *data, size_t len)
{
	for (size_t at = 0; at + HEAD_BYTES <= len; at += 8) {
		if (!memcmp(data + at, MAGIC, MAGIC_BYTES))
			return data + at;
	}
	return NULL;
}

const char *ld_cache_find(const void *data, size_t len, const char *name, unsigned nth)
{
	const char *part = find_part(data, len);
	uint32_t count;
	size_t left;

	if (!part)
		return NULL;
	left = len - (size_t)(part - (const char *)data);
	memcpy(&count, part + MAGIC_BYTES, sizeof(count));
	for (uint32_t i = 0; i < count; i++) {
		size_t at = HEAD_BYTES + i * sizeof(struct entry);
		const char *has, *path;
		struct entry one;

		if (at > left || sizeof(one) > left - at)
			break;
		memcpy(&one, part + at, sizeof(one));
		if (one.flags != FLAGS_X86_64 || one.hwcap)
			continue;
		has = string_at(part, left, one.name);
		path = string_at(part, left, one.path);
		if (has && path && path[0] == '/' && !strcmp(has, name) && nth-- == 0)
			return path;
	}
	return NULL;
}
