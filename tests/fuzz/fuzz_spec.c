// SPDX-License-Identifier: GPL-2.0-or-later
/* Specs as typed, the order of versions, and the banner of a kernel. */
#include "base/buf.h"
#include "kernel/image/banner.h"
#include "kernel/name/spec.h"
#include "kernel/name/vercmp.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_spec(const char *text)
{
	_cleanup_spec_ struct spec s = { 0 };
	struct err e = { 0 };

	if (spec_parse(text, &s, &e) < 0) {
		if (!e.text[0])
			abort();
		return;
	}
	if (s.kind != SPEC_DEBIAN)
		return;
	if (!s.version || !s.number || !s.flavour || !spec_number_matches(s.number, s.number))
		abort();
	if (spec_version_length(s.version, NULL) != strlen(s.version))
		abort();
}

/* The order must be one: the same from both sides. */
static void check_order(const char *a, const char *b)
{
	int ab = vercmp(a, b), ba = vercmp(b, a);

	if ((ab < 0) != (ba > 0) || (ab == 0) != (ba == 0) || vercmp(a, a) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct banner banner;
	char *half;

	if (buf_add(&text, data, size) < 0)
		return 0;
	banner_find(data, size, &banner);
	if (!text.data)
		return 0;
	check_spec(text.data);
	spec_name_valid(text.data);
	free(compiler_major(text.data));
	half = strchr(text.data, ' ');
	if (half) {
		*half = '\0';
		check_order(text.data, half + 1);
	}
	return 0;
}
