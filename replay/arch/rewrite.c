// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/arch/rewrite.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rewrite_free(struct rewrite *w)
{
	buf_free(&w->words);
	buf_free(&w->code);
	*w = (struct rewrite){ 0 };
}

struct edit {
	const struct layout *l;
	const struct executed *x;
	struct insn insn;
	struct rewrite_code out;
	uint64_t at; /* where the instruction is in the child */
	unsigned n_operands;
	struct err *e;
};

static int refuse(const struct edit *d, const char *what)
{
	return err_unmeasured(d->e, ENOTSUP, "%s at %#llx", what, (unsigned long long)d->x->va);
}

static int put_32(struct edit *d, uint8_t at, uint64_t value)
{
	const int32_t v = (int32_t)(int64_t)value;

	if ((int64_t)v != (int64_t)value)
		return refuse(d, "an operand that cannot reach what was moved");
	memcpy(d->out.bytes + at, &v, sizeof(v));
	d->n_operands++;
	return 0;
}

/* What is reached by a distance from the next instruction, and moved otherwise than that. */
static int edit_distance(struct edit *d, uint8_t at, int64_t distance)
{
	const uint64_t target = d->x->va + d->insn.n_bytes + (uint64_t)distance;
	const uint64_t moved = layout_move(d->l, target) - d->at - d->insn.n_bytes;

	return moved == (uint64_t)distance ? 0 : put_32(d, at, moved);
}

/* The constant of AND, OR, XOR and TEST is a mask and no address. */
static bool is_logic(const struct insn *i)
{
	const uint8_t op = i->opcode;

	if (i->map != INSN_ONE)
		return false;
	return op == 0x0d || op == 0x25 || op == 0x35 || op == 0xa9 || op == 0xf7 ||
	       (op == 0x81 && (i->reg == 1 || i->reg == 4 || i->reg == 6));
}

static int edit_immediate(struct edit *d)
{
	const struct insn *i = &d->insn;
	const uint64_t value = (uint64_t)insn_imm(i, d->x->bytes);
	const uint64_t moved = layout_move(d->l, value);

	if (i->branch)
		return i->imm_bytes == 4 ? edit_distance(d, i->imm_at, (int64_t)value) : 0;
	if (moved == value)
		return 0;
	if (i->imm_bytes == 8) {
		memcpy(d->out.bytes + i->imm_at, &moved, sizeof(moved));
		d->n_operands++;
		return 0;
	}
	/* Sign-extended to an address: by REX.W, or where it is pushed. */
	if (i->imm_bytes == 4 && !is_logic(i) &&
	    (i->rex_w || (i->map == INSN_ONE && i->opcode == 0x68)))
		return put_32(d, i->imm_at, moved);
	return 0;
}

static int edit_operands(struct edit *d)
{
	const struct insn *i = &d->insn;
	int r = 0;

	if (i->rip_relative) {
		r = edit_distance(d, i->disp_at, insn_disp(i, d->x->bytes));
	} else if (i->disp_bytes == 4) {
		const uint64_t value = (uint64_t)insn_disp(i, d->x->bytes);
		const uint64_t moved = layout_move(d->l, value);

		if (moved != value)
			r = put_32(d, i->disp_at, moved);
	}
	return r < 0 || !i->imm_bytes ? r : edit_immediate(d);
}

/* One instruction that does nothing, as long as what it stands for. */
static void put_nop(struct edit *d)
{
	static const uint8_t nops[][9] = {
		{ 0x90 },
		{ 0x66, 0x90 },
		{ 0x0f, 0x1f, 0x00 },
		{ 0x0f, 0x1f, 0x40, 0x00 },
		{ 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 },
		{ 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
		{ 0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
	};
	const size_t n = d->insn.n_bytes;

	/* None of those that are ignored is longer, but with needless prefixes. */
	if (n <= ARRAY_SIZE(nops)) {
		memcpy(d->out.bytes, nops[n - 1], n);
		return;
	}
	memset(d->out.bytes, 0x66, n - 9);
	memcpy(d->out.bytes + (n - 9), nops[8], 9);
}

static int check_bytes(const struct edit *d, const uint8_t *ram)
{
	for (unsigned k = 0; k < d->x->n_bytes; k++) {
		uint64_t pa, left;

		if (!layout_physical(d->l, d->x->va + k, &pa, &left))
			return refuse(d, "code that is not in memory");
		if (ram[pa] != d->x->bytes[k])
			return refuse(d, "code that is not what was executed");
		if (k == 0)
			continue;
		if (pa != d->out.pa + k)
			return refuse(d, "an instruction over two pages that lie apart");
	}
	return 0;
}

static int edit_one(struct edit *d, const struct capture *c, bool locks, struct rewrite *out)
{
	const char *name;
	uint64_t left;
	int r;

	d->out = (struct rewrite_code){ .va = d->x->va,
					.times = d->x->times,
					.n_bytes = d->x->n_bytes };
	memcpy(d->out.bytes, d->x->bytes, sizeof(d->out.bytes));
	if (!layout_physical(d->l, d->x->va, &d->out.pa, &left))
		return refuse(d, "code that is not in memory");
	r = check_bytes(d, c->ram_before);
	if (r < 0)
		return r;
	d->at = layout_move(d->l, d->x->va);
	if (d->at == d->x->va)
		return refuse(d, "code outside the kernel");
	if (d->x->n_bytes > INSN_BYTES_MAX || !insn_decode(d->x->bytes, d->x->n_bytes, &d->insn) ||
	    d->insn.n_bytes != d->x->n_bytes)
		return refuse(d, "an unknown instruction");
	switch (insn_right(&d->insn, &name)) {
	case INSN_REFUSE:
		return refuse(d, name);
	case INSN_IGNORE:
		d->out.ignored = name;
		put_nop(d);
		out->n_ignored++;
		break;
	case INSN_USER:
		r = edit_operands(d);
		if (r == 0 && locks && insn_lock_taken(&d->insn)) {
			d->out.bytes[d->insn.ds_at - 1] = 0xf0;
			out->n_locks++;
		}
		break;
	}
	out->n_operands += d->n_operands;
	if (r == 0 && memcmp(d->out.bytes, d->x->bytes, d->x->n_bytes) != 0)
		r = buf_add(&out->code, &d->out, sizeof(d->out));
	return r;
}

static int plan_code(const struct capture *c, const struct layout *l, bool locks,
		     struct rewrite *out, uint64_t *place, struct err *e)
{
	for (size_t i = 0; i < c->n_executed; i++) {
		struct edit d = { .l = l, .x = &c->executed[i], .e = e };
		int r = edit_one(&d, c, locks, out);

		if (r < 0) {
			*place = c->executed[i].va;
			return r;
		}
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct rewrite_word *x = a, *y = b;

	return x->pa < y->pa ? -1 : x->pa > y->pa;
}

static int plan_words(const struct capture *c, const struct layout *l, struct rewrite *out)
{
	size_t n;

	for (size_t i = 0; i < c->n_accesses; i++) {
		struct rewrite_word w;
		uint64_t value, left;

		if (!c->accesses[i].n_loads || c->accesses[i].va % 8 ||
		    !layout_physical(l, c->accesses[i].va, &w.pa, &left))
			continue;
		/* Page tables hold places in memory, user memory what user mode put there. */
		if (l->classes[w.pa / PAGE_BYTES] == LAYOUT_TABLE ||
		    l->classes[w.pa / PAGE_BYTES] == LAYOUT_USER)
			continue;
		memcpy(&value, c->ram_before + w.pa, sizeof(value));
		w.value = layout_move(l, value);
		if (w.value != value)
			buf_add(&out->words, &w, sizeof(w));
	}
	/* What was loaded by two addresses is one word. */
	n = out->words.len / sizeof(struct rewrite_word);
	if (n) {
		struct rewrite_word *words = (struct rewrite_word *)(void *)out->words.data;
		size_t kept = 1;

		qsort(words, n, sizeof(*words), by_place);
		for (size_t i = 1; i < n; i++)
			if (words[i].pa != words[kept - 1].pa)
				words[kept++] = words[i];
		out->words.len = kept * sizeof(*words);
		out->n_pointers = kept;
	}
	return buf_error(&out->words);
}

int rewrite_plan(const struct capture *c, const struct layout *l, bool locks, struct rewrite *out,
		 uint64_t *place, struct err *e)
{
	int r;

	*out = (struct rewrite){ 0 };
	*place = 0;
	r = plan_code(c, l, locks, out, place, e);
	if (r == 0 && (plan_words(c, l, out) < 0 || buf_error(&out->code) < 0))
		r = err_oom(e);
	if (r < 0)
		rewrite_free(out);
	return r;
}
