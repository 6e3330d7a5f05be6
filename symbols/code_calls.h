/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions call which, by what stands in the code: direct calls, and jumps to functions. */
#ifndef SYMBOLS_CODE_CALLS_H
#define SYMBOLS_CODE_CALLS_H

#include "base/buf.h"
#include "symbols/symbols.h"
#include "symbols/text.h"

struct code_call {
	uint32_t caller, callee; /* functions, by their index in the symbols */
};

/*
 * Of the functions for which @wanted is true (by index), all that they call, as struct code_call,
 * ascending and each once. Instructions are not decoded: what only looks like a call inside another
 * instruction counts if a function begins where it would lead to, which is rare.
 */
int code_calls(const struct text *t, const struct symbols *symbols, const bool *wanted,
	       struct buf *out, struct err *e);

#endif
