// SPDX-License-Identifier: GPL-2.0-or-later
/* What the guest reports is believed only as far as it holds together. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "proto/crc32.h"
#include "proto/plan.h"
#include "tests/unit/unit.h"
#include "vm/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct report_state page_state = { .online_cpus = 1,
						.vmas = 2,
						.present_pages = 3,
						.dirty_pages = 4,
						.pmd_mapped_pages = REPORT_UNKNOWN,
						.swapped_pages = 0 };

static void add_frame(struct buf *b, uint32_t type, const void *data, uint32_t len)
{
	struct report_frame f = { .type = type, .length = len };

	buf_add(b, &f, sizeof(f));
	buf_add(b, data, len);
	buf_add(b, "\0\0\0\0\0\0\0", -len & 7);
}

/* Three frames, as a guest sends them. */
static void good(struct buf *b, struct report_header *h)
{
	add_frame(b, FRAME_UNAME, "6.17.13\n#1 SMP", 14);
	add_frame(b, FRAME_STATE, &page_state, sizeof(page_state));
	add_frame(b, FRAME_CPUINFO, "", 0);
	*h = (struct report_header){ .magic = REPORT_MAGIC,
				     .version = REPORT_VERSION,
				     .why = REPORT_DONE,
				     .length = (uint32_t)b->len,
				     .crc = crc32_update(0, b->data, b->len),
				     .frames = 3 };
}

static int parse(const struct report_header *h, const struct buf *b, struct report *out,
		 struct err *e)
{
	struct report_header checked;
	uint8_t *copy = malloc(b->len + !b->len);
	int r;

	assert_non_null(copy);
	if (b->len)
		memcpy(copy, b->data, b->len);
	*out = (struct report){ 0 };
	r = report_check_header(h, sizeof(*h), &checked, e);
	if (r < 0) {
		free(copy);
		return r;
	}
	/* The reader fetches as many bytes as the header says. */
	assert_int_equal(checked.length, b->len);
	return report_parse(&checked, copy, out, e);
}

static void a_good_report_is_read(void **state)
{
	_cleanup_report_ struct report r = { 0 };
	_cleanup_free_ char *text = NULL;
	_cleanup_buf_ struct buf b = { 0 };
	struct report_header h;
	struct report_state s;
	struct err e = { 0 };

	(void)state;
	good(&b, &h);
	assert_int_equal(parse(&h, &b, &r, &e), 0);
	assert_int_equal(r.why, REPORT_DONE);
	assert_int_equal(r.count, 3);
	assert_int_equal(report_struct(&r, FRAME_STATE, &s, sizeof(s), "state", &e), 0);
	assert_memory_equal(&s, &page_state, sizeof(s));
	text = report_text(report_find(&r, FRAME_UNAME));
	assert_string_equal(text, "6.17.13\n#1 SMP");
	assert_int_equal(report_find(&r, FRAME_CPUINFO)->len, 0);
	assert_null(report_find(&r, FRAME_ERROR));
	for (size_t i = 0; i < r.count; i++)
		assert_int_equal((r.items[i].data - r.bytes) % 8, 0);
}

static void the_first_of_a_type_is_found(void **state)
{
	_cleanup_report_ struct report r = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	struct report_header h;
	struct err e = { 0 };

	(void)state;
	good(&b, &h);
	add_frame(&b, FRAME_UNAME, "later", 5);
	h.frames = 4;
	h.length = (uint32_t)b.len;
	h.crc = crc32_update(0, b.data, b.len);
	assert_int_equal(parse(&h, &b, &r, &e), 0);
	assert_int_equal(report_find(&r, FRAME_UNAME)->len, 14);
}

static void an_empty_report_is_a_report(void **state)
{
	struct report_header h = { .magic = REPORT_MAGIC,
				   .version = REPORT_VERSION,
				   .why = REPORT_READY };
	_cleanup_report_ struct report r = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(parse(&h, &b, &r, &e), 0);
	assert_int_equal(r.count, 0);
}

static void structs_must_fit(void **state)
{
	_cleanup_report_ struct report r = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	struct report_header h;
	struct report_state s;
	struct err e = { 0 };

	(void)state;
	good(&b, &h);
	assert_int_equal(parse(&h, &b, &r, &e), 0);
	assert_int_equal(report_struct(&r, FRAME_STATE, &s, sizeof(s) - 8, "state", &e), -EPROTO);
	assert_string_equal(e.text, "the guest's state has 176 bytes, not 168");
	assert_int_equal(report_struct(&r, FRAME_STATE_END, &s, sizeof(s), "end", &e), -EPROTO);
	assert_string_equal(e.text, "the guest's report has no end");
	assert_int_equal(e.status, ERR_UNMEASURED);
}

static void text_is_made_harmless(void **state)
{
	static const uint8_t bytes[] = "a\tb\033[2J\x7f\0\xff\n~";
	struct report_item item = { FRAME_ERROR, bytes, sizeof(bytes) - 1 };
	_cleanup_free_ char *text = report_text(&item);

	(void)state;
	assert_string_equal(text, "a?b?[2J???\n~");
}

static void header_lies_are_caught(void **state)
{
	static const struct report_header base = {
		REPORT_MAGIC, REPORT_VERSION, REPORT_DONE, 8, 0, 1
	};
	const uint32_t room = REPORT_MAX_BYTES - REPORT_HEADER_BYTES;
	struct report_header out, h = base;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(report_check_header(&h, sizeof(h), &out, &e), 0);
	for (size_t len = 0; len < sizeof(h); len++)
		assert_int_equal(report_check_header(&h, len, &out, &e), -EPROTO);
#define LIE(member, value, said)                                                         \
	do {                                                                             \
		h = base;                                                                \
		h.member = (value);                                                      \
		assert_int_equal(report_check_header(&h, sizeof(h), &out, &e), -EPROTO); \
		assert_int_equal(e.status, ERR_UNMEASURED);                              \
		assert_non_null(strstr(e.text, said));                                   \
	} while (0)
	LIE(magic, 0, "without a report");
	LIE(magic, REPORT_MAGIC ^ 1, "without a report");
	LIE(version, 0, "version 0, not 4");
	LIE(version, REPORT_VERSION + 1, "version 5, not 4");
	LIE(why, 0, "no known reason");
	LIE(why, REPORT_FAILED + 1, "no known reason");
	LIE(length, room + 8, "claims");
	LIE(length, UINT32_MAX, "claims");
	LIE(length, 9, "claims 9 bytes");
	LIE(frames, PLAN_MAX_ROUNDS + 4097, "claims 69633 frames");
	LIE(frames, UINT32_MAX, "frames");
#undef LIE
	h = base;
	h.length = room;
	h.frames = PLAN_MAX_ROUNDS + 4096;
	assert_int_equal(report_check_header(&h, sizeof(h), &out, &e), 0);
}

/* Changes a good report with @lie, mends the checksum, and expects @text. */
static void expect(void (*lie)(struct report_header *h, struct buf *b), const char *text)
{
	_cleanup_report_ struct report r = { 0 };
	_cleanup_buf_ struct buf b = { 0 };
	struct report_header h;
	struct err e = { 0 };

	good(&b, &h);
	lie(&h, &b);
	h.length = (uint32_t)b.len;
	h.crc = crc32_update(0, b.data, b.len);
	assert_int_equal(parse(&h, &b, &r, &e), -EPROTO);
	assert_int_equal(e.status, ERR_UNMEASURED);
	if (!strstr(e.text, text))
		fail_msg("'%s' instead of '%s'", e.text, text);
	assert_null(r.bytes);
	assert_null(r.items);
}

static void one_frame_less(struct report_header *h, struct buf *b)
{
	(void)b;
	h->frames--;
}

static void one_frame_more(struct report_header *h, struct buf *b)
{
	(void)b;
	h->frames++;
}

static void too_long_a_frame(struct report_header *h, struct buf *b)
{
	uint32_t length = (uint32_t)b->len - 8 + 1;

	(void)h;
	memcpy(b->data + 4, &length, 4);
}

static void endless_frame(struct report_header *h, struct buf *b)
{
	(void)h;
	memset(b->data + 4, 0xff, 4);
}

static void swallowing_frame(struct report_header *h, struct buf *b)
{
	uint32_t length = 14 + 8;

	(void)h;
	memcpy(b->data + 4, &length, 4); /* now the state's payload is read as frames */
}

static void no_frames(struct report_header *h, struct buf *b)
{
	(void)b;
	h->frames = 0;
}

static void extra_bytes(struct report_header *h, struct buf *b)
{
	(void)h;
	buf_add(b, "\0\0\0\0\0\0\0", 8);
}

static void frame_lies_are_caught(void **state)
{
	(void)state;
	expect(one_frame_less, "stray bytes at ");
	expect(one_frame_more, "claims 4 frames and has 3");
	expect(too_long_a_frame, "frame 0 of the guest's report claims 209 bytes, 208 are left");
	expect(endless_frame, "frame 0 of the guest's report claims 4294967295 bytes");
	expect(swallowing_frame, "the guest's report");
	expect(no_frames, "stray bytes at 0");
	expect(extra_bytes, "stray bytes at 216");
}

static void every_bit_is_in_the_checksum(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct report_header h;

	(void)state;
	good(&b, &h);
	for (size_t i = 0; i < b.len; i++) {
		_cleanup_report_ struct report r = { 0 };
		struct err e = { 0 };

		b.data[i] ^= 1;
		assert_int_equal(parse(&h, &b, &r, &e), -EPROTO);
		assert_non_null(strstr(e.text, "checksum"));
		b.data[i] ^= 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_report_is_read),
		cmocka_unit_test(the_first_of_a_type_is_found),
		cmocka_unit_test(an_empty_report_is_a_report),
		cmocka_unit_test(structs_must_fit),
		cmocka_unit_test(text_is_made_harmless),
		cmocka_unit_test(header_lies_are_caught),
		cmocka_unit_test(frame_lies_are_caught),
		cmocka_unit_test(every_bit_is_in_the_checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
