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
	buf_free(&w->keys);
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

/* More pairs than these are not tried; calls that free or take objects load some hundred words. */
#define PAIRS_MAX (1ull << 28)

static bool in_direct_map(const struct layout *l, uint64_t va)
{
	return va >= l->direct && va - l->direct < l->ram_bytes;
}

/* The address of an object, or the end of a list. */
static bool is_object(const struct layout *l, uint64_t p)
{
	return p == 0 || (p % 8 == 0 && in_direct_map(l, p));
}

static uint64_t encoded(uint64_t p, uint64_t key, uint64_t va)
{
	return p ^ key ^ __builtin_bswap64(va);
}

/* @value is encoded with one of the keys: what it is in the child. */
static bool encode_anew(const struct rewrite *w, const struct layout *l, uint64_t va,
			uint64_t value, uint64_t *out)
{
	const uint64_t *keys = (const uint64_t *)(const void *)w->keys.data;
	const size_t n = w->keys.len / sizeof(*keys);

	if (!in_direct_map(l, va))
		return false;
	for (size_t i = 0; i < n; i++) {
		const uint64_t p = encoded(value, keys[i], va);

		if (!is_object(l, p))
			continue;
		*out = encoded(layout_move(l, p), keys[i], layout_move(l, va));
		return true;
	}
	return false;
}

bool rewrite_encodes(const struct rewrite *w, const struct layout *l, uint64_t va,
		     uint64_t emulated, uint64_t native)
{
	uint64_t anew;

	return encode_anew(w, l, va, emulated, &anew) && anew == native;
}

/* A word that the call loaded, and that can be more than a number of user mode's or a table's. */
static bool loaded_word(const struct capture *c, const struct layout *l, size_t i, uint64_t *pa,
			uint64_t *value)
{
	uint64_t left;

	if (!c->accesses[i].n_loads || c->accesses[i].va % 8 ||
	    !layout_physical(l, c->accesses[i].va, pa, &left))
		return false;
	/* Page tables hold places in memory, user memory what user mode put there. */
	if (l->classes[*pa / PAGE_BYTES] == LAYOUT_TABLE ||
	    l->classes[*pa / PAGE_BYTES] == LAYOUT_USER)
		return false;
	memcpy(value, c->ram_before + *pa, sizeof(*value));
	return true;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* A random number of 64 bits is no address, and its upper bits are hardly ever all alike. */
static void find_keys(const struct capture *c, const struct layout *l, struct rewrite *out)
{
	uint64_t *keys;
	size_t n, kept = 0;

	for (size_t i = 0; i < c->n_accesses; i++) {
		uint64_t pa, value;

		if (!loaded_word(c, l, i, &pa, &value) || value >> 48 == 0 || value >> 48 == 0xffff)
			continue;
		buf_add(&out->keys, &value, sizeof(value));
	}
	keys = (uint64_t *)(void *)out->keys.data;
	n = out->keys.len / sizeof(*keys);
	if (n)
		qsort(keys, n, sizeof(*keys), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || keys[i] != keys[kept - 1])
			keys[kept++] = keys[i];
	out->keys.len = kept * sizeof(*keys);
	if (kept * c->n_accesses > PAIRS_MAX)
		out->keys.len = 0;
}

static void each_word_once(struct buf *b)
{
	struct rewrite_word *words = (struct rewrite_word *)(void *)b->data;
	const size_t n = b->len / sizeof(*words);
	size_t kept = 0;

	if (n)
		qsort(words, n, sizeof(*words), by_place);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || words[i].pa != words[kept - 1].pa)
			words[kept++] = words[i];
	b->len = kept * sizeof(*words);
}

static int plan_words(const struct capture *c, const struct layout *l, struct rewrite *out)
{
	find_keys(c, l, out);
	for (size_t i = 0; i < c->n_accesses; i++) {
		struct rewrite_word w;
		uint64_t value;

		if (!loaded_word(c, l, i, &w.pa, &value))
			continue;
		w.value = layout_move(l, value);
		if (w.value == value && value &&
		    encode_anew(out, l, c->accesses[i].va, value, &w.value))
			out->n_encoded++;
		if (w.value != value)
			buf_add(&out->words, &w, sizeof(w));
	}
	/* What was loaded by two addresses is one word. */
	each_word_once(&out->words);
	out->n_pointers = out->words.len / sizeof(struct rewrite_word);
	return buf_error(&out->words) < 0 ? -ENOMEM : buf_error(&out->keys);
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
