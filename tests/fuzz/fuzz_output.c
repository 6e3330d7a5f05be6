// SPDX-License-Identifier: GPL-2.0-or-later
/* What a program prints: words KEY=NUMBER, and patterns over it. */
#include "base/buf.h"
#include "lab/output/output.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text, const struct program *p)
{
	_cleanup_output_ struct output o = { 0 };
	struct err e = { 0 };

	if (output_parse(text, p, &o, &e) < 0) {
		if (!e.text[0])
			abort();
		return;
	}
	for (size_t i = 0; i < o.n_metrics; i++) {
		if (!o.metrics[i].name[0] || !isfinite(o.metrics[i].value))
			abort();
		for (size_t k = 0; k < i; k++) {
			if (!strcmp(o.metrics[i].name, o.metrics[k].name))
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(program_free_p) struct program *any = NULL, *patterns = NULL;
	_cleanup_buf_ struct buf text = { 0 };

	if (buf_add(&text, data, size) < 0 || !text.data ||
	    program_new("/bin/true", &any, NULL) < 0 ||
	    program_new("/bin/true", &patterns, NULL) < 0 ||
	    program_add_metric(patterns, "score", "score is ([0-9.e+-]+)", NULL) < 0 ||
	    program_add_metric(patterns, "any", "(a|b*)=?([0-9]*)", NULL) < 0)
		return 0;
	check(text.data, any);
	check(text.data, patterns);
	return 0;
}
