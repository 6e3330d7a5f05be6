// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/child_plan.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LINE_BYTES 64ull
#define CPU_SECONDS_MAX 600

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Sorts 64-bit words and leaves each once. */
static void each_once(struct buf *b)
{
	uint64_t *v = (uint64_t *)(void *)b->data;
	size_t n = b->len / sizeof(*v), kept = 0;

	if (!n)
		return;
	qsort(v, n, sizeof(*v), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i] != v[kept - 1])
			v[kept++] = v[i];
	b->len = kept * sizeof(*v);
}

static uint64_t *words_of(const struct buf *b, size_t *n)
{
	*n = b->len / sizeof(uint64_t);
	return (uint64_t *)(void *)b->data;
}

static int by_place(const void *a, const void *b)
{
	const struct child_edit *x = a, *y = b;

	return x->pa < y->pa ? -1 : x->pa > y->pa;
}

static int gather_edits(struct replay_child *k)
{
	const struct rewrite_word *words = (const void *)k->rewrite.words.data;
	const struct rewrite_code *code = (const void *)k->rewrite.code.data;
	const size_t n_words = k->rewrite.words.len / sizeof(*words);
	const size_t n_code = k->rewrite.code.len / sizeof(*code);

	k->edits = calloc(n_words + n_code + 1, sizeof(*k->edits));
	if (!k->edits)
		return -ENOMEM;
	for (size_t i = 0; i < n_words; i++) {
		struct child_edit *d = &k->edits[k->n_edits++];

		*d = (struct child_edit){ .pa = words[i].pa, .n_bytes = 8 };
		memcpy(d->bytes, &words[i].value, 8);
	}
	for (size_t i = 0; i < n_code; i++) {
		struct child_edit *d = &k->edits[k->n_edits++];

		*d = (struct child_edit){ .pa = code[i].pa, .n_bytes = code[i].n_bytes };
		memcpy(d->bytes, code[i].bytes, sizeof(d->bytes));
	}
	qsort(k->edits, k->n_edits, sizeof(*k->edits), by_place);
	return 0;
}

bool child_page_at_first(const struct replay_child *k, uint64_t pa, uint8_t *page)
{
	const uint64_t from = pa < INSN_BYTES_MAX ? 0 : pa - INSN_BYTES_MAX;
	size_t lo = 0, hi = k->n_edits;
	bool edited = false;

	if (!(k->pages[pa / PAGE_BYTES] & PAGE_EDITED))
		return false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->edits[mid].pa < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < k->n_edits && k->edits[lo].pa < pa + PAGE_BYTES; lo++) {
		const struct child_edit *d = &k->edits[lo];

		for (unsigned i = 0; i < d->n_bytes; i++) {
			if (d->pa + i < pa || d->pa + i >= pa + PAGE_BYTES)
				continue;
			if (!edited)
				memcpy(page, k->capture->ram_before + pa, PAGE_BYTES);
			edited = true;
			page[d->pa + i - pa] = d->bytes[i];
		}
	}
	return edited;
}

static bool is_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE_BYTES - 1);
}

static int shared_memory(const char *name, uint64_t bytes, int *fd, void *out, struct err *e)
{
	void *at;

	*fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (*fd < 0 || ftruncate(*fd, (off_t)bytes) < 0 ||
	    fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return err_errno(e, errno, "%llu MiB of shared memory",
				 (unsigned long long)(bytes >> 20));
	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (at == MAP_FAILED)
		return err_errno(e, errno, "%llu MiB of shared memory",
				 (unsigned long long)(bytes >> 20));
	*(void **)out = at;
	return 0;
}

/* Looks at all memory once, so that later only what can matter is looked at. */
static int sort_pages(struct replay_child *k)
{
	const struct capture *c = k->capture;

	k->pages = calloc(c->ram_bytes / PAGE_BYTES, 1);
	if (!k->pages)
		return -ENOMEM;
	for (uint64_t pa = 0; pa < c->ram_bytes; pa += PAGE_BYTES) {
		uint8_t *p = &k->pages[pa / PAGE_BYTES];

		if (is_zero(c->ram_before + pa))
			*p = is_zero(c->ram_after + pa) ? PAGE_ZERO : PAGE_ZERO | PAGE_CHANGED;
		else if (memcmp(c->ram_before + pa, c->ram_after + pa, PAGE_BYTES) != 0)
			*p = PAGE_CHANGED;
	}
	for (size_t i = 0; i < k->n_edits; i++) {
		const struct child_edit *d = &k->edits[i];

		k->pages[d->pa / PAGE_BYTES] |= PAGE_EDITED;
		k->pages[(d->pa + d->n_bytes - 1) / PAGE_BYTES] |= PAGE_EDITED;
	}
	return 0;
}

static int fill_memory(struct replay_child *k, struct err *e)
{
	const struct capture *c = k->capture;
	int r = shared_memory("slowpath-guest-memory", c->ram_bytes, &k->ram_fd, &k->ram, e);

	if (r < 0)
		return r;
	/* Kernels map theirs with large pages; where there are none, small ones do. */
	madvise(k->ram, c->ram_bytes, MADV_HUGEPAGE);
	for (uint64_t pa = 0; pa < c->ram_bytes; pa += PAGE_BYTES)
		if (!(k->pages[pa / PAGE_BYTES] & PAGE_ZERO))
			memcpy(k->ram + pa, c->ram_before + pa, PAGE_BYTES);
	for (size_t i = 0; i < k->n_edits; i++)
		memcpy(k->ram + k->edits[i].pa, k->edits[i].bytes, k->edits[i].n_bytes);
	return 0;
}

/* Everything that the plan is made of, before its size is known. */
struct parts {
	struct buf maps;    /* struct plan_map */
	struct buf pages;   /* places in memory of those that are put back */
	struct buf lines;   /* the child's addresses */
	struct buf touched; /* the guest's pages */
};

static void parts_free(struct parts *p)
{
	buf_free(&p->maps);
	buf_free(&p->pages);
	buf_free(&p->lines);
	buf_free(&p->touched);
}

static void add_word(struct buf *b, uint64_t v)
{
	const uint64_t *last = b->len ? (const uint64_t *)(void *)(b->data + b->len - 8) : NULL;

	if (!last || *last != v)
		buf_add(b, &v, sizeof(v));
}

static int gather_touched(struct replay_child *k, struct parts *p, uint64_t *place, struct err *e)
{
	const struct capture *c = k->capture;

	for (size_t i = 0; i < c->n_accesses; i++) {
		const uint64_t va = c->accesses[i].va;
		uint64_t pa, left;

		if (!layout_physical(&k->layout, va, &pa, &left)) {
			*place = va;
			return err_unmeasured(e, ENOTSUP, "it touches %#llx, where no memory is",
					      (unsigned long long)va);
		}
		add_word(&p->touched, va & ~(PAGE_BYTES - 1));
		add_word(&p->lines, layout_move(&k->layout, va) & ~(LINE_BYTES - 1));
		if (c->accesses[i].n_stores)
			add_word(&p->pages, pa & ~(PAGE_BYTES - 1));
	}
	for (size_t i = 0; i < c->n_executed; i++) {
		const uint64_t va = c->executed[i].va;

		add_word(&p->touched, va & ~(PAGE_BYTES - 1));
		add_word(&p->touched, (va + c->executed[i].n_bytes - 1) & ~(PAGE_BYTES - 1));
		add_word(&p->lines, layout_move(&k->layout, va) & ~(LINE_BYTES - 1));
	}
	for (uint64_t pa = 0; pa < c->ram_bytes; pa += PAGE_BYTES)
		if (k->pages[pa / PAGE_BYTES] & PAGE_CHANGED)
			add_word(&p->pages, pa);
	each_once(&p->touched);
	each_once(&p->lines);
	each_once(&p->pages);
	return 0;
}

static bool collides(const struct replay_child *k, uint64_t at)
{
	return (at >= PLAN_CHILD && at < PLAN_END) || at < 0x10000 ||
	       at > PLAN_USER_END - PAGE_BYTES ||
	       (at >= k->layout.direct_at && at - k->layout.direct_at < k->layout.ram_bytes);
}

/* The direct map is there as a whole, and the image with it; of all else, what is touched. */
static int gather_maps(struct replay_child *k, struct parts *p, uint64_t *place, struct err *e)
{
	const struct layout *l = &k->layout;
	struct plan_map direct = { l->direct_at, 0, l->ram_bytes, 1 };
	size_t n;
	const uint64_t *touched = words_of(&p->touched, &n);

	buf_add(&p->maps, &direct, sizeof(direct));
	for (size_t i = 0; i < n; i++) {
		struct plan_map *last,
			m = { .va = layout_move(l, touched[i]), .bytes = PAGE_BYTES };
		uint64_t left;

		if (!layout_physical(l, touched[i], &m.ram_at, &left) ||
		    m.va == l->direct_at + m.ram_at)
			continue;
		if (collides(k, m.va)) {
			*place = touched[i];
			return err_unmeasured(e, ENOTSUP,
					      "it touches %#llx, where the child has no room",
					      (unsigned long long)touched[i]);
		}
		last = (struct plan_map *)(void *)(p->maps.data + p->maps.len - sizeof(m));
		if (p->maps.len > sizeof(m) && last->va + last->bytes == m.va &&
		    last->ram_at + last->bytes == m.ram_at)
			last->bytes += PAGE_BYTES;
		else if (buf_add(&p->maps, &m, sizeof(m)) < 0)
			return err_oom(e);
	}
	return 0;
}

static uint64_t room(uint64_t *at, uint64_t bytes)
{
	const uint64_t begin = *at;

	*at = (begin + bytes + PLAN_PAGE - 1) & ~(PLAN_PAGE - 1ull);
	return begin;
}

static void fill_slots(struct replay_child *k, struct plan_slot *slots)
{
	for (size_t i = 0; i < k->capture->n_executed; i++) {
		const uint64_t at = layout_move(&k->layout, k->capture->executed[i].va);
		uint64_t s = plan_slot_of(at, k->n_slots);

		while (slots[s].va && slots[s].va != at)
			s = (s + 1) & (k->n_slots - 1);
		slots[s].va = at;
	}
}

static void fill_plan(struct replay_child *k, const struct parts *p, const struct plan *sizes)
{
	const struct layout *l = &k->layout;
	struct plan *plan = k->plan;
	uint8_t *base = (uint8_t *)plan;
	struct plan_page *pages = (struct plan_page *)(void *)(base + sizes->pages_at);
	size_t n;
	const uint64_t *places = words_of(&p->pages, &n);

	*plan = *sizes;
	memcpy(base + sizes->maps_at, p->maps.data, p->maps.len);
	if (p->lines.len)
		memcpy(base + sizes->lines_at, p->lines.data, p->lines.len);
	for (size_t i = 0; i < n; i++) {
		pages[i].va = l->direct_at + places[i];
		memcpy(base + sizes->saved_at + i * PLAN_PAGE, k->ram + places[i], PLAN_PAGE);
	}
	fill_slots(k, (struct plan_slot *)(void *)(base + sizes->slots_at));
	plan->gs_base = l->gs_at;
	plan->entry = layout_move(l, k->capture->function_va);
	for (unsigned i = 0; i < 16; i++)
		plan->gpr[i] = layout_move(l, k->capture->before.gpr[i]);
	plan->gpr[4] += 8; /* the call writes the address of its return once more */
	plan->cpu = k->options->cpu < 0 ? ~0ull : (uint64_t)k->options->cpu;
	plan->fifo_priority = k->options->fifo ? 1 : 0;
	plan->cpu_seconds = CPU_SECONDS_MAX;
	/* A little longer than the parent waits, in case that it is starved itself. */
	plan->run_seconds = k->options->limit_seconds + 2;
	plan->steps_max = k->options->steps_max;
	plan->magic = PLAN_MAGIC;
}

static int make_plan(struct replay_child *k, const struct parts *p, struct err *e)
{
	struct plan s = { 0 };
	uint64_t at = 0;
	int r;

	if (buf_error(&p->maps) < 0 || buf_error(&p->pages) < 0 || buf_error(&p->lines) < 0 ||
	    buf_error(&p->touched) < 0)
		return err_oom(e);
	k->n_slots = 16;
	while (k->n_slots < 2 * k->capture->n_executed)
		k->n_slots *= 2;
	s.n_maps = p->maps.len / sizeof(struct plan_map);
	s.n_pages = p->pages.len / 8;
	s.n_lines = p->lines.len / 8;
	s.n_slots = k->n_slots;
	room(&at, sizeof(s));
	s.maps_at = room(&at, p->maps.len);
	s.pages_at = room(&at, (s.n_pages + SPARE_PAGES) * sizeof(struct plan_page));
	s.lines_at = room(&at, p->lines.len);
	s.slots_at = room(&at, s.n_slots * sizeof(struct plan_slot));
	s.ticks_at = room(&at, PLAN_CALLS_MAX * 8);
	s.saved_at = room(&at, (s.n_pages + SPARE_PAGES) * PLAN_PAGE);
	s.bytes = k->plan_bytes = at;
	if (at > PLAN_END - PLAN_AT)
		return err_unmeasured(e, ENOTSUP, "it touches more than the child has room for");
	r = shared_memory("slowpath-plan", at, &k->plan_fd, &k->plan, e);
	if (r < 0)
		return r;
	k->pages_at = s.pages_at;
	k->n_pages = s.n_pages;
	k->saved_at = s.saved_at;
	k->ticks_at = s.ticks_at;
	k->slots_at = s.slots_at;
	fill_plan(k, p, &s);
	return 0;
}

int child_lay_out(struct replay_child *k, uint64_t *place, struct err *e)
{
	__attribute__((cleanup(parts_free))) struct parts p = { 0 };
	int r = gather_edits(k) < 0 || sort_pages(k) < 0 ? err_oom(e) : fill_memory(k, e);

	if (r == 0)
		r = gather_touched(k, &p, place, e);
	if (r == 0)
		r = gather_maps(k, &p, place, e);
	return r < 0 ? r : make_plan(k, &p, e);
}

int child_put_back_too(struct replay_child *k, uint64_t pa)
{
	uint8_t *base = (uint8_t *)k->plan;
	struct plan_page *pages = (struct plan_page *)(void *)(base + k->pages_at);
	uint8_t page[PAGE_BYTES];

	for (uint64_t i = 0; i < k->n_pages; i++)
		if (pages[i].va == k->layout.direct_at + pa)
			return 0;
	if (k->n_spare == SPARE_PAGES)
		return -ENOSPC;
	if (!child_page_at_first(k, pa, page))
		memcpy(page, k->capture->ram_before + pa, PAGE_BYTES);
	pages[k->n_pages].va = k->layout.direct_at + pa;
	memcpy(base + k->saved_at + k->n_pages * PLAN_PAGE, page, PLAN_PAGE);
	k->n_spare++;
	k->plan->n_pages = ++k->n_pages;
	return 0;
}
