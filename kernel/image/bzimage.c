// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A bzImage (Documentation/arch/x86/boot.rst), all little endian:
 *
 *   0x1f1  u8   setup_sects      512-byte sectors of real-mode code after the boot sector; 0 is 4
 *   0x202  u32  "HdrS"           magic
 *   0x206  u16  version          2.08 and later have the payload fields
 *   0x248  u32  payload_offset   from the end of the real-mode code
 *   0x24c  u32  payload_length
 *
 * The real-mode code takes (setup_sects + 1) * 512 bytes. The payload is a compressed vmlinux ELF.
 * Its last four bytes are the unpacked size: appended by the build, save for gzip, whose own
 * trailer ends in it.
 */
#include "kernel/image/bzimage.h"

#include "kernel/image/unpack.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SETUP_SECTS 0x1f1
#define MAGIC 0x202
#define VERSION 0x206
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define VERSION_WITH_PAYLOAD 0x0208

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

bool bzimage_is(const void *head, size_t len)
{
	return len >= BZIMAGE_HEAD && !memcmp((const uint8_t *)head + MAGIC, "HdrS", 4);
}

static bool is_gzip(const uint8_t *p, size_t len)
{
	return len >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}

int bzimage_parse(const void *image, size_t len, struct bzimage_payload *out, struct err *e)
{
	const uint8_t *p = image;
	uint64_t setup, offset, length;
	unsigned version;

	if (!bzimage_is(image, len))
		return err_set(e, EBADMSG, "not a bzImage: no \"HdrS\" at byte 0x202");
	version = p[VERSION] | (unsigned)p[VERSION + 1] << 8;
	if (version < VERSION_WITH_PAYLOAD)
		return err_set(e, EBADMSG,
			       "boot protocol %u.%02u is too old to say where the kernel is",
			       version >> 8, version & 0xff);
	setup = ((p[SETUP_SECTS] ? p[SETUP_SECTS] : 4) + 1) * 512ULL;
	offset = setup + get32(p + PAYLOAD_OFFSET);
	length = get32(p + PAYLOAD_LENGTH);
	if (length < 8 || offset + length > len)
		return err_set(e, EBADMSG,
			       "the header places the kernel at bytes %" PRIu64 " to %" PRIu64
			       " of a file of %zu: cut short or damaged; get the file again",
			       offset, offset + length, len);
	out->offset = (size_t)offset;
	out->length = (size_t)length;
	out->unpacked = get32(p + offset + length - 4);
	if (!is_gzip(p + offset, out->length))
		out->length -= 4;
	return 0;
}

/* What the payload unpacked to, against what it must be. */
static int check_unpacked(const struct bzimage_payload *payload, uint64_t bytes, struct err *e)
{
	if (bytes == payload->unpacked)
		return 0;
	return err_set(e, EBADMSG,
		       "the kernel unpacks to %" PRIu64 " bytes where %" PRIu64
		       " are promised: damaged, or in a compression not known here (LZO)",
		       bytes, payload->unpacked);
}

struct counted {
	int fd;
	uint64_t bytes;
};

static int write_counted(void *arg, const void *data, size_t len)
{
	struct counted *c = arg;

	c->bytes += len;
	return unpack_to_fd(&c->fd, data, len);
}

int bzimage_unpack(const void *image, size_t len, int fd, struct err *e)
{
	struct counted to = { .fd = fd };
	struct bzimage_payload payload;
	int r = bzimage_parse(image, len, &payload, e);

	if (r < 0)
		return r;
	r = unpack_memory((const uint8_t *)image + payload.offset, payload.length,
			  BZIMAGE_VMLINUX_MAX, write_counted, &to, e);
	if (r < 0) {
		err_wrap(e, "the kernel inside the bzImage");
		return r;
	}
	return check_unpacked(&payload, to.bytes, e);
}
