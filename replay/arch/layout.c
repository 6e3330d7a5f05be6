// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/arch/layout.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "replay/child/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_HALF 0xffff800000000000ull
#define TEXT_WINDOW 0xffffffff80000000ull
#define FIXMAP 0xffffffffff000000ull
#define ADDRESS_BITS 0x000ffffffffff000ull
#define PRESENT 1u
#define WRITABLE 2u
#define USER 4u
#define LARGE 0x80u
#define NO_EXEC (1ull << 63)
#define CR4_LA57 (1ull << 12)
#define CR0_PAGING (1ull << 31)

/* The direct map there: large pages keep their alignment, and what is absolute reaches it. */
#define DIRECT_AT 0x10000000ull
#define ABSOLUTE_END 0x80000000ull
#define STACK_MASK 0x3fffull
/*
 * Tables can map the same again and again. Those of a kernel and one process have some thousand
 * pieces, and map memory a few times over.
 */
#define EXTENTS_MAX (1u << 20)
#define MAPPED_MAX (1ull << 40)
/* Pieces that are tried for what is mapped in a line. */
#define TRIED_MAX 1024u

void layout_free(struct layout *l)
{
	free(l->extents);
	free(l->ranges);
	free(l->classes);
	*l = (struct layout){ 0 };
}

struct walk {
	const uint8_t *ram;
	uint64_t ram_bytes;
	uint8_t *classes;
	struct buf extents;
	uint64_t n_tables, mapped;
	struct err *e;
};

static int add_extent(struct walk *w, uint64_t va, uint64_t pa, uint64_t bytes, uint64_t flags)
{
	const struct layout_extent x = { .va = va,
					 .pa = pa,
					 .bytes = bytes,
					 .user = va < KERNEL_HALF,
					 .writable = flags & WRITABLE,
					 .executable = !(flags & NO_EXEC) };
	struct layout_extent *last =
		w->extents.len ? (struct layout_extent *)(void *)(w->extents.data + w->extents.len -
								  sizeof(x))
			       : NULL;

	w->mapped += pa < w->ram_bytes ? bytes : 0;
	if (w->mapped > MAPPED_MAX)
		return err_set(w->e, ENOTSUP, "page tables that map memory again and again");
	if (last && last->va + last->bytes == va && last->pa + last->bytes == pa &&
	    last->user == x.user && last->writable == x.writable &&
	    last->executable == x.executable) {
		last->bytes += bytes;
		return 0;
	}
	if (w->extents.len / sizeof(x) >= EXTENTS_MAX)
		return err_set(w->e, ENOTSUP, "page tables of more than %u pieces", EXTENTS_MAX);
	buf_add(&w->extents, &x, sizeof(x));
	return 0;
}

/* @flags: what all tables above allow; NX is the one bit that forbids. */
static int walk_table(struct walk *w, uint64_t table, int level, uint64_t base, uint64_t flags)
{
	const uint64_t span = 1ull << (12 + 9 * level);
	uint64_t entries[512];

	if (table + PAGE_BYTES > w->ram_bytes)
		return err_set(w->e, ENOTSUP, "a page table at %#llx, which is no memory",
			       (unsigned long long)table);
	if (w->n_tables++ > w->ram_bytes / PAGE_BYTES)
		return err_set(w->e, ENOTSUP, "more page tables than memory");
	w->classes[table / PAGE_BYTES] = LAYOUT_TABLE;
	memcpy(entries, w->ram + table, sizeof(entries));
	for (uint64_t i = 0; i < 512; i++) {
		const uint64_t entry = entries[i];
		uint64_t va = base + i * span, both;
		int r;

		if (!(entry & PRESENT))
			continue;
		if (level == 3 && i >= 256)
			va |= 0xffff000000000000ull;
		both = (flags & entry & (WRITABLE | USER)) | ((flags | entry) & NO_EXEC);
		if (level == 0 || (level < 3 && (entry & LARGE)))
			r = add_extent(w, va, entry & ADDRESS_BITS & ~(span - 1), span, both);
		else
			r = walk_table(w, entry & ADDRESS_BITS, level - 1, va, both);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct layout_extent *layout_extent_at(const struct layout *l, uint64_t va)
{
	size_t lo = 0, hi = l->n_extents;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->extents[mid].va + l->extents[mid].bytes - 1 < va)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->n_extents && l->extents[lo].va <= va ? &l->extents[lo] : NULL;
}

bool layout_physical(const struct layout *l, uint64_t va, uint64_t *pa, uint64_t *left)
{
	const struct layout_extent *x = layout_extent_at(l, va);

	if (!x)
		return false;
	*pa = x->pa + (va - x->va);
	if (*pa >= l->ram_bytes)
		return false;
	*left = x->bytes - (va - x->va);
	if (*left > l->ram_bytes - *pa)
		*left = l->ram_bytes - *pa;
	return true;
}

/*
 * The distance between addresses and places in memory that most of what is mapped from @lo to @hi
 * has in common.
 */
static bool linear(const struct layout *l, uint64_t lo, uint64_t hi, uint64_t *distance)
{
	uint64_t most = 0;
	unsigned tried = 0;

	for (size_t i = 0; i < l->n_extents && tried < TRIED_MAX; i++) {
		const struct layout_extent *x = &l->extents[i];
		uint64_t sum = 0;

		if (x->va < lo || x->va >= hi || x->bytes < most / 64)
			continue;
		tried++;
		for (size_t k = i; k < l->n_extents && l->extents[k].va < hi; k++)
			if (l->extents[k].va - l->extents[k].pa == x->va - x->pa)
				sum += l->extents[k].bytes;
		if (sum > most) {
			most = sum;
			*distance = x->va - x->pa;
		}
	}
	return most > 0;
}

static int find_direct_map(struct layout *l, struct err *e)
{
	uint64_t distance = 0;

	if (!linear(l, KERNEL_HALF, TEXT_WINDOW, &distance) || distance % (2 << 20))
		return err_set(e, ENOTSUP, "no direct map is found in the guest's page tables");
	l->direct = distance;
	l->direct_at = DIRECT_AT;
	if (l->ram_bytes > ABSOLUTE_END - DIRECT_AT)
		return err_set(e, ENOTSUP,
			       "the guest has %llu MiB of memory; %llu can be laid out below 2 GiB",
			       (unsigned long long)(l->ram_bytes >> 20),
			       (unsigned long long)((ABSOLUTE_END - DIRECT_AT) >> 20));
	l->delta = l->direct_at - l->direct;
	return 0;
}

static int find_image(struct layout *l, struct err *e)
{
	uint64_t distance = 0;

	if (!linear(l, TEXT_WINDOW, FIXMAP, &distance))
		return err_set(e, ENOTSUP, "no kernel image is found in the guest's page tables");
	l->image_lo = UINT64_MAX;
	for (size_t i = 0; i < l->n_extents; i++) {
		const struct layout_extent *x = &l->extents[i];

		if (x->va < TEXT_WINDOW || x->va >= FIXMAP || x->va - x->pa != distance)
			continue;
		if (x->va < l->image_lo)
			l->image_lo = x->va;
		l->image_hi = x->va + x->bytes;
	}
	l->image_delta = l->direct_at - distance;
	return 0;
}

/* Ranges end just behind their last page, where a pointer to the end of something points. */
static int find_ranges(struct layout *l, struct err *e)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < l->n_extents; i++) {
		const struct layout_extent *x = &l->extents[i];
		const uint64_t end = x->va + x->bytes;
		struct layout_range *last =
			b.len ? (struct layout_range *)(void *)(b.data + b.len - sizeof(*last))
			      : NULL;
		struct layout_range r = { x->va, end, l->delta };

		if (x->user || x->va >= FIXMAP)
			continue;
		if (x->va >= TEXT_WINDOW)
			r.delta = l->image_delta;
		else if (x->va >= l->direct && x->va <= l->direct + l->ram_bytes)
			r = (struct layout_range){ l->direct, l->direct + l->ram_bytes, l->delta };
		/* One range an entry of the top table; and the image is one, its modules another.
		 */
		if (last && last->lo >> 39 == r.lo >> 39 && last->delta == r.delta &&
		    (r.lo < TEXT_WINDOW || (last->lo >= l->image_lo) == (r.lo >= l->image_lo)) &&
		    (r.lo < TEXT_WINDOW || (last->lo >= l->image_hi) == (r.lo >= l->image_hi))) {
			if (last->hi < r.hi)
				last->hi = r.hi;
			continue;
		}
		buf_add(&b, &r, sizeof(r));
	}
	if (buf_error(&b)) {
		buf_free(&b);
		return err_oom(e);
	}
	l->n_ranges = b.len / sizeof(struct layout_range);
	l->ranges = (struct layout_range *)(void *)b.data;
	return 0;
}

static bool in_direct_map(const struct layout *l, uint64_t v)
{
	return v >= l->direct && v - l->direct < l->ram_bytes;
}

/*
 * Kernels up to 6.14 link the per-CPU area at 0, so that the base of gs is where this CPU's lies;
 * later ones link it into the image, and the base is a distance that has to be added to an address
 * of the image.
 */
static int find_gs(struct layout *l, uint64_t gs_base, struct err *e)
{
	l->gs_base = gs_base;
	l->gs_from_zero = in_direct_map(l, gs_base);
	if (l->gs_from_zero) {
		l->gs_at = gs_base + l->delta;
		return 0;
	}
	if (!in_direct_map(l, gs_base + l->image_lo) && !in_direct_map(l, gs_base + l->image_hi))
		return err_set(e, ENOTSUP,
			       "gs has the base %#llx, by which no per-CPU area is reached",
			       (unsigned long long)gs_base);
	l->gs_at = gs_base + l->delta - l->image_delta;
	return 0;
}

static void find_classes(struct layout *l, const struct capture *c)
{
	for (size_t i = 0; i < l->n_extents; i++) {
		const struct layout_extent *x = &l->extents[i];
		enum layout_class class = LAYOUT_VMALLOC;

		if (in_direct_map(l, x->va))
			continue;
		if (x->user)
			class = LAYOUT_USER;
		else if (x->va >= TEXT_WINDOW)
			class = x->executable ? LAYOUT_CODE : LAYOUT_IMAGE;
		else if ((x->va ^ c->before.gpr[4]) <= STACK_MASK)
			class = LAYOUT_STACK;
		else if (x->va >= 0xffffea0000000000ull && x->va < 0xffffeb0000000000ull)
			class = LAYOUT_VMEMMAP;
		for (uint64_t at = x->pa; at < x->pa + x->bytes && at < l->ram_bytes;
		     at += PAGE_BYTES)
			if (l->classes[at / PAGE_BYTES] == LAYOUT_DATA)
				l->classes[at / PAGE_BYTES] = (uint8_t) class;
	}
	for (uint64_t at = 0; at <= STACK_MASK; at += PAGE_BYTES) {
		uint64_t pa, left;

		if (layout_physical(l, (c->before.gpr[4] & ~STACK_MASK) + at, &pa, &left) &&
		    l->classes[pa / PAGE_BYTES] != LAYOUT_TABLE)
			l->classes[pa / PAGE_BYTES] = LAYOUT_STACK;
	}
}

static int walk(const struct capture *c, struct layout *l, struct err *e)
{
	struct walk w = { c->ram_before, c->ram_bytes, l->classes, { 0 }, 0, 0, e };
	int r = walk_table(&w, c->before.cr3 & ADDRESS_BITS, 3, 0, WRITABLE | USER);

	if (r == 0 && buf_error(&w.extents))
		r = err_oom(e);
	if (r < 0) {
		buf_free(&w.extents);
		return r;
	}
	l->extents = (struct layout_extent *)(void *)w.extents.data;
	l->n_extents = w.extents.len / sizeof(*l->extents);
	/* The tables that the call leaves behind: it can have made some. */
	w.ram = c->ram_after;
	w.extents = (struct buf){ 0 };
	w.n_tables = w.mapped = 0;
	r = walk_table(&w, c->after.cr3 & ADDRESS_BITS, 3, 0, WRITABLE | USER);
	buf_free(&w.extents);
	return r;
}

int layout_read(const struct capture *c, struct layout *out, struct err *e)
{
	_cleanup_layout_ struct layout l = { .ram_bytes = c->ram_bytes };
	int r;

	*out = (struct layout){ 0 };
	if (!(c->before.cr0 & CR0_PAGING) || (c->before.cr4 & CR4_LA57))
		return err_set(e, ENOTSUP, "only page tables of four levels can be laid out");
	if (c->ram_bytes % PAGE_BYTES || c->ram_bytes == 0)
		return err_set(e, EBADMSG, "the guest's memory is %llu bytes, which are no pages",
			       (unsigned long long)c->ram_bytes);
	l.classes = calloc(c->ram_bytes / PAGE_BYTES, 1);
	if (!l.classes)
		return err_oom(e);
	r = walk(c, &l, e);
	if (r == 0)
		r = find_direct_map(&l, e);
	if (r == 0)
		r = find_image(&l, e);
	if (r == 0)
		r = find_ranges(&l, e);
	if (r == 0)
		r = find_gs(&l, c->before.gs_base, e);
	if (r < 0)
		return r;
	find_classes(&l, c);
	*out = l;
	l = (struct layout){ 0 };
	return 0;
}

static const struct layout_range *range_of(const struct layout *l, uint64_t v)
{
	for (size_t i = 0; i < l->n_ranges; i++)
		if (v >= l->ranges[i].lo && v <= l->ranges[i].hi)
			return &l->ranges[i];
	return NULL;
}

uint64_t layout_move(const struct layout *l, uint64_t v)
{
	const struct layout_range *r;

	if (!l->gs_from_zero && v == l->gs_base)
		return l->gs_at;
	r = v >= KERNEL_HALF ? range_of(l, v) : NULL;
	if (r)
		return v + r->delta;
	/*
	 * Where per-CPU variables have addresses of the image, those that were allocated have one
	 * that lies as far from it as their memory does from this CPU's area.
	 */
	if (!l->gs_from_zero && !layout_extent_at(l, v)) {
		const struct layout_extent *x = layout_extent_at(l, v + l->gs_base);

		if (x && !x->user && !in_direct_map(l, v + l->gs_base) && x->va < TEXT_WINDOW)
			return v + l->image_delta;
	}
	return v;
}

/* Bytes @from to @to of a word. */
static uint64_t bytes_mask(unsigned from, unsigned to)
{
	return (to == 8 ? 0 : 1ull << 8 * to) - (1ull << 8 * from);
}

/* The bytes are those of an address of @r, and in @native those of the moved one. */
static bool is_piece(const struct layout_range *r, uint64_t mask, uint64_t emulated,
		     uint64_t native)
{
	const uint64_t same = ~(r->lo ^ r->hi) & mask & 0xffffffff00000000ull;
	const uint64_t carry = mask & -mask;

	/* What all addresses of the range have in their upper half, this one has too. */
	if ((emulated ^ r->lo) & same)
		return false;
	return (((emulated & mask) + (r->delta & mask) - native) & mask) == 0 ||
	       (((emulated & mask) + (r->delta & mask) + carry - native) & mask) == 0;
}

bool layout_piece(const struct layout *l, uint64_t emulated, uint64_t native)
{
	for (unsigned from = 0; from < 8; from++)
		for (unsigned to = from + 1; to <= 8; to++) {
			const uint64_t mask = bytes_mask(from, to);

			if ((emulated ^ native) & ~mask || to - from > 7)
				continue;
			for (size_t i = 0; i < l->n_ranges; i++)
				if (is_piece(&l->ranges[i], mask, emulated, native))
					return true;
		}
	return false;
}

uint64_t layout_back(const struct layout *l, uint64_t at)
{
	const uint64_t image = at - l->image_delta;

	if (image >= l->image_lo && image < l->image_hi)
		return image;
	for (size_t i = 0; i < l->n_ranges; i++) {
		const uint64_t va = at - l->ranges[i].delta;

		if (va >= l->ranges[i].lo && va < l->ranges[i].hi)
			return va;
	}
	return at;
}

const char *layout_class_name(enum layout_class c)
{
	static const char *const names[LAYOUT_CLASSES] = {
		[LAYOUT_DATA] = "direct map",  [LAYOUT_TABLE] = "page table",
		[LAYOUT_STACK] = "stack",      [LAYOUT_CODE] = "code",
		[LAYOUT_IMAGE] = "image data", [LAYOUT_VMEMMAP] = "vmemmap",
		[LAYOUT_VMALLOC] = "vmalloc",  [LAYOUT_USER] = "user",
	};

	return names[c];
}
