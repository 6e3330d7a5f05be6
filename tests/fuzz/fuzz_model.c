// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the constants of a processor. */
#include "model/model.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model m, changed;
	struct err e = { 0 };

	if (model_read("fuzz", data, size, &m, &e) < 0)
		return 0;
	for (unsigned i = 0; i < model_variants(); i++) {
		model_variant(&m, i, &changed);
		/* What divides and what is waited for stays possible. */
		if (!changed.issue_width || !changed.window_uops || !changed.alu_ports ||
		    !changed.load_ports || !changed.store_ports || !changed.l2_kib)
			abort();
	}
	return 0;
}
