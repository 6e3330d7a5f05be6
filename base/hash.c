// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/hash.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>

static struct hash_hex finish(struct sha256_ctx *ctx)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct hash_hex hex;

	sha256_digest(ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex.text + 2 * i, 3, "%02x", digest[i]);
	return hex;
}

struct hash_hex hash_bytes(const void *data, size_t len)
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, len, data);
	return finish(&ctx);
}

int hash_file(const char *path, struct hash_hex *out, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct sha256_ctx ctx;
	uint8_t block[65536];

	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	sha256_init(&ctx);
	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, errno, "%s", path);
		if (n == 0)
			break;
		sha256_update(&ctx, (size_t)n, block);
	}
	*out = finish(&ctx);
	return 0;
}
