/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trace (proto/trace.h), checked and decoded, and the way through its windows. */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include "base/err.h"
#include "model/insn.h"
#include "proto/trace.h"

#include <stdbool.h>

struct trace_block {
	uint32_t first; /* instruction */
	uint16_t n_insns;
	uint16_t flags;
};

struct trace_window {
	unsigned slot;
	size_t start, end; /* words: the first behind OPEN, and CLOSE */
};

struct trace {
	const uint64_t *words; /* borrowed */
	struct trace_block *blocks;
	size_t n_blocks;
	struct model_insn *insns;
	size_t n_insns;
	struct trace_window *windows;
	size_t n_windows;
	bool full; /* there would have been more */
};

/* The number of the function that an address is in, for struct model_insn. */
typedef uint32_t (*trace_function_fn)(void *arg, uint64_t vaddr);

/*
 * Takes any bytes: -EPROTO with status ERR_UNMEASURED for what is no trace. @words has to stay;
 * trace_free() after success and failure.
 */
int trace_open(const uint64_t *words, size_t n, trace_function_fn function, void *arg,
	       struct trace *out, struct err *e);
void trace_free(struct trace *t);
#define _cleanup_trace_ __attribute__((cleanup(trace_free)))

/*
 * Goes through a window, instruction after instruction, without what interrupts it. Set up with
 * trace_walk_start().
 */
struct trace_walk {
	const struct trace *t;
	size_t at, end; /* words: the record after the block's accesses; CLOSE */
	size_t access;	/* the next of the block's */
	const struct trace_block *block;
	unsigned index, n; /* the next instruction of the block, and how many of it execute */
	unsigned depth;	   /* of interrupts, and exceptions within them */
	/* What was passed so far. */
	uint64_t interrupts, exceptions, page_faults, system_calls, switches;
	bool cut; /* it ended within an interrupt */
};

struct trace_step {
	const struct model_insn *insn;
	const uint64_t *accesses; /* LOAD and STORE words */
	unsigned n_accesses;
	uint64_t next; /* the address that is executed next; 0 where the window ends */
};

void trace_walk_start(const struct trace *t, const struct trace_window *w, struct trace_walk *out);
/* False at the end. */
bool trace_walk_next(struct trace_walk *w, struct trace_step *out);

#endif
