// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/branches.h"

#include <stdlib.h>

static const unsigned histories[BRANCH_TABLES] = { 5, 12, 27, 60, 120 };

int branches_init(struct branches *b, const struct model *m, struct err *e)
{
	*b = (struct branches){ .m = m, .draw = 1 };
	b->bimodal = calloc(m->bimodal_entries, sizeof(*b->bimodal));
	if (!b->bimodal)
		return err_oom(e);
	for (unsigned i = 0; i < BRANCH_TABLES; i++) {
		b->tables[i] = calloc(m->tagged_entries, sizeof(*b->tables[i]));
		if (!b->tables[i])
			return err_oom(e);
	}
	for (unsigned i = 0; i < INDIRECT_TABLES; i++) {
		b->targets[i] = calloc(m->indirect_entries, sizeof(*b->targets[i]));
		if (!b->targets[i])
			return err_oom(e);
	}
	return 0;
}

void branches_free(struct branches *b)
{
	free(b->bimodal);
	for (unsigned i = 0; i < BRANCH_TABLES; i++)
		free(b->tables[i]);
	for (unsigned i = 0; i < INDIRECT_TABLES; i++)
		free(b->targets[i]);
	*b = (struct branches){ 0 };
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 31;
	x *= 0x9fb21c651e98df25ull;
	return x ^ x >> 28;
}

/* The branch with as much of the history as table @i looks at. */
static uint64_t hash(const struct branches *b, uint64_t vaddr, unsigned i)
{
	unsigned n = histories[i];
	uint64_t low = n >= 64 ? b->taken[0] : b->taken[0] & ((1ull << n) - 1);
	uint64_t high = n > 64 ? b->taken[1] & ((1ull << (n - 64)) - 1) : 0;

	return mix(mix(vaddr * 0x9e3779b97f4a7c15ull ^ low) + high + i);
}

static void count(int8_t *counter, bool up, int8_t min, int8_t max)
{
	if (up ? *counter < max : *counter > min)
		*counter = (int8_t)(*counter + (up ? 1 : -1));
}

struct lookup {
	struct direction_entry *at[BRANCH_TABLES];
	uint16_t tags[BRANCH_TABLES];
	int provider, other; /* the tables that know the branch with most history; -1: none */
};

static void look_up(struct branches *b, uint64_t vaddr, struct lookup *l)
{
	l->provider = l->other = -1;
	for (unsigned i = 0; i < BRANCH_TABLES; i++) {
		uint64_t h = hash(b, vaddr, i);

		l->at[i] = &b->tables[i][(h >> 16) % b->m->tagged_entries];
		l->tags[i] = (uint16_t)((h & 0xfff) | 0x1000);
		if (l->at[i]->tag == l->tags[i]) {
			l->other = l->provider;
			l->provider = (int)i;
		}
	}
}

/* A table with more history learns what was not predicted: one of them that is not in use. */
static void learn(struct branches *b, const struct lookup *l, bool taken)
{
	unsigned first = (unsigned)(l->provider + 1);
	bool found = false;

	b->draw = b->draw * 6364136223846793005ull + 1442695040888963407ull;
	if (b->draw >> 63 && first + 1 < BRANCH_TABLES)
		first++;
	for (unsigned i = first; i < BRANCH_TABLES && !found; i++) {
		if (l->at[i]->useful)
			continue;
		*l->at[i] = (struct direction_entry){ l->tags[i], taken ? 0 : -1, 0 };
		found = true;
	}
	for (unsigned i = first; i < BRANCH_TABLES && !found; i++)
		l->at[i]->useful -= l->at[i]->useful > 0;
}

static bool predicted_direction(struct branches *b, uint64_t vaddr, bool taken)
{
	int8_t *base = &b->bimodal[(vaddr ^ vaddr >> 14) % b->m->bimodal_entries];
	struct lookup l;
	bool guess, without;

	look_up(b, vaddr, &l);
	without = l.other >= 0 ? l.at[l.other]->counter >= 0 : *base >= 0;
	guess = without;
	if (l.provider >= 0) {
		struct direction_entry *p = l.at[l.provider];
		bool is_new = !p->useful && (p->counter == 0 || p->counter == -1);

		guess = is_new ? without : p->counter >= 0;
		if ((p->counter >= 0) != without && (p->counter >= 0) == taken)
			p->useful += p->useful < 3;
		count(&p->counter, taken, -4, 3);
	} else {
		count(base, taken, -2, 1);
	}
	if (guess != taken)
		learn(b, &l, taken);
	b->taken[1] = b->taken[1] << 1 | b->taken[0] >> 63;
	b->taken[0] = b->taken[0] << 1 | taken;
	return guess == taken;
}

/* By the branch alone, with the last few targets, and with many of them. */
static bool predicted_target(struct branches *b, uint64_t vaddr, uint64_t target)
{
	const uint64_t seen[INDIRECT_TABLES] = { 0, b->path & 0xffff, b->path };
	uint64_t guess = 0;

	for (unsigned i = 0; i < INDIRECT_TABLES; i++) {
		uint64_t key = mix(vaddr * 0x9e3779b97f4a7c15ull + mix(seen[i] + i));
		struct target_entry *t = &b->targets[i][key % b->m->indirect_entries];

		if (t->key == key)
			guess = t->target;
		*t = (struct target_entry){ key, target };
	}
	return guess == target;
}

bool branches_predicted(struct branches *b, const struct model_insn *insn, uint64_t next)
{
	bool taken = next != insn->vaddr + insn->len, predicted = true;

	if (insn->flags & INSN_CONDITIONAL) {
		predicted = predicted_direction(b, insn->vaddr, taken);
	} else if (insn->flags & INSN_RETURN) {
		b->top = (b->top + b->m->return_stack - 1) % b->m->return_stack;
		predicted = b->returns[b->top] == next;
	} else if (insn->flags & INSN_INDIRECT) {
		predicted = predicted_target(b, insn->vaddr, next);
	}
	if (insn->flags & INSN_CALL) {
		b->returns[b->top] = insn->vaddr + insn->len;
		b->top = (b->top + 1) % b->m->return_stack;
	}
	if (taken)
		b->path = b->path << 5 ^ b->path >> 59 ^ next >> 2;
	return predicted;
}
