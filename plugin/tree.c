// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/tree.h"

#include "proto/crc32.h"
#include "proto/tree.h"

#include <errno.h>
#include <unistd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_HALF (1ull << 63)
#define NODES_MAX (1u << 16)
#define ROOT 0u

/* They may move until the vCPU is there. */
static struct tree_counters *words(struct tree *t, enum tree_side side)
{
#if PLUGIN_API == 1
	return &t->words[side];
#else
	return (struct tree_counters *)qemu_plugin_scoreboard_find(t->words, 0) + side;
#endif
}

/* Executed so far. A REP string's executions, less its iterations: counter.h says why. */
static uint64_t executed(struct tree *t, enum tree_side side)
{
	const struct tree_counters *c = words(t, side);

	return c->insns + c->rep[0] - c->rep_accesses[0] + c->rep[1] - c->rep_accesses[1] / 2;
}

void tree_add_kernel(struct tree *t, int insns)
{
	words(t, TREE_KERNEL)->insns += (uint64_t)(int64_t)insns;
}

static uint32_t place(const struct tree *t, uint32_t parent, uint64_t vaddr)
{
	uint64_t h = (vaddr ^ (uint64_t)parent << 40) * 0x9e3779b97f4a7c15ull;
	uint32_t at = (uint32_t)(h >> 40) & (t->cap_hash - 1);

	while (t->hash[at]) {
		const struct tree_path_node *n = &t->nodes[t->hash[at] - 1];

		if (n->parent == parent && n->vaddr == vaddr)
			break;
		at = (at + 1) & (t->cap_hash - 1);
	}
	return at;
}

/* The node of a function called by @parent; @parent itself if there is no room. */
static uint32_t child(struct tree *t, uint32_t parent, uint64_t vaddr)
{
	uint32_t at = place(t, parent, vaddr);

	if (t->hash[at])
		return t->hash[at] - 1;
	if (t->n_nodes == t->cap_nodes) {
		uint32_t cap = t->cap_nodes ? 2 * t->cap_nodes : 256;
		struct tree_path_node *grown =
			cap > NODES_MAX ? NULL : realloc(t->nodes, cap * sizeof(*grown));

		if (!grown) {
			t->full = true;
			return parent;
		}
		t->nodes = grown;
		t->cap_nodes = cap;
	}
	memset(&t->nodes[t->n_nodes], 0, sizeof(*t->nodes));
	t->nodes[t->n_nodes].vaddr = vaddr;
	t->nodes[t->n_nodes].parent = parent;
	t->hash[at] = ++t->n_nodes;
	return t->n_nodes - 1;
}

int tree_open(struct tree *t, const char *functions_path)
{
	FILE *f = fopen(functions_path, "re");
	size_t cap = 0;
	uint64_t vaddr;

	if (!f)
		return -1;
	while (fread(&vaddr, sizeof(vaddr), 1, f) == 1) {
		if (t->n_starts == cap) {
			uint64_t *grown;

			cap = cap ? 2 * cap : 1u << 16;
			grown = realloc(t->starts, cap * sizeof(*grown));
			if (!grown)
				break;
			t->starts = grown;
		}
		t->starts[t->n_starts++] = vaddr;
	}
	fclose(f);
	t->cap_hash = 4 * NODES_MAX;
	t->hash = calloc(t->cap_hash, sizeof(*t->hash));
	if (!t->hash || !t->n_starts)
		return -1;
	child(t, ROOT, 0);
#if PLUGIN_API > 1
	t->words = qemu_plugin_scoreboard_new(TREE_SIDES * sizeof(struct tree_counters));
#endif
	t->entered_insns = UINT64_MAX;
	return t->full ? -1 : 0;
}

/* How many functions begin before @vaddr. */
static size_t starts_before(const struct tree *t, uint64_t vaddr)
{
	size_t low = 0, high = t->n_starts;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (t->starts[middle] < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool tree_is_start(const struct tree *t, uint64_t vaddr)
{
	size_t at = starts_before(t, vaddr);

	return at < t->n_starts && t->starts[at] == vaddr;
}

uint64_t tree_start_of(const struct tree *t, uint64_t vaddr)
{
	size_t at = starts_before(t, vaddr + 1);

	return at ? t->starts[at - 1] : 0;
}

/* A word of the side's counters, by its offset in them: executions, or memory accesses, add to it.
 */
static void add(struct tree *t, struct qemu_plugin_insn *insn, enum tree_side side, size_t offset,
		bool accesses, uint64_t insns)
{
#if PLUGIN_API == 1
	void *word = (char *)words(t, side) + offset;

	if (accesses)
		qemu_plugin_register_vcpu_mem_inline(insn, QEMU_PLUGIN_MEM_RW,
						     QEMU_PLUGIN_INLINE_ADD_U64, word, insns);
	else
		qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, word,
							   insns);
#else
	qemu_plugin_u64 word = { .score = t->words,
				 .offset = side * sizeof(struct tree_counters) + offset };

	if (accesses)
		qemu_plugin_register_vcpu_mem_inline_per_vcpu(
			insn, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, word, insns);
	else
		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
			insn, QEMU_PLUGIN_INLINE_ADD_U64, word, insns);
#endif
}

void tree_count_span(struct tree *t, struct qemu_plugin_insn *first, const struct span *s)
{
	enum tree_side side = s->vaddr < KERNEL_HALF ? TREE_USER : TREE_KERNEL;
	size_t k = (s->accesses - 1u) * sizeof(uint64_t);

	if (!s->rep || !s->accesses) {
		add(t, first, side, offsetof(struct tree_counters, insns), false, s->insns);
		return;
	}
	add(t, first, side, offsetof(struct tree_counters, rep) + k, false, 1);
	add(t, first, side, offsetof(struct tree_counters, rep_accesses) + k, true, 1);
}

void tree_settle(struct tree *t, int slot, bool task, bool other)
{
	uint64_t kernel = executed(t, TREE_KERNEL), user = executed(t, TREE_USER);

	if (slot >= 0 && task)
		t->nodes[t->current].insns[slot] += kernel - t->settled[TREE_KERNEL];
	if (slot >= 0 && !other)
		t->nodes[ROOT].insns[slot] += user - t->settled[TREE_USER];
	t->settled[TREE_KERNEL] = kernel;
	t->settled[TREE_USER] = user;
}

void tree_take_back(struct tree *t, int slot, bool is_page_fault)
{
	t->took_back = is_page_fault;
	if (!is_page_fault)
		return;
	t->taken_from = t->depth ? TREE_KERNEL : TREE_USER;
	words(t, t->taken_from)->insns--;
	if (t->depth && slot >= 0 && executed(t, TREE_KERNEL) == t->entered_insns)
		t->nodes[t->current].calls[slot]--;
}

void tree_give_back(struct tree *t)
{
	if (t->took_back)
		words(t, t->taken_from)->insns++;
	t->took_back = false;
}

void tree_forget_load(struct tree *t)
{
	words(t, t->taken_from)->rep_accesses[1]--;
}

void tree_take_attempt(struct tree *t, int slot, uint64_t vaddr)
{
	struct tree_path_node *n = &t->nodes[ROOT];

	for (unsigned i = t->depth; i-- > 0;) {
		if (t->frames[i].is_exception) {
			n = &t->nodes[t->frames[i].base];
			break;
		}
	}
	n->insns[slot]--;
	if (n->vaddr == vaddr)
		n->calls[slot]--;
}

void tree_user(struct tree *t)
{
	t->depth = 0;
	t->current = ROOT;
}

static void push(struct tree *t, uint64_t slot, bool is_exception)
{
	if (t->depth == TREE_FRAMES_MAX) {
		t->full = true;
		return;
	}
	t->frames[t->depth++] = (struct tree_frame){ slot, t->current, t->current, is_exception };
}

/* Leaves the frame at @index and all that it called. */
static void pop(struct tree *t, unsigned index)
{
	t->current = t->frames[index].base;
	t->depth = index;
}

void tree_system_call(struct tree *t)
{
	tree_user(t);
	push(t, UINT64_MAX, false);
}

void tree_exception(struct tree *t)
{
	push(t, UINT64_MAX, true);
}

void tree_iret(struct tree *t)
{
	for (unsigned i = t->depth; i-- > 0;) {
		if (t->frames[i].is_exception) {
			pop(t, i);
			return;
		}
	}
	tree_user(t);
}

void tree_undo_exception(struct tree *t)
{
	tree_give_back(t);
	tree_iret(t);
}

void tree_call(struct tree *t, uint64_t slot)
{
	push(t, slot, false);
}

void tree_return(struct tree *t, uint64_t slot)
{
	for (unsigned i = t->depth; i-- > 0 && !t->frames[i].is_exception;) {
		if (t->frames[i].slot == slot) {
			pop(t, i);
			return;
		}
	}
}

void tree_return_last(struct tree *t)
{
	const struct tree_frame *last = t->depth ? &t->frames[t->depth - 1] : NULL;

	if (last && !last->is_exception && last->slot != UINT64_MAX)
		pop(t, t->depth - 1);
}

void tree_enter(struct tree *t, uint64_t vaddr, int slot)
{
	struct tree_frame *top = t->depth ? &t->frames[t->depth - 1] : NULL;

	t->entered_insns = executed(t, TREE_KERNEL);
	t->current = child(t, top ? top->base : ROOT, vaddr);
	if (top)
		top->node = t->current;
	if (slot >= 0)
		t->nodes[t->current].calls[slot]++;
}

struct out {
	FILE *file;
	uint32_t crc;
};

static void put(struct out *o, const void *data, size_t len)
{
	o->crc = crc32_update(o->crc, data, len);
	fwrite(data, len, 1, o->file);
}

static uint32_t put_counts(const struct tree *t, struct out *o)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->n_nodes; i++) {
		for (uint32_t slot = 0; slot < MARKER_SLOTS; slot++) {
			const struct tree_count c = { i, slot, t->nodes[i].insns[slot],
						      t->nodes[i].calls[slot] };

			if (!c.insns && !c.calls)
				continue;
			put(o, &c, sizeof(c));
			n++;
		}
	}
	return n;
}

int tree_write(const struct tree *t, const char *path)
{
	struct tree_header h = { .magic = TREE_MAGIC,
				 .version = TREE_VERSION,
				 .n_nodes = t->n_nodes,
				 .flags = t->full ? TREE_OVERFLOW : 0 };
	struct out o = { .file = fopen(path, "we") };
	int failed;

	if (!o.file)
		return -1;
	fwrite(&h, sizeof(h), 1, o.file);
	for (uint32_t i = 0; i < t->n_nodes; i++) {
		const struct tree_node n = { .vaddr = t->nodes[i].vaddr,
					     .parent = t->nodes[i].parent };

		put(&o, &n, sizeof(n));
	}
	h.n_counts = put_counts(t, &o);
	h.crc = o.crc;
	/* Not rewind(), which forgets that something could not be written. */
	failed = fseek(o.file, 0, SEEK_SET);
	fwrite(&h, sizeof(h), 1, o.file);
	failed |= ferror(o.file);
	if (fclose(o.file) || failed) {
		int why = errno;

		/* Half a tree must not be read as one. */
		unlink(path);
		errno = why;
		return -1;
	}
	return 0;
}
