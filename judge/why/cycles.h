/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Estimated cycles of two kernels, set beside each other, segment by segment: a band over the
 * model's ensemble, or the reason why a segment is not estimated. The ratio's band is that of the
 * variants, each of them on both kernels. It decides nothing.
 *
 * Refused is what models of this kind were seen to be wrong about, by factors: what the user's code
 * does (what walks page tables there executes nothing), faults and flushes of the TLB, clearing
 * accessed bits, accesses that set a bit again which was cleared, single calls, and what waits.
 */
#ifndef JUDGE_WHY_CYCLES_H
#define JUDGE_WHY_CYCLES_H

#include "model/estimate.h"
#include "scenario/scenario.h"
#include "symbols/symbols.h"

#define CYCLES_REFUSED_BYTES 192

struct cycles_band {
	double low, published, high;
};

struct cycles_segment {
	char name[PLAN_NAME_BYTES];
	char refused[CYCLES_REFUSED_BYTES]; /* "": it is estimated */
	double insns[2];		    /* old, new; per item */
	struct cycles_band cycles[2];	    /* per item; of what is estimated alone, as is: */
	struct cycles_band ratio;	    /* new over old */
	char narrowest[48], widest[48];	    /* the variants that the ratio's ends are of */
};

/* Of all segments that are estimated; per item. */
struct cycles_function {
	char *name;		    /* owned */
	double insns[2], cycles[2]; /* as the file has it */
};

struct cycles {
	struct cycles_segment segments[MARKER_SEGMENTS];
	unsigned n_segments, n_estimated;
	bool has_iteration; /* all segments are estimated */
	struct cycles_segment iteration;
	struct cycles_function *functions; /* by what they changed, the most first; owned */
	size_t n_functions;
};

/* @symbols name the functions of the estimates; the number behind theirs is what none has. */
int cycles_compare(const struct scenario *s, const struct estimate *const estimates[2],
		   const struct symbols *const symbols[2], struct cycles *out, struct err *e);
void cycles_free(struct cycles *c);

#endif
