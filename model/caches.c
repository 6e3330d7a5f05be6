// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/caches.h"

#include "proto/trace.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_LINES 64u
#define KERNEL_HALF (1ull << 63)

static int cache_init(struct cache *c, unsigned entries, unsigned ways, struct err *e)
{
	c->n_ways = ways;
	c->n_sets = entries / ways;
	c->tags = calloc(entries, sizeof(*c->tags));
	return c->tags ? 0 : err_oom(e);
}

/* Whether it was there; it is from now on, as the last that was used. */
static bool cache_use(struct cache *c, uint64_t number)
{
	uint64_t *set = &c->tags[number % c->n_sets * c->n_ways];
	uint64_t tag = number + 1;
	unsigned i;

	if (set[0] == tag)
		return true;
	for (i = 1; i < c->n_ways && set[i] != tag; i++)
		;
	/* The last one goes, if none of them is it. */
	memmove(set + 1, set, (i < c->n_ways ? i : c->n_ways - 1) * sizeof(*set));
	set[0] = tag;
	return i < c->n_ways;
}

static bool cache_has(const struct cache *c, uint64_t number)
{
	const uint64_t *set = &c->tags[number % c->n_sets * c->n_ways];

	for (unsigned i = 0; i < c->n_ways; i++) {
		if (set[i] == number + 1)
			return true;
	}
	return false;
}

int caches_init(struct caches *c, const struct model *m, struct err *e)
{
	int r;

	*c = (struct caches){ .m = m, .code_line = UINT64_MAX };
	r = cache_init(&c->l1d, m->l1d_kib * 16, m->l1d_ways, e);
	if (r == 0)
		r = cache_init(&c->l1i, m->l1i_kib * 16, m->l1i_ways, e);
	if (r == 0)
		r = cache_init(&c->l2, m->l2_kib * 16, m->l2_ways, e);
	if (r == 0)
		r = cache_init(&c->l3, m->l3_kib * 16, m->l3_ways, e);
	if (r == 0)
		r = cache_init(&c->dtlb, m->dtlb_entries, m->dtlb_ways, e);
	if (r == 0)
		r = cache_init(&c->stlb, m->stlb_entries, m->stlb_ways, e);
	return r;
}

void caches_free(struct caches *c)
{
	free(c->l1d.tags);
	free(c->l1i.tags);
	free(c->l2.tags);
	free(c->l3.tags);
	free(c->dtlb.tags);
	free(c->stlb.tags);
	*c = (struct caches){ 0 };
}

/* Fetches a line into the L2 cache. */
static enum cache_level beyond_l1(struct caches *c, uint64_t line)
{
	if (cache_use(&c->l2, line))
		return LEVEL_L2;
	return cache_use(&c->l3, line) ? LEVEL_L3 : LEVEL_MEMORY;
}

static void note_prefetch(struct caches *c, uint64_t line, enum cache_level from)
{
	if (from > LEVEL_L2 && c->n_prefetches < PREFETCHES_MAX)
		c->prefetches[c->n_prefetches++] = (struct prefetch){ line, from };
}

/* Lines ahead of @s into the L2 cache, as far as its page goes. */
static void run_ahead(struct caches *c, struct stream *s, uint64_t line)
{
	for (unsigned k = 1; k <= c->m->stream_lines; k++) {
		uint64_t next = s->direction > 0 ? line + k : line - k;

		if (next / PAGE_LINES != s->page)
			return;
		if (s->direction > 0 ? next <= s->ahead : next >= s->ahead)
			continue;
		s->ahead = next;
		if (!cache_has(&c->l2, next))
			note_prefetch(c, next, beyond_l1(c, next));
	}
}

/* An L1 miss: two in one direction, near to each other, are a stream. */
static void follow_stream(struct caches *c, uint64_t line)
{
	struct stream *s = &c->streams[line / PAGE_LINES % STREAMS];
	int64_t by = (int64_t)(line - s->last);

	if (s->page != line / PAGE_LINES) {
		*s = (struct stream){ line / PAGE_LINES, line, line, 0 };
		return;
	}
	if (!by)
		return;
	if (by > 2 || by < -2) {
		s->direction = 0;
	} else if (s->direction != (by > 0 ? 1 : -1)) {
		s->direction = s->direction ? 0 : by > 0 ? 1 : -1;
		s->ahead = line;
	} else {
		run_ahead(c, s, line);
	}
	s->last = line;
}

/* A load that strides: the one after the next into the L1 cache, in its page. */
static void follow_stride(struct caches *c, uint64_t insn, uint64_t vaddr)
{
	struct stride *s = &c->strides[(insn ^ insn >> 8) % STRIDES];
	int64_t by = (int64_t)(vaddr - s->last);
	uint64_t ahead, line;

	if (s->vaddr != insn) {
		*s = (struct stride){ .vaddr = insn, .last = vaddr };
		return;
	}
	if (by && by == s->by) {
		s->sure += s->sure < 3;
	} else {
		s->by = by;
		s->sure = 0;
	}
	s->last = vaddr;
	if (s->sure < 2)
		return;
	ahead = vaddr + 2 * (uint64_t)by;
	line = ahead / TRACE_LINE_BYTES;
	if ((ahead ^ vaddr) >> 12 || line == vaddr / TRACE_LINE_BYTES || cache_has(&c->l1d, line))
		return;
	cache_use(&c->l1d, line);
	note_prefetch(c, line, beyond_l1(c, line));
	follow_stream(c, line);
}

static enum tlb_level translate(struct caches *c, uint64_t vaddr)
{
	/* Large pages and small ones, and the kernel's and the user's, have different numbers. */
	unsigned bits = model_page_bits_x86_64(vaddr);
	uint64_t page = vaddr >> bits | (uint64_t)bits << 56 | (vaddr & KERNEL_HALF) >> 8;

	if (cache_use(&c->dtlb, page))
		return TLB_FIRST;
	return cache_use(&c->stlb, page) ? TLB_SECOND : TLB_WALK;
}

struct data_access caches_data(struct caches *c, uint64_t insn, uint64_t vaddr, bool is_store)
{
	uint64_t line = vaddr / TRACE_LINE_BYTES;
	struct data_access out = { LEVEL_L1, translate(c, vaddr) };

	c->n_prefetches = 0;
	if (!cache_use(&c->l1d, line)) {
		out.level = beyond_l1(c, line);
		if (c->m->prefetch)
			follow_stream(c, line);
	}
	if (c->m->prefetch && !is_store)
		follow_stride(c, insn, vaddr);
	return out;
}

enum cache_level caches_code(struct caches *c, uint64_t vaddr)
{
	uint64_t line = vaddr / TRACE_LINE_BYTES;
	enum cache_level level;

	if (line == c->code_line)
		return LEVEL_NONE;
	c->code_line = line;
	if (cache_use(&c->l1i, line))
		return LEVEL_L1;
	level = beyond_l1(c, line);
	for (unsigned k = 1; k <= c->m->code_next_lines; k++) {
		if (!cache_use(&c->l1i, line + k))
			beyond_l1(c, line + k);
	}
	return level;
}

static void drop_user(struct cache *c)
{
	for (size_t i = 0; i < (size_t)c->n_sets * c->n_ways; i++) {
		if (c->tags[i] && !((c->tags[i] - 1) & KERNEL_HALF >> 8))
			c->tags[i] = 0;
	}
}

void caches_flush_user(struct caches *c)
{
	drop_user(&c->dtlb);
	drop_user(&c->stlb);
}
