// SPDX-License-Identifier: GPL-2.0-or-later
/* meta.json of an entry of the store: what is read of it, and what changing it makes of it. */
#include "base/buf.h"
#include "kernel/store/meta.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was put together anew has to be read again. */
static void check_again(json_t *root)
{
	_cleanup_free_ char *text = json_dumps(root, 0);
	_cleanup_json_ json_t *again = NULL;
	struct err e = { 0 };

	if (!text || meta_parse(text, strlen(text), "meta.json", &again, &e) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_json_ json_t *root = NULL;
	struct err e = { 0 };

	if (meta_parse((const char *)data, size, "meta.json", &root, &e) < 0) {
		if (root || !e.text[0])
			abort();
		return 0;
	}
	for (size_t i = 0; i < meta_sources(root); i++) {
		_cleanup_kernel_ struct kernel *k = meta_kernel("/kernels/x", root, i);
		_cleanup_json_ json_t *shown = k ? kernel_to_json(k) : NULL;

		if (!k || !k->id || !k->spec || !k->release || !k->image_sha256 || !shown)
			abort();
		if (k->name)
			meta_drop_name(root, k->name);
		if (meta_put_source(root, k) < 0)
			abort();
	}
	if (meta_add_hashes(root, NULL) < 0)
		abort();
	check_again(root);
	return 0;
}
