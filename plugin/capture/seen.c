// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/capture/seen.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS (1u << 16)
#define CAP_FIRST (1u << 16) /* a power of two */

static uint64_t hash_of(uint64_t va)
{
	return va * 0x9e3779b97f4a7c15ull >> 32;
}

struct site *site_of(uint64_t va, const uint8_t *bytes, size_t len)
{
	static struct site *buckets[BUCKETS];
	struct site **head = &buckets[hash_of(va) & (BUCKETS - 1)], *s;

	if (len > sizeof(s->insn.bytes))
		len = sizeof(s->insn.bytes);
	for (s = *head; s; s = s->next) {
		if (s->insn.va == va && s->insn.n_bytes == len &&
		    !memcmp(s->insn.bytes, bytes, len))
			return s;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->insn.va = va;
	s->insn.n_bytes = (uint8_t)len;
	memcpy(s->insn.bytes, bytes, len);
	s->next = *head;
	*head = s;
	return s;
}

void seen_clear(struct seen *s)
{
	for (size_t i = 0; i < s->n_executed; i++) {
		s->executed[i]->insn.times = 0;
		s->executed[i]->listed = false;
	}
	s->n_executed = s->n_accesses = 0;
	if (s->accesses)
		memset(s->accesses, 0, s->cap * sizeof(*s->accesses));
	s->full = false;
}

void seen_executed(struct seen *s, struct site *site)
{
	if (!s->executed)
		s->executed = calloc(CAPTURE_EXECUTED_MAX, sizeof(struct site *));
	site->insn.times++;
	if (site->listed)
		return;
	if (!s->executed || s->n_executed == CAPTURE_EXECUTED_MAX) {
		s->full = true;
		return;
	}
	site->listed = true;
	s->executed[s->n_executed++] = site;
}

static bool is_free(const struct access *a)
{
	return !a->n_loads && !a->n_stores;
}

static struct access *place_of(struct access *table, size_t cap, uint64_t va)
{
	size_t i = hash_of(va) & (cap - 1);

	while (!is_free(&table[i]) && table[i].va != va)
		i = (i + 1) & (cap - 1);
	return &table[i];
}

static bool grow(struct seen *s)
{
	size_t cap = s->cap ? 2 * s->cap : CAP_FIRST;
	struct access *table;

	if (s->n_accesses >= CAPTURE_ACCESSES_MAX)
		return false;
	table = calloc(cap, sizeof(*table));
	if (!table)
		return false;
	for (size_t i = 0; i < s->cap; i++) {
		if (!is_free(&s->accesses[i]))
			*place_of(table, cap, s->accesses[i].va) = s->accesses[i];
	}
	free(s->accesses);
	s->accesses = table;
	s->cap = cap;
	return true;
}

void seen_access(struct seen *s, uint64_t va, size_t len, bool is_store)
{
	for (uint64_t word = va & ~7ull; word < va + len; word += 8) {
		struct access *a;

		if (2 * (s->n_accesses + 1) > s->cap && !grow(s)) {
			s->full = true;
			return;
		}
		a = place_of(s->accesses, s->cap, word);
		s->n_accesses += is_free(a);
		a->va = word;
		a->n_loads += !is_store;
		a->n_stores += is_store;
	}
}

static int by_site(const void *a, const void *b)
{
	const struct site *x = *(struct site *const *)a, *y = *(struct site *const *)b;

	return x->insn.va < y->insn.va ? -1 : x->insn.va > y->insn.va;
}

static int by_word(const void *a, const void *b)
{
	const struct access *x = a, *y = b;

	return x->va < y->va ? -1 : x->va > y->va;
}

void seen_sort(struct seen *s)
{
	size_t n = 0;

	if (s->n_executed)
		qsort(s->executed, s->n_executed, sizeof(struct site *), by_site);
	for (size_t i = 0; i < s->cap; i++) {
		if (!is_free(&s->accesses[i]))
			s->accesses[n++] = s->accesses[i];
	}
	if (n)
		qsort(s->accesses, n, sizeof(*s->accesses), by_word);
}
