// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/table.h"

#include "plugin/counter.h"

#include <stdlib.h>
#include <string.h>

#define KERNEL_HALF (1ull << 63)

static uint64_t mix(uint64_t vaddr, uint64_t digest, uint32_t n_insns)
{
	uint64_t h = (vaddr ^ digest * 0x9e3779b97f4a7c15ull) + n_insns;

	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93ull;
	return h ^ h >> 29;
}

static bool grow_hash(struct table *t)
{
	size_t cap = t->cap_hash ? t->cap_hash * 2 : 1u << 15;
	uint32_t *hash = calloc(cap, sizeof(*hash));

	if (!hash)
		return false;
	for (size_t i = 0; i < t->n_blocks; i++) {
		const struct block *b = &t->blocks[i];
		size_t at = mix(b->vaddr, b->digest, b->n_insns) & (cap - 1);

		while (hash[at])
			at = (at + 1) & (cap - 1);
		hash[at] = (uint32_t)i + 1;
	}
	free(t->hash);
	t->hash = hash;
	t->cap_hash = cap;
	return true;
}

static bool grow(void **array, size_t *cap, size_t want, size_t size)
{
	size_t new_cap = *cap ? *cap * 2 : 1u << 14;
	void *grown;

	if (want <= *cap)
		return true;
	grown = realloc(*array, new_cap * size);
	if (!grown)
		return false;
	*array = grown;
	*cap = new_cap;
	return true;
}

struct block *table_block(struct table *t, uint64_t vaddr, uint64_t digest, uint32_t n_insns,
			  bool *is_new)
{
	struct block *b;
	size_t at;

	if (2 * t->n_blocks >= t->cap_hash && !grow_hash(t))
		goto full;
	at = mix(vaddr, digest, n_insns) & (t->cap_hash - 1);
	for (; t->hash[at]; at = (at + 1) & (t->cap_hash - 1)) {
		b = &t->blocks[t->hash[at] - 1];
		if (b->vaddr == vaddr && b->digest == digest && b->n_insns == n_insns) {
			*is_new = false;
			return b;
		}
	}
	if (!grow((void **)&t->blocks, &t->cap_blocks, t->n_blocks + 1, sizeof(*t->blocks)))
		goto full;
	b = &t->blocks[t->n_blocks++];
	*b = (struct block){ .vaddr = vaddr,
			     .digest = digest,
			     .n_insns = n_insns,
			     .first_span = (uint32_t)t->n_spans };
	t->hash[at] = (uint32_t)t->n_blocks;
	*is_new = true;
	return b;
full:
	t->full = true;
	return NULL;
}

/* The books grow together, those that are in use. */
static bool grow_books(struct table *t)
{
	size_t cap = t->cap_books ? t->cap_books * 2 : 1u << 14;
	size_t old_bytes = t->cap_books * 2 * sizeof(uint64_t);
	size_t new_bytes = cap * 2 * sizeof(uint64_t);

	for (int i = 0; i < TABLE_BOOKS; i++) {
		uint64_t *grown;

		if (!t->books[i])
			continue;
		grown = realloc(t->books[i], new_bytes);
		if (!grown)
			return false;
		memset((char *)grown + old_bytes, 0, new_bytes - old_bytes);
		t->books[i] = grown;
	}
	t->cap_books = cap;
	return true;
}

void table_add_insn(struct table *t, const struct counts_insn *insn)
{
	if (t->n_insns < UINT32_MAX &&
	    grow((void **)&t->insns, &t->cap_insns, t->n_insns + 1, sizeof(*t->insns)))
		t->insns[t->n_insns++] = *insn;
	else
		t->full = true;
}

long table_add_span(struct table *t, struct block *b, const struct span *s)
{
	if (!grow((void **)&t->spans, &t->cap_spans, t->n_spans + 1, sizeof(*t->spans)) ||
	    (t->n_spans >= t->cap_books && !grow_books(t)) || !counter_reserve(t->n_spans + 1)) {
		t->full = true;
		return -1;
	}
	t->spans[t->n_spans] = *s;
	b->n_spans++;
	return (long)t->n_spans++;
}

/* Nearly all counters are zero at nearly every harvest: they are passed over by so many. */
#define STRIDE 16
_Static_assert(2 * COUNTER_CHUNK % STRIDE == 0, "no stride goes beyond a chunk");

static bool all_zero(const uint64_t values[STRIDE])
{
	uint64_t any = 0;

	for (unsigned i = 0; i < STRIDE; i++)
		any |= values[i];
	return !any;
}

void table_harvest(struct table *t, unsigned vcpu, int book)
{
	uint64_t *to = NULL;

	if (book >= 0 && !t->books[book]) {
		t->books[book] = calloc(t->cap_books, 2 * sizeof(uint64_t));
		t->full = t->full || !t->books[book];
	}
	if (book >= 0)
		to = t->books[book];
	t->between = t->between || book >= TABLE_SLOT_BOOKS;
	for (size_t base = 0; base < t->n_spans; base += COUNTER_CHUNK) {
		size_t n = t->n_spans - base < COUNTER_CHUNK ? t->n_spans - base : COUNTER_CHUNK;
		uint64_t *running = counter_values(base, vcpu);

		for (size_t i = 0; i < 2 * n; i++) {
			if (i % STRIDE == 0 && all_zero(&running[i])) {
				i += STRIDE - 1;
				continue;
			}
			if (!running[i])
				continue;
			if (to)
				to[2 * base + i] += running[i];
			running[i] = 0;
		}
	}
}

static void take(struct table *t, uint64_t **to, uint64_t *from, bool user)
{
	if (!*to)
		*to = calloc(t->cap_books, 2 * sizeof(uint64_t));
	t->full = t->full || !*to;
	for (size_t i = 0; i < 2 * t->n_spans; i++) {
		if (*to && (user || t->spans[i / 2].vaddr >= KERNEL_HALF))
			(*to)[i] += from[i];
		from[i] = 0;
	}
}

void table_take_between(struct table *t, unsigned slot)
{
	for (size_t i = 0; t->between && i < COUNTS_CONTEXTS; i++) {
		if (t->books[TABLE_SLOT_BOOKS + i])
			take(t, &t->books[slot * COUNTS_CONTEXTS + i],
			     t->books[TABLE_SLOT_BOOKS + i], i != COUNTS_INTERRUPT);
	}
	t->between = false;
}

unsigned table_owner(unsigned book, uint64_t vaddr)
{
	if (vaddr < KERNEL_HALF && book % COUNTS_CONTEXTS == COUNTS_INTERRUPT)
		return book - COUNTS_INTERRUPT + COUNTS_TASK;
	return book;
}

uint64_t table_count(const struct table *t, unsigned book, size_t span, unsigned which)
{
	return t->books[book] ? t->books[book][2 * span + which] : 0;
}
