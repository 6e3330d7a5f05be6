/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tracefs prints of histogram triggers with one numeric key, n; from the guest: untrusted. */
#ifndef LAB_COUNTS_HISTOGRAM_H
#define LAB_COUNTS_HISTOGRAM_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* By the size of a batch. */
enum histogram_class {
	HISTOGRAM_1,
	HISTOGRAM_2_15,
	HISTOGRAM_16_63,
	HISTOGRAM_64_511,
	HISTOGRAM_512_UP,
	HISTOGRAM_CLASSES,
};

struct histogram {
	uint64_t calls;			     /* hits with a value of at least 1 */
	uint64_t total;			     /* sum of the values */
	uint64_t zeros;			     /* hits with a value of 0: of no class */
	uint64_t classes[HISTOGRAM_CLASSES]; /* calls */
	uint64_t min, max;		     /* 0 without calls */
	uint64_t dropped;		     /* hits with a value that found no room */
};

/* Of several histograms, one behind the other, the sum. -EPROTO with the line's number if it is not
 * understood or cannot be. */
int histogram_parse(const char *text, size_t len, struct histogram *out, struct err *e);
/* "1", "2-15", "512+". */
const char *histogram_class_name(enum histogram_class c);

#endif
