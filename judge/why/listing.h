/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function of two kernels, instruction by instruction, with how often each was executed.
 *
 * Code is compared as it was linked. What a kernel patches at boot (alternatives, static branches)
 * is not in it: executions of what was put there stand beside the instruction that was linked at
 * the same address, or at none, and then are told as unplaced.
 */
#ifndef JUDGE_WHY_LISTING_H
#define JUDGE_WHY_LISTING_H

#include "base/err.h"
#include "lab/run.h"
#include "scenario/scenario.h"
#include "symbols/disasm.h"

enum listing_difference {
	LISTING_NONE,	/* the same bytes */
	LISTING_LAYOUT, /* the same instructions in the same order, at other places */
	LISTING_ORDER,	/* the same instructions in another order */
	LISTING_CODE,	/* other instructions */
};

/* A row has an instruction of either side, or the same of both; NULL: none. */
struct listing_row {
	const struct disasm_insn *old_insn, *new_insn;
	double old_executed, new_executed; /* per item */
};

struct listing {
	enum listing_difference difference;
	struct listing_row *rows; /* owned */
	size_t count;
	double unplaced_old, unplaced_new; /* instructions executed, per item */
};

/* The disassemblies must outlive it. The runs have to have counted vectors. */
int listing_make(const struct scenario *s, const struct disasm *old_code, const struct run *old_run,
		 const struct disasm *new_code, const struct run *new_run, struct listing *out,
		 struct err *e);
void listing_free(struct listing *l);
#define _cleanup_listing_ __attribute__((cleanup(listing_free)))

/* "none", "layout", "order", "code". */
const char *listing_difference_name(enum listing_difference d);

#endif
