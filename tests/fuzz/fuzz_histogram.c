// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of a histogram, as a guest may send it. */
#include "lab/counts/histogram.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct histogram h;
	struct err e = { 0 };
	uint64_t calls = 0;

	if (histogram_parse((const char *)data, size, &h, &e) < 0) {
		if (!e.text[0])
			abort();
		return 0;
	}
	for (unsigned c = 0; c < HISTOGRAM_CLASSES; c++)
		calls += h.classes[c];
	if (calls != h.calls || h.total < h.calls || h.max < h.min || (h.calls && !h.min))
		abort();
	return 0;
}
