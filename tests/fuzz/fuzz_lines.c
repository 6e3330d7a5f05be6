// SPDX-License-Identifier: GPL-2.0-or-later
/* A file with debug information: what it tells of each address that it has code at. */
#include "symbols/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Where the linker puts the code of a small static program. */
#define CODE 0x400000u
#define CODE_BYTES 0x2000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reader may rely on. */
static void check(const struct lines_place *p)
{
	if (p->depth < 1 || p->depth > LINES_DEPTH_MAX)
		abort();
	for (unsigned i = 0; i < p->depth; i++) {
		const struct lines_frame *f = &p->frames[i];

		if ((f->function && strlen(f->function) > 1u << 20) ||
		    (f->file && (!f->file[0] || strlen(f->file) > 1u << 20)))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_close_ int fd = memfd_create("file", MFD_CLOEXEC);
	_cleanup_lines_ struct lines *l = NULL;
	struct lines_place place;
	struct err e = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (lines_open(NULL, path, &l, &e) < 0) {
		if (l || !e.text[0])
			abort();
		return 0;
	}
	for (uint64_t vaddr = CODE; vaddr < CODE + CODE_BYTES; vaddr += 3) {
		if (lines_find(l, vaddr, &place, &e) < 0)
			return 0;
		check(&place);
	}
	return 0;
}
