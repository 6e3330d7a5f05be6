/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function's code looks like, whatever the compiler did with registers and places: so that a
 * function of one kernel can be told again in another, under another name.
 *
 * A feature is a number made of a few instructions. There are two kinds: three instructions in a
 * row without operands, and one instruction with the constants in it (offsets in a structure,
 * flags). Left out is what says nothing of what was written: padding, saved registers, places on
 * the stack.
 */
#ifndef SYMBOLS_CODE_H
#define SYMBOLS_CODE_H

#include "base/buf.h"
#include "symbols/disasm.h"

struct code {
	struct buf features[2]; /* 32-bit numbers; ascending after code_done() */
	size_t insns;
};

/* Takes one stretch of it more. 0 or -ENOMEM. */
int code_add(struct code *c, const struct disasm *stretch, struct err *e);
/* There is no stretch more. */
void code_done(struct code *c);
void code_free(struct code *c);

/* The share of features that both have, from 0 (none) to 1 (all). 0 where one has none. */
double code_alike(const struct code *a, const struct code *b);

#endif
