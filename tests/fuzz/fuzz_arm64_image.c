// SPDX-License-Identifier: GPL-2.0-or-later
/* An arm64 Image, or what it is packed in: read, checked and unpacked. */
#include "kernel/image/arm64_image.h"
#include "kernel/image/vmlinux.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_vmlinux_ struct vmlinux v = { 0 };
	struct err e = { 0 };
	int fd;

	if (arm64_image_is(data, size) && arm64_image_check(data, size, &e) == 0)
		vmlinux_read(data, size, &v, &e);
	arm64_image_foreign(data, size);
	if (!arm64_zboot_is(data, size))
		return 0;
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	arm64_image_unpack(data, size, fd, &e);
	close(fd);
	return 0;
}
