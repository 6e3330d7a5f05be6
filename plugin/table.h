/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks, their spans, and what was counted for them.
 *
 * QEMU's translated code adds one to a span's running counter each time the span is entered. Who
 * the work belongs to (slot and context) changes a few hundred times in a run, so the running
 * counters are not split: at every change, table_harvest() books what they show and clears them.
 */
#ifndef PLUGIN_TABLE_H
#define PLUGIN_TABLE_H

#include "plugin/api.h"
#include "proto/counts.h"
#include "proto/marker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Books: one per slot and context. */
#define TABLE_SLOT_BOOKS (MARKER_SLOTS * COUNTS_CONTEXTS)
/* And those of what is between a window and the readings of the clock around it, by context. */
#define TABLE_BOOKS (TABLE_SLOT_BOOKS + COUNTS_CONTEXTS)

struct span {
	uint64_t vaddr;	     /* of the first instruction */
	uint64_t last_vaddr; /* of the last one: only this one may fault */
	uint16_t insns;
	bool block_start; /* first span of its block */
	bool may_fault;	  /* its last instruction */
	bool followed;	  /* leaving it in good order leads to the next span of the table */
	bool rep;	  /* a REP string instruction by itself */
	uint8_t accesses; /* of it, an iteration; 0: its iterations are not told apart */
	/*
	 * Behind it, if that is on another page than its block; else 0. QEMU 7.2 goes on from such
	 * a block with a call that it takes for a memory access of the instruction's, and goes on
	 * telling of accesses that are none of it: they cannot be used there.
	 */
	uint64_t rep_next;
	uint32_t first; /* of the table's instructions */
};

struct block {
	uint64_t vaddr;
	uint64_t digest; /* of the instructions' bytes */
	uint32_t n_insns;
	uint32_t first_span;
	uint32_t n_spans;
};

struct table {
	struct span *spans;
	size_t n_spans, cap_spans;
	struct counts_insn *insns; /* of all spans */
	size_t n_insns, cap_insns;
	struct block *blocks;
	size_t n_blocks, cap_blocks;
	uint32_t *hash; /* block index + 1; open addressing */
	size_t cap_hash;
	/* Two counters a span: executions, and for REP strings a second one (counter.h). */
	uint64_t *books[TABLE_BOOKS]; /* NULL until something is booked */
	size_t cap_books;
	bool between; /* something was booked between a window and the clock */
	bool full;    /* memory ran out: the counts are incomplete */
};

/*
 * The block with these instructions, or NULL. *is_new: its spans still have to be added with
 * table_add_span(). A block that is translated again keeps its counters.
 */
struct block *table_block(struct table *t, uint64_t vaddr, uint64_t digest, uint32_t n_insns,
			  bool *is_new);
/* Another instruction of the span that will be added next. */
void table_add_insn(struct table *t, const struct counts_insn *insn);
/* Index of the new span, or -1. */
long table_add_span(struct table *t, struct block *b, const struct span *s);
/* Books all that came since the last harvest into @book; -1: to nobody. */
void table_harvest(struct table *t, unsigned vcpu, int book);
/*
 * Adds what lies between to a slot's books, without user code behind an interrupt, which is the
 * task's own. An attempt that a page fault left there counts: nobody asks for its book.
 */
void table_take_between(struct table *t, unsigned slot);
/*
 * The book that what is booked under @book belongs to: user code that stands in an interrupt's ran
 * after it, before the task's next entry into the kernel (context.h), and is the task's.
 */
unsigned table_owner(unsigned book, uint64_t vaddr);
/* Executions (which = 0) or second counter (1) of a span in a book. */
uint64_t table_count(const struct table *t, unsigned book, size_t span, unsigned which);

#endif
