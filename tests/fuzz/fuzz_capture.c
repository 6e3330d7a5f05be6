// SPDX-License-Identifier: GPL-2.0-or-later
/* The file "call" of a capture: magic, version, numbers and checksum are mended. */
#include "base/cleanup.h"
#include "proto/crc32.h"
#include "replay/call/capture.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Numbers that fit what is there. */
static void mend(uint8_t *bytes, size_t size)
{
	const size_t summed = offsetof(struct capture_header, flags);
	struct capture_header h;
	size_t left = size - sizeof(h);

	memcpy(&h, bytes, sizeof(h));
	h.magic = CAPTURE_MAGIC;
	h.version = CAPTURE_VERSION;
	h.n_functions %= 3;
	if (h.n_functions * sizeof(struct capture_function) > left)
		h.n_functions = 0;
	left -= h.n_functions * sizeof(struct capture_function);
	h.n_executed %= 1 + left / sizeof(struct executed);
	left -= h.n_executed * sizeof(struct executed);
	h.n_accesses = (uint32_t)(left / sizeof(struct access));
	memcpy(bytes, &h, sizeof(h));
	h.crc = crc32_update(0, bytes + summed, size - summed);
	memcpy(bytes, &h, sizeof(h));
}

/* What a reader may rely on. */
static void check(const struct capture *c)
{
	for (size_t i = 0; i < c->n_executed; i++) {
		if (!c->executed[i].times || c->executed[i].n_bytes > sizeof(c->executed[i].bytes))
			abort();
	}
	for (size_t i = 0; i < c->n_accesses; i++) {
		if (c->accesses[i].va % 8)
			abort();
	}
	if (!c->disturbed && (!c->ram_bytes || !c->n_executed))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_capture_ struct capture c = { 0 };
	_cleanup_free_ uint8_t *bytes = malloc(size + 1);
	struct err e = { 0 };

	if (!bytes)
		abort();
	memcpy(bytes, data, size);
	if (size >= sizeof(struct capture_header))
		mend(bytes, size);
	if (capture_parse(bytes, size, &c, &e) == 0)
		check(&c);
	else if (!e.text[0])
		abort();
	return 0;
}
