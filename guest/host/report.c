// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/host/report.h"

#include "guest/host/port.h"
#include "proto/crc32.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define FRAMES_BASE ((uint8_t *)REPORT_BASE + REPORT_HEADER_BYTES)
#define FRAMES_MAX (REPORT_MAX_BYTES - REPORT_HEADER_BYTES)

/* The report itself keeps the state: the header's length is the place of the next frame. */
static struct report_header *header(void)
{
	return (struct report_header *)REPORT_BASE;
}

int report_open(void)
{
	void *at = mmap((void *)REPORT_BASE, REPORT_MAX_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return -errno;
	/* The host walks the page tables of the stopped machine: small pages, always present. */
	madvise(at, REPORT_MAX_BYTES, MADV_NOHUGEPAGE);
	report_reset();
	return 0;
}

void report_reset(void)
{
	*header() = (struct report_header){ .magic = REPORT_MAGIC, .version = REPORT_VERSION };
}

void *report_begin(enum report_frame_type type, size_t max)
{
	struct report_frame *f = (struct report_frame *)(FRAMES_BASE + header()->length);

	if (max > FRAMES_MAX - header()->length - sizeof(*f) - 8)
		return NULL;
	f->type = type;
	f->length = 0;
	return f + 1;
}

void report_end(size_t len)
{
	struct report_frame *f = (struct report_frame *)(FRAMES_BASE + header()->length);
	size_t padded = (len + 7) & ~(size_t)7;

	f->length = (uint32_t)len;
	memset((uint8_t *)(f + 1) + len, 0, padded - len);
	header()->length += (uint32_t)(sizeof(*f) + padded);
	header()->frames++;
}

void report_add(enum report_frame_type type, const void *payload, size_t len)
{
	void *room = report_begin(type, len);

	if (!room) {
		report_error("a frame of type %d with %zu bytes does not fit", type, len);
		return;
	}
	memcpy(room, payload, len);
	report_end(len);
}

void report_error(const char *fmt, ...)
{
	char *room = report_begin(FRAME_ERROR, 512);
	va_list ap;
	int len;

	if (!room)
		return;
	va_start(ap, fmt);
	len = vsnprintf(room, 512, fmt, ap);
	va_end(ap);
	report_end(len < 0 ? 0 : len < 512 ? (size_t)len : 511);
}

void report_send(enum report_why why)
{
	header()->why = why;
	header()->crc = crc32_update(0, FRAMES_BASE, header()->length);
	port_pause();
}
