// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/weight.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weight w;
	struct err e = { 0 };

	if (weight_parse((const char *)data, size, &w, &e) == 0) {
		double sum = 0;

		for (size_t i = 0; i < w.names.count; i++)
			sum += w.of[i];
		/* Each name's part is in the whole. */
		if (!(w.total > 0) || fabs(sum - w.total) > 1e-6 * w.total)
			abort();
	} else if (!e.code || !e.text[0]) {
		abort();
	}
	weight_free(&w);
	return 0;
}
