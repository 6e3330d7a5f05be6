// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/code_calls.h"

#include <stdlib.h>
#include <string.h>

#define CALL 0xe8
#define JUMP 0xe9
#define CALL_BYTES 5

struct search {
	const struct text *text;
	const struct symbols *symbols;
	const bool *wanted;
	struct buf *out;
};

static int search_stretch(void *arg, const struct symbols_stretch *at, struct err *e)
{
	const struct search *s = arg;
	size_t len = 0;
	const uint8_t *bytes = s->wanted[at->function] ? text_at(s->text, at->start, &len) : NULL;

	if (at->end - at->start < len)
		len = (size_t)(at->end - at->start);
	for (size_t i = 0; bytes && i + CALL_BYTES <= len; i++) {
		struct code_call call = { .caller = (uint32_t)at->function };
		int32_t relative;
		long callee;

		if (bytes[i] != CALL && bytes[i] != JUMP)
			continue;
		memcpy(&relative, bytes + i + 1, sizeof(relative));
		callee = symbols_starting(s->symbols,
					  at->start + i + CALL_BYTES + (uint64_t)(int64_t)relative);
		if (callee < 0 || (size_t)callee == at->function)
			continue;
		call.callee = (uint32_t)callee;
		if (buf_add(s->out, &call, sizeof(call)) < 0)
			return err_oom(e);
	}
	return 0;
}

static int by_caller(const void *a, const void *b)
{
	const struct code_call *x = a, *y = b;

	if (x->caller != y->caller)
		return x->caller < y->caller ? -1 : 1;
	return (x->callee > y->callee) - (x->callee < y->callee);
}

int code_calls(const struct text *t, const struct symbols *symbols, const bool *wanted,
	       struct buf *out, struct err *e)
{
	struct search s = { t, symbols, wanted, out };
	int r = symbols_each(symbols, search_stretch, &s, e);
	struct code_call *calls = (struct code_call *)(void *)out->data;
	size_t n = out->len / sizeof(*calls), kept = 0;

	if (r < 0 || !n)
		return r;
	qsort(calls, n, sizeof(*calls), by_caller);
	for (size_t i = 0; i < n; i++) {
		if (!kept || by_caller(&calls[kept - 1], &calls[i]) != 0)
			calls[kept++] = calls[i];
	}
	out->len = kept * sizeof(*calls);
	return 0;
}
