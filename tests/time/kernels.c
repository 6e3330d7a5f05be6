// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small pieces of work of the kinds that a kernel's memory management does, for the model to be
 *held against a processor:
 *
 *	kernels list		their names and how many items each goes over
 *	kernels time CPU ROUNDS	a line each: NAME ITEMS TICKS CYCLES: the least ticks of the TSC
 *that all items took, and cycles of so many ticks
 *	kernels regions		each twice, as regions of interest of a guest's program
 *
 * General registers only: kernels have no others.
 */
#include "proto/marker.h"
#include "tests/time/work.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ITEMS_CHAIN 400000ull /* dependent additions that cycles are told by */
#define REGION(what)                                                                        \
	asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00; .long %c0" ::"i"(MARKER_MAGIC | (what)) \
		     : "memory")

static uint64_t draw(void)
{
	static uint64_t state = 0x243f6a8885a308d3ull;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Small pages, as the model has them. */
static void *area(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(1);
	madvise(at, bytes, MADV_NOHUGEPAGE);
	memset(at, 0, bytes);
	return at;
}

/* A cycle through all lines of an area, in no order. */
static void **chain(size_t bytes)
{
	size_t n = bytes / 64;
	char *at = area(bytes);
	uint32_t *order = area(n * sizeof(*order));

	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	for (size_t i = n - 1; i; i--) {
		size_t k = draw() % (i + 1);
		uint32_t swapped = order[i];

		order[i] = order[k];
		order[k] = swapped;
	}
	for (size_t i = 0; i < n; i++)
		*(void **)(at + order[i] * 64ul) = at + order[(i + 1) % n] * 64ul;
	return (void **)(at + order[0] * 64ul);
}

static void make_nodes(void)
{
	d.nodes = area(4096 * sizeof(*d.nodes));
	d.lru.next = d.lru.previous = &d.lru;
	for (unsigned i = 0; i < 4096; i++) {
		struct node *n = &d.nodes[i], **bucket;

		n->key = draw();
		n->value[0] = i;
		bucket = &d.buckets[n->key * 0x9e3779b97f4a7c15ull >> 52];
		n->next = *bucket;
		*bucket = n;
	}
	d.shuffled = area(256 * sizeof(*d.shuffled));
	for (unsigned i = 0; i < 256; i++)
		d.shuffled[i].next = &d.shuffled[(i * 37u + 1) & 255];
	for (unsigned i = 0; i < 64; i++) {
		struct node *n = (struct node *)area(4096) + i % 32;

		n->next = d.lru.next;
		n->previous = &d.lru;
		d.lru.next->previous = n;
		d.lru.next = n;
	}
}

static struct tree *make_tree(unsigned low, unsigned span)
{
	struct tree *t = area(sizeof(*t));

	for (unsigned i = 0; i < 7; i++)
		t->pivots[i] = low + (i + 1) * (span / 8);
	for (unsigned i = 0; span > 8 && i < 8; i++)
		t->slots[i] = make_tree(low + i * (span / 8), span / 8);
	return t;
}

static void prepare(void)
{
	d.entries = area(ENTRIES * sizeof(*d.entries));
	for (unsigned i = 0; i < ENTRIES; i++)
		d.entries[i] = (uint64_t)i << 12 | 0x67;
	d.meta = area(MANY_PAGES * 64ul);
	for (unsigned i = 0; i < MANY_PAGES; i++)
		d.meta[i * 8ul] = 2;
	make_nodes();
	d.tree = make_tree(0, 512);
	for (unsigned i = 0; i < 64; i++)
		d.directory[i] = area(4096);
	d.small_chain = chain(16 << 10);
	d.middle_chain = chain(256 << 10);
	d.large_chain = chain(4 << 20);
	for (unsigned i = 0; i < 65536; i++) {
		d.coin[i] = draw() >> 40 & 1;
		d.rare[i] = (draw() >> 30) % 20 == 0;
		d.sorted[i] = i * 3;
	}
	for (unsigned i = 0; i < sizeof(d.pattern); i++)
		d.pattern[i] = i % 4 == 1;
	for (unsigned i = 0; i < 1024; i++)
		d.bitmap[i] = draw() & draw() & draw();
	for (unsigned i = 0; i < 256; i++)
		d.table[i] = (uint32_t)draw();
	d.from = area(64 << 10);
	d.to = area(64 << 10);
	work_set_calls();
}

static inline uint64_t ticks(void)
{
	uint32_t low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

/* Additions that wait for one another: as many cycles, whatever the clock. */
static uint64_t chain_ticks(void)
{
	uint64_t x = 1, before = ticks();

	for (uint64_t i = 0; i < ITEMS_CHAIN / 10; i++)
		asm volatile("add %0, %0; add %0, %0; add %0, %0; add %0, %0; add %0, %0;"
			     "add %0, %0; add %0, %0; add %0, %0; add %0, %0; add %0, %0"
			     : "+r"(x)::"cc");
	return ticks() - before;
}

static volatile uint64_t sink;

static void time_one(unsigned k, unsigned rounds)
{
	uint64_t least = UINT64_MAX, chain_least = UINT64_MAX;

	for (unsigned i = 0; i < 3; i++)
		sink += works[k].work(works[k].items);
	for (unsigned i = 0; i < rounds; i++) {
		uint64_t t = ticks();

		sink += works[k].work(works[k].items);
		t = ticks() - t;
		least = t < least ? t : least;
		if (i % 16)
			continue;
		t = chain_ticks();
		chain_least = t < chain_least ? t : chain_least;
	}
	printf("%s %u %llu %llu\n", works[k].name, works[k].items, (unsigned long long)least,
	       (unsigned long long)(least * ITEMS_CHAIN / chain_least));
	fflush(stdout);
}

static void settle(int cpu)
{
	struct sched_param first = { .sched_priority = 1 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	sched_setscheduler(0, SCHED_FIFO, &first);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "list")) {
		for (unsigned k = 0; works[k].name; k++)
			printf("%s %u\n", works[k].name, works[k].items);
		return 0;
	}
	prepare();
	if (!strcmp(what, "time") && argc == 4) {
		settle(atoi(argv[2]));
		for (unsigned k = 0; works[k].name; k++)
			time_one(k, (unsigned)atoi(argv[3]));
		return 0;
	}
	if (strcmp(what, "regions") != 0)
		return 2;
	for (unsigned k = 0; works[k / 2].name; k++) {
		REGION(MARKER_REGION_OPEN);
		sink += works[k / 2].work(works[k / 2].items);
		REGION(MARKER_REGION_CLOSE);
	}
	return 0;
}
