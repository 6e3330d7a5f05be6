// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that somebody else has made, and the cache of their linker: what they say they need. */
#include "parcel/elf_needs.h"
#include "parcel/ld_cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_inside(const uint8_t *data, size_t size, const char *text)
{
	const char *start = (const char *)data;

	if (text && (text < start || text + strlen(text) >= start + size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct elf_needs needs;
	struct err e = { 0 };

	is_inside(data, size, ld_cache_find(data, size, "libc.so.6", 0));
	if (elf_needs_read(data, size, &needs, &e) < 0) {
		if (!e.text[0] || needs.n_libraries > ELF_NEEDS_MAX)
			abort();
		return 0;
	}
	is_inside(data, size, needs.interpreter);
	is_inside(data, size, needs.rpath);
	is_inside(data, size, needs.runpath);
	is_inside(data, size, needs.soname);
	for (size_t i = 0; i < needs.n_libraries; i++) {
		is_inside(data, size, needs.libraries[i]);
		if (!needs.libraries[i][0])
			abort();
	}
	return 0;
}
