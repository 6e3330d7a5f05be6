// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "replay/child_plan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define RSP 4
#define DIRECTION_FLAG 0x400u
/* rax rbx rsp rbp r12 r13 r14 r15: what a call returns, and what it has to keep. */
#define KEPT_REGISTERS 0xf039u

static const char *const register_names[16] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp",
						"rsi", "rdi", "r8",  "r9",  "r10", "r11",
						"r12", "r13", "r14", "r15" };

static uint64_t word_at(const uint8_t *page, uint64_t at)
{
	uint64_t v;

	memcpy(&v, page + at, sizeof(v));
	return v;
}

/* Addresses by which a place is best known: the image's, or the first that is not the direct map's.
 */
static uint64_t address_of(const struct layout *l, uint64_t pa)
{
	for (size_t i = 0; i < l->n_extents; i++) {
		const struct layout_extent *x = &l->extents[i];

		if (pa >= x->pa && pa - x->pa < x->bytes && !x->user && x->va - x->pa != l->direct)
			return x->va + (pa - x->pa);
	}
	return l->direct + pa;
}

struct pages {
	const uint8_t *before, *after, *first, *native;
};

/*
 * Unchanged in both, or in the child what the emulator has: as a number, or as an address that was
 * moved.
 */
static bool same(const struct replay_child *k, const struct pages *p, uint64_t pa, uint64_t at,
		 bool moves)
{
	const uint64_t native = word_at(p->native, at), after = word_at(p->after, at);

	if (native == after)
		return true;
	if (native == word_at(p->first, at) && after == word_at(p->before, at))
		return true;
	return moves && (native == layout_move(&k->layout, after) ||
			 rewrite_encodes(&k->rewrite, &k->layout, k->layout.direct + pa + at, after,
					 native));
}

static int compare_page(struct replay_child *k, uint64_t pa, const struct pages *p,
			uint64_t return_pa, struct replay_result *r)
{
	const enum layout_class class = k->layout.classes[pa / PAGE_BYTES];
	const bool moves = class != LAYOUT_TABLE && class != LAYOUT_USER;
	int changed = 0;

	for (uint64_t at = 0; at < PAGE_BYTES; at += 8) {
		const bool differs = word_at(p->native, at) != word_at(p->first, at);

		changed |= differs;
		/* The caller's own address of return is the child's; the guest's is not read. */
		if (same(k, p, pa, at, moves) ||
		    (pa + at == return_pa && word_at(p->before, at) == word_at(p->after, at)))
			continue;
		if (r->n_differences < REPLAY_DIFFERENCES_MAX)
			r->differences[r->n_differences] = (struct replay_difference){
				.va = address_of(&k->layout, pa + at),
				.pa = pa + at,
				.before = word_at(p->before, at),
				.native = word_at(p->native, at),
				.emulated = word_at(p->after, at),
				.class = class,
				.half = moves && layout_piece(&k->layout, word_at(p->after, at),
							      word_at(p->native, at)),
			};
		r->n_differences++;
	}
	return changed;
}

static int judge_differences(struct replay_result *r, struct err *e)
{
	const size_t n = r->n_differences;

	for (size_t i = 0; i < n && i < REPLAY_DIFFERENCES_MAX; i++) {
		const struct replay_difference *d = &r->differences[i];

		if (d->class != LAYOUT_TABLE && d->class != LAYOUT_CODE)
			continue;
		r->refused_at = d->va;
		return err_unmeasured(e, EPROTO,
				      "after the call, the word at %#llx (%s) is %#llx, and %#llx "
				      "in the emulator",
				      (unsigned long long)d->va, layout_class_name(d->class),
				      (unsigned long long)d->native,
				      (unsigned long long)d->emulated);
	}
	if (n <= REPLAY_DIFFERENCES_MAX)
		return 0;
	r->refused_at = r->differences[0].va;
	return err_unmeasured(e, EPROTO,
			      "after the call, %zu words of memory are not what the emulator left "
			      "(%u may differ); the first is at %#llx (%s): %#llx, and %#llx there",
			      n, REPLAY_DIFFERENCES_MAX, (unsigned long long)r->differences[0].va,
			      layout_class_name(r->differences[0].class),
			      (unsigned long long)r->differences[0].native,
			      (unsigned long long)r->differences[0].emulated);
}

/* Where the child's memory has pages at all, from @at on; what it lacks was and is zero. */
static bool next_pages(const struct replay_child *k, uint64_t *at, uint64_t *end)
{
	off_t data = lseek(k->ram_fd, (off_t)*at, SEEK_DATA), hole;

	if (data < 0)
		return false;
	hole = lseek(k->ram_fd, data, SEEK_HOLE);
	*at = (uint64_t)data & ~(PAGE_BYTES - 1);
	*end = hole < 0 ? k->capture->ram_bytes : (uint64_t)hole;
	return true;
}

static int prove_page(struct replay_child *k, uint64_t pa, uint64_t return_pa,
		      struct replay_result *r, struct err *e)
{
	static const uint8_t zeros[PAGE_BYTES];
	const struct capture *c = k->capture;
	const uint8_t what = k->pages[pa / PAGE_BYTES];
	uint8_t edited[PAGE_BYTES];
	struct pages p = { what & PAGE_ZERO ? zeros : c->ram_before + pa, c->ram_after + pa, NULL,
			   k->ram + pa };

	p.first = child_page_at_first(k, pa, edited) ? edited : p.before;
	if (!(what & PAGE_CHANGED) && memcmp(p.native, p.first, PAGE_BYTES) == 0)
		return 0;
	if (!compare_page(k, pa, &p, return_pa, r))
		return 0;
	r->n_changed++;
	if (child_put_back_too(k, pa) < 0)
		return err_unmeasured(e, EPROTO,
				      "the call wrote to more pages than the emulator's");
	return 0;
}

int proof_of_memory(struct replay_child *k, struct replay_result *r, struct err *e)
{
	const struct capture *c = k->capture;
	uint64_t return_pa = UINT64_MAX, left, at = 0, end = 0;
	int s = 0;

	layout_physical(&k->layout, c->before.gpr[RSP], &return_pa, &left);
	r->n_differences = r->n_changed = 0;
	r->n_pages = c->ram_bytes / PAGE_BYTES;
	/* What the emulator changed is in what is put back, so the child's memory has it. */
	for (; s == 0 && next_pages(k, &at, &end); at = end)
		for (uint64_t pa = at; s == 0 && pa < end; pa += PAGE_BYTES)
			s = prove_page(k, pa, return_pa, r, e);
	return s < 0 ? s : judge_differences(r, e);
}

int proof_of_registers(const struct replay_child *k, struct replay_result *r, struct err *e)
{
	const struct capture *c = k->capture;
	const struct plan *plan = k->plan;

	r->scratch = 0;
	for (unsigned i = 0; i < 16; i++) {
		const uint64_t native = plan->after[i], emulated = c->after.gpr[i];

		if (native == emulated || native == layout_move(&k->layout, emulated))
			continue;
		r->scratch |= 1u << i;
		if (!(KEPT_REGISTERS & 1u << i))
			continue;
		return err_unmeasured(e, EPROTO,
				      "after the call, %s is %#llx, and %#llx in the emulator",
				      register_names[i], (unsigned long long)native,
				      (unsigned long long)emulated);
	}
	if ((plan->after_rflags ^ c->after.rflags) & DIRECTION_FLAG)
		return err_unmeasured(e, EPROTO, "after the call, the direction flag differs");
	return 0;
}

int proof_of_steps(const struct replay_child *k, struct replay_result *r, struct err *e)
{
	const struct capture *c = k->capture;

	r->steps = k->plan->steps;
	r->whole = !k->plan->steps_ended;
	r->missed = r->added = 0;
	for (size_t i = 0; i < c->n_executed; i++) {
		const struct executed *x = &c->executed[i];
		const struct plan_slot *slot = child_slot(k, x->va);
		const uint64_t n = slot ? slot->times : 0;
		struct insn insn;

		/* Repetitions are attempts there and one step here. */
		if (insn_decode(x->bytes, x->n_bytes, &insn) && insn.repeat &&
		    insn.map == INSN_ONE && n <= x->times && (n || !r->whole))
			continue;
		if (n < x->times && r->whole) {
			r->first_missed = r->missed ? r->first_missed : x->va;
			r->missed += x->times - n;
		} else if (n > x->times) {
			r->first_added = r->added ? r->first_added : x->va;
			r->added += n - x->times;
		}
	}
	if (k->plan->strayed) {
		r->first_added = layout_back(&k->layout, k->plan->strayed_at);
		r->added += k->plan->strayed;
	}
	if (!r->missed && !r->added)
		return 0;
	r->refused_at = r->added ? r->first_added : r->first_missed;
	return err_unmeasured(e, EPROTO,
			      "the call executed other instructions than in the emulator: %llu "
			      "more and %llu less, the first at %#llx",
			      (unsigned long long)r->added, (unsigned long long)r->missed,
			      (unsigned long long)r->refused_at);
}
