// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/report.h"

#include "base/cleanup.h"
#include "proto/crc32.h"
#include "proto/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX (PLAN_MAX_ROUNDS + 4096) /* a program has one a round */

int report_check_header(const void *page, size_t len, struct report_header *out, struct err *e)
{
	if (len < sizeof(*out))
		return err_unmeasured(e, EPROTO, "the guest's report is cut short");
	memcpy(out, page, sizeof(*out));
	if (out->magic != REPORT_MAGIC)
		return err_unmeasured(e, EPROTO, "the guest stopped without a report");
	if (out->version != REPORT_VERSION)
		return err_unmeasured(e, EPROTO, "the guest's report has version %u, not %u",
				      out->version, REPORT_VERSION);
	if (out->why != REPORT_READY && out->why != REPORT_DONE && out->why != REPORT_FAILED)
		return err_unmeasured(e, EPROTO, "the guest stopped for no known reason (%u)",
				      out->why);
	if (out->length > REPORT_MAX_BYTES - REPORT_HEADER_BYTES || out->length % 8)
		return err_unmeasured(e, EPROTO, "the guest's report claims %u bytes", out->length);
	if (out->frames > FRAMES_MAX)
		return err_unmeasured(e, EPROTO, "the guest's report claims %u frames",
				      out->frames);
	return 0;
}

static int split(const struct report_header *h, struct report *out, struct err *e)
{
	size_t at = 0;

	while (at < h->length) {
		struct report_frame f;
		size_t padded;

		if (out->count == h->frames || h->length - at < sizeof(f))
			return err_unmeasured(e, EPROTO,
					      "the guest's report has stray bytes at %zu", at);
		memcpy(&f, out->bytes + at, sizeof(f));
		at += sizeof(f);
		padded = ((size_t)f.length + 7) & ~(size_t)7;
		if (padded > h->length - at)
			return err_unmeasured(e, EPROTO,
					      "frame %zu of the guest's report claims %u bytes, "
					      "%zu are left",
					      out->count, f.length, h->length - at);
		out->items[out->count++] =
			(struct report_item){ f.type, out->bytes + at, f.length };
		at += padded;
	}
	if (out->count != h->frames)
		return err_unmeasured(e, EPROTO, "the guest's report claims %u frames and has %zu",
				      h->frames, out->count);
	return 0;
}

int report_parse(const struct report_header *h, uint8_t *bytes, struct report *out, struct err *e)
{
	int r;

	*out = (struct report){ .why = h->why, .bytes = bytes };
	if (crc32_update(0, bytes, h->length) != h->crc) {
		r = err_unmeasured(e, EPROTO, "the guest's report does not match its checksum");
		goto fail;
	}
	out->items = calloc((size_t)h->frames + 1, sizeof(*out->items));
	r = out->items ? split(h, out, e) : err_oom(e);
	if (r == 0)
		return 0;
fail:
	report_free(out);
	return r;
}

void report_free(struct report *r)
{
	free(r->bytes);
	free(r->items);
	*r = (struct report){ 0 };
}

const struct report_item *report_find(const struct report *r, enum report_frame_type type)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->items[i].type == type)
			return &r->items[i];
	}
	return NULL;
}

int report_struct(const struct report *r, enum report_frame_type type, void *out, size_t size,
		  const char *what, struct err *e)
{
	const struct report_item *item = report_find(r, type);

	if (!item)
		return err_unmeasured(e, EPROTO, "the guest's report has no %s", what);
	if (item->len != size)
		return err_unmeasured(e, EPROTO, "the guest's %s has %zu bytes, not %zu", what,
				      item->len, size);
	memcpy(out, item->data, size);
	return 0;
}

char *report_text(const struct report_item *item)
{
	char *text = malloc(item->len + 1);

	if (!text)
		return NULL;
	for (size_t i = 0; i < item->len; i++) {
		uint8_t c = item->data[i];

		text[i] = (c >= 0x20 && c < 0x7f) || c == '\n' ? (char)c : '?';
	}
	text[item->len] = '\0';
	return text;
}
