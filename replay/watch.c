// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Single steps take microseconds each, so that of a long call only the beginning is stepped. What
 * the whole of it executes is seen otherwise, in a call that is not timed: all code of the kernel
 * but the captured call's instructions is overwritten with int3, and so is the first byte of each
 * that was executed a few times. Whoever leaves the captured path is caught at his first
 * instruction, and what stands outside of loops is counted.
 */
#include "replay/child_plan.h"

#include <errno.h>
#include <string.h>

#define INT3 0xcc
/* Executed more often than that, an instruction is not counted; nor is it when all are too many. */
#define TIMES_MAX 64u
#define TRAPS_MAX 20000u

struct plan_slot *child_slot(const struct replay_child *k, uint64_t va)
{
	struct plan_slot *slots = (struct plan_slot *)(void *)((uint8_t *)k->plan + k->slots_at);
	const uint64_t at = layout_move(&k->layout, va);
	uint64_t i = plan_slot_of(at, k->n_slots);

	/* No more than once around. */
	for (uint64_t n = 0; n < k->n_slots && slots[i].va; n++) {
		if (slots[i].va == at)
			return &slots[i];
		i = (i + 1) & (k->n_slots - 1);
	}
	return NULL;
}

static bool is_code(const struct replay_child *k, uint64_t pa)
{
	return k->layout.classes[pa / PAGE_BYTES] == LAYOUT_CODE;
}

static void overwrite(struct replay_child *k)
{
	for (uint64_t pa = 0; pa < k->layout.ram_bytes; pa += PAGE_BYTES)
		if (is_code(k, pa))
			memset(k->ram + pa, INT3, PAGE_BYTES);
}

/* What is needed of code: instructions that were executed, and words that were loaded. */
static void leave_open(struct replay_child *k, uint64_t va, unsigned n)
{
	uint8_t page[PAGE_BYTES];
	const uint8_t *first = NULL;
	uint64_t in = UINT64_MAX;

	for (unsigned i = 0; i < n; i++) {
		uint64_t pa, left;

		if (!layout_physical(&k->layout, va + i, &pa, &left) || !is_code(k, pa))
			continue;
		if (!first || pa / PAGE_BYTES != in) {
			in = pa / PAGE_BYTES;
			first = child_page_at_first(k, in * PAGE_BYTES, page)
					? page
					: k->capture->ram_before + in * PAGE_BYTES;
		}
		k->ram[pa] = first[pa % PAGE_BYTES];
	}
}

/* Few times, and no repetition that would be counted otherwise. */
static bool is_watched(const struct executed *x)
{
	struct insn insn;

	return x->times <= TIMES_MAX && insn_decode(x->bytes, x->n_bytes, &insn) && !insn.repeat;
}

static void set_traps(struct replay_child *k)
{
	const struct capture *c = k->capture;
	uint64_t traps = 0;

	overwrite(k);
	for (size_t i = 0; i < c->n_executed; i++)
		leave_open(k, c->executed[i].va, c->executed[i].n_bytes);
	for (size_t i = 0; i < c->n_accesses; i++)
		leave_open(k, c->accesses[i].va, 8);
	for (size_t i = 0; i < c->n_executed; i++) {
		const struct executed *x = &c->executed[i];
		struct plan_slot *slot = child_slot(k, x->va);
		uint64_t pa, left;

		if (!slot || !is_watched(x) || traps + x->times > TRAPS_MAX ||
		    !layout_physical(&k->layout, x->va, &pa, &left) || !is_code(k, pa))
			continue;
		slot->watched = 256u + k->ram[pa];
		traps += x->times;
		k->ram[pa] = INT3;
	}
}

static void take_traps_away(struct replay_child *k)
{
	for (uint64_t pa = 0; pa < k->layout.ram_bytes; pa += PAGE_BYTES) {
		uint8_t page[PAGE_BYTES];

		if (!is_code(k, pa))
			continue;
		memcpy(k->ram + pa,
		       child_page_at_first(k, pa, page) ? page : k->capture->ram_before + pa,
		       PAGE_BYTES);
	}
}

static int judge_watched(struct replay_child *k, struct replay_result *r, struct err *e)
{
	for (size_t i = 0; i < k->capture->n_executed; i++) {
		const struct executed *x = &k->capture->executed[i];
		struct plan_slot *slot = child_slot(k, x->va);
		char at[256];
		uint64_t n;

		if (!slot)
			continue;
		n = slot->times;
		slot->times = 0;
		if (!slot->watched)
			continue;
		slot->watched = 0;
		r->n_watched++;
		if (n == x->times)
			continue;
		r->refused_at = x->va;
		child_name_place(k, x->va, at, sizeof(at));
		return err_unmeasured(e, EPROTO,
				      "the instruction at %s was executed %llu times, and %llu in "
				      "the emulator",
				      at, (unsigned long long)n, (unsigned long long)x->times);
	}
	return 0;
}

int watch_call(struct replay_child *k, struct replay_result *r, struct err *e)
{
	int s;

	set_traps(k);
	k->watching = true;
	s = child_do(k, PLAN_WATCHED, 0, &r->refused_at, e);
	k->watching = false;
	take_traps_away(k);
	return s < 0 ? s : judge_watched(k, r, e);
}
