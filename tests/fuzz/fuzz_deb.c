// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/image/deb.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file that lives in memory only, reached by a path. */
static int memory_file(char *path, size_t len)
{
	int fd = memfd_create("deb", MFD_CLOEXEC);

	if (fd < 0)
		abort();
	snprintf(path, len, "/proc/self/fd/%d", fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char deb[64], image[64], config[64];
	_cleanup_close_ int deb_fd = memory_file(deb, sizeof(deb));
	_cleanup_close_ int image_fd = memory_file(image, sizeof(image));
	_cleanup_close_ int config_fd = memory_file(config, sizeof(config));
	struct deb_found found;
	struct err e = { 0 };

	if (file_write_all(deb_fd, data, size) < 0)
		abort();
	if (deb_extract(deb, image, config, &found, &e) < 0 && !e.text[0])
		abort();
	/* Nothing is written that was not announced. */
	if ((!e.code && !found.image && lseek(image_fd, 0, SEEK_END) > 0) ||
	    (!e.code && !found.config && lseek(config_fd, 0, SEEK_END) > 0))
		abort();
	return 0;
}
