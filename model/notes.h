/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was executed, beside what caches and predictors made of it: all that its time depends on.
 * Of long windows parts are noted, evenly spread, and the caches are kept warm in between.
 */
#ifndef MODEL_NOTES_H
#define MODEL_NOTES_H

#include "model/branches.h"
#include "model/caches.h"
#include "model/trace.h"

struct step_note {
	uint32_t insn;	     /* in struct trace */
	uint32_t n_accesses; /* of a REP string there may be as many as lines */
	uint8_t flags;
	uint8_t code; /* enum cache_level of its line, if it is another than before */
};
#define NOTE_TAKEN 1u
#define NOTE_MISPREDICTED 2u

enum access_kind { ACCESS_LOAD, ACCESS_STORE, ACCESS_PREFETCH };

struct access_note {
	uint64_t vaddr; /* of a prefetch: the line's */
	uint8_t kind, level, tlb;
};

/* A stretch without a gap: steps up to @measured only bring the pipeline into swing. */
struct part_note {
	size_t first_step, n_steps, measured;
	size_t first_access;
};

struct notes {
	struct step_note *steps;
	size_t n_steps, cap_steps;
	struct access_note *accesses;
	size_t n_accesses, cap_accesses;
	struct part_note *parts;
	size_t n_parts, cap_parts;
	uint64_t n_measured; /* steps that are */
};
void notes_free(struct notes *n);

/* What a window did, beside its time. */
struct window_counts {
	uint64_t insns, user_insns, atomics, flushes, serial, halts;
	uint64_t user_accesses; /* by the kernel, to the user's memory */
	uint64_t interrupts, exceptions, page_faults, system_calls, switches;
	bool cut;
};

/* @functions: of @n, gets the instructions of each; NULL: not wanted. */
void window_count(const struct trace *t, const struct trace_window *w, struct window_counts *out,
		  uint64_t *functions, size_t n);

/* Caches and predictors go through the window; nothing is noted. */
void window_warm(const struct trace *t, const struct trace_window *w, struct caches *c,
		 struct branches *b);
/* The same, with notes of parts of it; @insns: as counted. */
int window_note(const struct trace *t, const struct trace_window *w, uint64_t insns,
		struct caches *c, struct branches *b, struct notes *out, struct err *e);

#endif
