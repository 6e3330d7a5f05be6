// SPDX-License-Identifier: GPL-2.0-or-later
/* A bzImage, and what it unpacks to; also the bytes as a vmlinux at once. */
#include "kernel/image/bzimage.h"
#include "kernel/image/unpack.h"
#include "kernel/image/vmlinux.h"

#include <stdlib.h>
#include <string.h>

#define MAX (4U << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_vmlinux(const void *image, size_t len)
{
	_cleanup_vmlinux_ struct vmlinux v = { 0 };
	_cleanup_buf_ struct buf config = { 0 };
	struct err e = { 0 };

	if (vmlinux_read(image, len, &v, &e) < 0)
		return;
	if (!v.release[0] || strlen(v.release) > 64 || v.version[0] != '#')
		abort();
	vmlinux_config(image, len, &config, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf vmlinux = { 0 };
	struct bzimage_payload p;
	struct err e = { 0 };

	read_vmlinux(data, size);
	if (bzimage_parse(data, size, &p, &e) < 0)
		return 0;
	if (p.offset > size || p.length > size - p.offset)
		abort();
	if (unpack_memory(data + p.offset, p.length, MAX, unpack_to_buf, &vmlinux, &e) == 0)
		read_vmlinux(buf_str(&vmlinux), vmlinux.len);
	return 0;
}
