// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A bundle from a stranger: manifest, raw tables, profile and scenarios. The input is the files one
 * behind another, each after a line "=== PATH".
 */
#include "report/bundle/verify.h"

#include <string.h>

static const char mark[] = "=== ";

/* The next mark at the start of a line. */
static const char *find_mark(const char *p, const char *end)
{
	const char *at = memmem(p - 1, (size_t)(end - p) + 1, "\n=== ", sizeof(mark));

	return at ? at + 1 : end;
}

static void split(const char *text, size_t len, struct bundle *out)
{
	const char *p = text, *end = text + len;

	while (p + sizeof(mark) < end && !strncmp(p, mark, sizeof(mark) - 1) && out->count < 100) {
		const char *path = p + sizeof(mark) - 1;
		const char *line = memchr(path, '\n', (size_t)(end - path));
		const char *next = line ? find_mark(line + 1, end) : end;
		struct buf *file;

		if (!line)
			return;
		file = bundle_add(out, "%.*s", (int)(line - path), path);
		if (!file || buf_add(file, line + 1, (size_t)(next - line - 1)) < 0)
			return;
		p = next;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_verify_ struct verify v = { 0 };
	_cleanup_bundle_ struct bundle b = { 0 };
	struct err e = { 0 };

	split((const char *)data, size, &b);
	bundle_sort(&b);
	verify_files(&b, &v, &e);
	return 0;
}
