// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An Image (Documentation/arch/arm64/booting.rst), all little endian:
 *
 *   0x00  u32  code0       "MZ" where the kernel is an EFI application too
 *   0x08  u64  text_offset
 *   0x10  u64  image_size  in memory: the file, and what the kernel clears behind it
 *   0x18  u64  flags       bit 0: the kernel is big endian; bits 1 and 2: size of its pages
 *                        (1: 4 KiB, 2: 16, 3: 64; 0 of old kernels)
 *   0x38  u32  "ARM\x64"   magic; "RSC\x05" in a riscv Image
 *   0x3c  u32  PE header   from the file's start; 0 without EFI
 *
 * Nothing in the header tells how long the file is, but the sections of the PE header lie in it.
 *
 *   PE header: "PE\0\0", 2 bytes, u16 number of sections, 12 bytes, u16 size of what follows up to
 *   the sections; each has 40 bytes, at 16 u32 its bytes in the file and at 20 u32 where.
 *
 * With CONFIG_EFI_ZBOOT (drivers/firmware/efi/libstub/zboot-header.S):
 *
 *   0x00  "MZ", 2 bytes, "zimg"
 *   0x08  u32  payload from the file's start
 *   0x0c  u32  bytes of the payload, one compressed stream
 */
#include "kernel/image/arm64_image.h"

#include "arch/arch.h"
#include "kernel/image/unpack.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define IMAGE_SIZE 0x10
#define FLAGS 0x18
#define MAGIC ARM64_IMAGE_MAGIC_AT
#define PE_OFFSET 0x3c
#define PE_HEAD_BYTES 24
#define PE_SECTION_BYTES 40
#define ZBOOT_MAGIC 4
#define ZBOOT_OFFSET 8
#define ZBOOT_LENGTH 12

static uint16_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

bool arm64_image_is(const void *head, size_t len)
{
	return len >= ARM64_IMAGE_HEAD &&
	       !memcmp((const uint8_t *)head + MAGIC, ARM64_IMAGE_MAGIC, 4);
}

bool arm64_zboot_is(const void *head, size_t len)
{
	return len >= ARM64_IMAGE_HEAD && !memcmp(head, "MZ", 2) &&
	       !memcmp((const uint8_t *)head + ZBOOT_MAGIC, "zimg", 4);
}

const char *arm64_image_foreign(const void *head, size_t len)
{
	return len >= ARM64_IMAGE_HEAD && !memcmp((const uint8_t *)head + MAGIC, "RSC\x05", 4)
		       ? "riscv"
		       : NULL;
}

static int check_sections(const uint8_t *image, size_t len, struct err *e)
{
	uint64_t at = get32(image + PE_OFFSET), sections;
	unsigned n;

	if (!at)
		return 0;
	if (at + PE_HEAD_BYTES > len || memcmp(image + at, "PE\0\0", 4) != 0)
		return err_set(e, EBADMSG, "an arm64 Image without the PE header that it names");
	n = get16(image + at + 6);
	sections = at + PE_HEAD_BYTES + get16(image + at + 20);
	if (sections + (uint64_t)n * PE_SECTION_BYTES > len)
		return err_set(e, EBADMSG, "an arm64 Image that ends within its PE header");
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *s = image + sections + (uint64_t)i * PE_SECTION_BYTES;
		uint64_t end = (uint64_t)get32(s + 20) + get32(s + 16);

		if (end > len)
			return err_set(e, EBADMSG,
				       "an arm64 Image that is cut short: section %u ends at byte "
				       "%" PRIu64 ", the file at %zu",
				       i, end, len);
	}
	return 0;
}

/* 0: it does not say. */
static unsigned page_kib(const uint8_t *image)
{
	static const unsigned sizes[] = { 0, 4, 16, 64 };

	return sizes[get64(image + FLAGS) >> 1 & 3];
}

int arm64_image_check(const void *data, size_t len, struct err *e)
{
	const uint8_t *image = data;
	uint64_t size;

	if (!arm64_image_is(data, len))
		return err_set(e, EBADMSG, "no arm64 Image");
	size = get64(image + IMAGE_SIZE);
	if (get64(image + FLAGS) & 1)
		return err_set(e, EBADMSG, "a big-endian arm64 Image, which is not measured");
	if (page_kib(image) > 4)
		return err_set(
			e, EBADMSG,
			"an arm64 Image whose pages have %u KiB: kernels with pages of 4 KiB "
			"are measured, and no others",
			page_kib(image));
	if (size > ARM64_IMAGE_MAX)
		return err_set(e, EBADMSG,
			       "an arm64 Image that says that it takes %" PRIu64
			       " bytes of memory, more than any",
			       size);
	if (size && size < len)
		return err_set(e, EBADMSG,
			       "an arm64 Image that says that it takes %" PRIu64
			       " bytes of memory, and has %zu in the file",
			       size, len);
	return check_sections(image, len, e);
}

int arm64_image_unpack(const void *data, size_t len, int fd, struct err *e)
{
	const uint8_t *image = data;
	uint64_t at = 0, length = len;
	int r;

	if (arm64_zboot_is(data, len)) {
		at = get32(image + ZBOOT_OFFSET);
		length = get32(image + ZBOOT_LENGTH);
		if (!length || at > len || length > len - at)
			return err_set(e, EBADMSG,
				       "an EFI zboot image whose payload (%" PRIu64
				       " bytes at %" PRIu64 ") lies beyond its end: cut short",
				       length, at);
	}
	r = unpack_memory(image + at, (size_t)length, ARM64_IMAGE_MAX, unpack_to_fd, &fd, e);
	return r < 0 ? err_wrap(e, "unpacking the Image") : 0;
}
