// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest's report: the header, and the frames behind it; the checksum is mended. */
#include "base/cleanup.h"
#include "proto/crc32.h"
#include "vm/report.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_items(const struct report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct report_item *item = &r->items[i];
		_cleanup_free_ char *text = report_text(item);

		if (item->data < r->bytes || !text || strlen(text) != item->len ||
		    !report_find(r, item->type))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_report_ struct report r = { 0 };
	struct report_header h;
	struct report_state state;
	struct err e = { 0 };
	uint8_t *frames;

	if (report_check_header(data, size, &h, &e) < 0 || h.length > size - sizeof(h))
		return 0;
	frames = malloc(h.length + !h.length);
	if (!frames)
		return 0;
	memcpy(frames, data + sizeof(h), h.length);
	h.crc = crc32_update(0, frames, h.length);
	if (report_parse(&h, frames, &r, &e) < 0)
		return 0;
	if (r.count != h.frames)
		abort();
	check_items(&r);
	report_struct(&r, FRAME_STATE, &state, sizeof(state), "state", &e);
	return 0;
}
