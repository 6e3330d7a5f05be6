/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small pieces of work of the kinds that a kernel's memory management does, and what they work on.
 */
#ifndef TESTS_TIME_WORK_H
#define TESTS_TIME_WORK_H

#include <stdint.h>

#define ENTRIES 4096u
#define PAGES 16384u /* of 64 bytes of metadata each */
#define MANY_PAGES 131072u

typedef uint64_t (*work_fn)(unsigned n);

struct node {
	struct node *next, *previous;
	uint64_t key, value[5];
};

struct tree {
	uint64_t pivots[7];
	struct tree *slots[8];
};

struct data {
	volatile uint64_t *entries; /* like page table entries */
	volatile uint64_t *meta;    /* eight words a page */
	struct node *nodes, *shuffled, lru;
	struct node *buckets[4096];
	struct tree *tree;
	uint64_t *directory[64];
	void **small_chain, **middle_chain, **large_chain;
	uint8_t coin[65536], rare[65536], pattern[4096];
	uint64_t bitmap[1024];
	uint32_t sorted[65536];
	uint32_t table[256];
	char *from, *to;
	volatile unsigned lock;
	volatile uint64_t counter;
	work_fn calls[4];
};

extern struct data d;

struct work {
	const char *name;
	work_fn work;
	unsigned items; /* that it goes over */
};

/* What calls through pointers call. */
void work_set_calls(void);

/* Ends with one without a name. */
extern const struct work works[];

#endif
