/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which instructions page faults left unfinished, and how often.
 *
 * -icount does not count an attempt that faults; a span's counter, which stands in front of its
 * instructions, does. The exception's stub tells which instruction it was: its first store lies
 * under the error code, which lies under RIP (Intel SDM volume 3, 6.12.1). Neither how often the
 * next span was entered nor where execution goes on would do: a block may end with the instruction,
 * at a page's end or where the budget of -icount does, a REP string starts itself again, and a
 * fault of the kernel's own may go on at a fixup.
 */
#ifndef PLUGIN_FAULTS_H
#define PLUGIN_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault_site {
	uint64_t vaddr;
	unsigned book;
	uint64_t attempts; /* 0: the entry is free */
	uint64_t writes;   /* of these, what faulted was a store */
	/* What nobody was charged with yet (dump.c). */
	uint64_t left, writes_left;
};

struct faults {
	struct fault_site *at; /* open addressing */
	size_t count, cap;
};

/* An attempt at the instruction at @vaddr, of @book. Without memory it is forgotten, and the clock
 * will tell. */
void faults_add(struct faults *f, uint64_t vaddr, unsigned book, bool is_write);
/* One page fault. */
struct page_fault {
	uint64_t vaddr; /* of the instruction */
	bool is_write;
	bool is_fetch; /* the instruction could not be fetched: no attempt was made */
};

/* A page fault's stub stores its first word at @store. False if the frame cannot be read. */
bool faults_read(uint64_t store, struct page_fault *out);
/* Nobody is charged with anything yet. */
void faults_begin(struct faults *f);
/* NULL: none. */
struct fault_site *faults_find(const struct faults *f, uint64_t vaddr, unsigned book);

#endif
