// SPDX-License-Identifier: GPL-2.0-or-later
/* The plugin's call tree: the numbers of its parts and the checksum are mended. */
#include "base/cleanup.h"
#include "lab/counts/calltree.h"
#include "proto/crc32.h"
#include "proto/tree.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char kallsyms[] = "ffffffff81000000 T first\n"
			       "ffffffff81001000 t second\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	_cleanup_free_ char *bytes = malloc(size + 1);
	struct tree_header h;
	struct calltree t;
	struct err e = { 0 };

	if (!bytes || symbols_parse(kallsyms, strlen(kallsyms), &symbols, &e) < 0)
		abort();
	memcpy(bytes, data, size);
	if (size >= sizeof(h)) {
		size_t body = size - sizeof(h);

		memcpy(&h, bytes, sizeof(h));
		h.n_nodes %= 1 + (uint32_t)(body / sizeof(struct tree_node));
		h.n_counts = (uint32_t)((body - h.n_nodes * sizeof(struct tree_node)) /
					sizeof(struct tree_count));
		h.crc = crc32_update(0, bytes + sizeof(h), body);
		memcpy(bytes, &h, sizeof(h));
	}
	if (calltree_read(bytes, size, symbols, &t, &e) < 0) {
		if (!e.text[0] || t.nodes)
			abort();
		return 0;
	}
	for (size_t i = 1; i < t.count; i++) {
		if (t.nodes[i].parent >= i || !t.nodes[i].name)
			abort();
	}
	calltree_free(&t);
	return 0;
}
