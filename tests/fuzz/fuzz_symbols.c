// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/kallsyms as a guest sends it, and the places made of it. */
#include "base/buf.h"
#include "symbols/symbols.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(symbols_free_p) struct symbols *s = NULL;
	_cleanup_buf_ struct buf places = { 0 };
	struct err e = { 0 };
	uint64_t vaddr = 0;
	bool entry;

	if (symbols_parse((const char *)data, size, &s, &e) < 0) {
		if (!e.text[0] || e.status != ERR_UNMEASURED)
			abort();
		return 0;
	}
	if (!symbols_functions(s))
		abort();
	for (size_t i = 0; i < symbols_functions(s); i++) {
		const char *name = symbols_name(s, i);

		/* By name, each once. */
		if (!name[0] || (i && strcmp(symbols_name(s, i - 1), name) >= 0))
			abort();
		vaddr = symbols_address(s, name);
		if (symbols_find(s, vaddr, &entry) >= (long)symbols_functions(s))
			abort();
	}
	if (vaddr && symbols_find(s, vaddr, &entry) < 0)
		abort();
	symbols_find(s, UINT64_MAX, &entry);
	symbols_places(s, &places, &e);
	return 0;
}
